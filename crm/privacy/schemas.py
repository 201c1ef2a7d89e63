"""Wire forms of handing out and erasing."""

from typing import Any, Literal

from pydantic import Field

from crm.wire import Change, Shape, Text, Time, example


class Reason(Change):
    """Why; it goes into the audit log."""

    model_config = example(reason="本人来电要求")

    reason: Text = Field(min_length=2, max_length=200)


class PersonExport(Shape):
    """Everything kept of a person, table by table."""

    customer: str
    at: Time
    data: dict[str, Any]


class ErasureForm(Shape):
    """What was erased; the files go within a minute."""

    erasure: str
    customer: str
    at: Time
    calls: int
    recordings: int


class Reveal(Change):
    """Whose number is to be shown in full, and why."""

    model_config = example(kind="ticket", id="60214831", reason="回拨核实地址")

    kind: Literal["ticket", "customer", "call"]
    id: Text = Field(min_length=1, max_length=64)
    reason: Text = Field(min_length=2, max_length=200)


class Revealed(Shape):
    """Numbers in full."""

    numbers: list[str]
