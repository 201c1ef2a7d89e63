"""Wire forms of parts. Money in 分; 100 = ¥1.00."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from crm.wire import Change, Shape, Text, Time, example, sane_day

PartCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")]


class SparePartForm(Shape):
    """A part with today's price; fen null = no price list holds it."""

    code: str
    name: str
    unit: str
    swappable: bool
    example: bool
    active: bool
    fen: int | None
    price_source: str
    price_from: date | None


class PartChange(Change):
    """A part to add or change."""

    model_config = example(name="点火针", unit="件", swappable=True)

    name: Text = Field(min_length=1, max_length=80)
    unit: Text = Field(default="件", min_length=1, max_length=10)
    swappable: bool = False
    active: bool = True


class NewPrice(Change):
    """A price from a day on, and the price list it stands in."""

    model_config = example(valid_from="2026-01-01", fen=12800, source="2026 年价目表")

    valid_from: Annotated[date, AfterValidator(sane_day)]
    fen: int = Field(ge=0, le=100_000_000)
    source: Text = Field(min_length=1, max_length=200)


class PartnerForm(Shape):
    """What a partner's quota is made of; version 0 = nothing written down yet."""

    customer: str
    units_bought: int
    environment: str
    environment_name: str
    environments: dict[str, str]
    version: int
    updated_by: str
    updated_at: Time | None


class PartnerChange(Change):
    """What to write down; version is the one that was seen."""

    model_config = example(version=0, units_bought=120, environment="cold")

    version: int = Field(ge=0, le=2**31 - 1)
    units_bought: int = Field(ge=0, le=1_000_000)
    environment: Text = Field(max_length=40)


class LineForm(Shape):
    """A line of a request. quota and used are null for who has no quota."""

    part: str
    name: str
    unit: str
    quantity: int
    quota: int | None
    used: int | None
    over: int
    fen: int | None
    total_fen: int | None


class RequestForm(Shape):
    """A part request: lines, whether it is within the quota and why, what it costs."""

    ticket: str
    version: int
    editable: bool
    within_quota: bool
    reason: str
    place: str
    sentence: str
    total_fen: int | None
    unpriced: list[str]
    lines: list[LineForm]


class LinesChange(Change):
    """The lines in place of those there are."""

    model_config = example(version=5, lines={"PCB": 2})

    version: int = Field(ge=0, le=2**31 - 1)
    lines: dict[PartCode, Annotated[int, Field(ge=1, le=9999)]] = Field(max_length=50)
