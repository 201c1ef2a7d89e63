"""Wire forms of an agent's own state."""

from typing import Literal

from pydantic import Field

from crm.calls.schemas import CallRow
from crm.wire import Change, Shape, Text, Time, example


class Today(Shape):
    """The agent's figures of today."""

    answered: int
    missed: int
    average_talk_ms: int | None


class Me(Shape):
    """Who is logged in, and the state of their telephone."""

    account: str
    number: str
    name: str
    roles: list[str]
    extension: str
    queues: list[str]
    state: str
    state_name: str
    reason: str
    since: Time | None
    signed_in: bool
    signed_in_since: Time | None
    contact: str
    last_call: CallRow | None
    today: Today


class SignIn(Change):
    """Where to take calls; empty = the account's own telephone and queues."""

    model_config = example(extension="8001", queues=["repair", "consult"])
    extension: Text = Field(default="", max_length=20, pattern=r"^[0-9]*$")
    queues: list[Literal["emergency", "repair", "complaint", "consult"]] = Field(default_factory=list, max_length=10)


class Pause(Change):
    """Why no calls are wanted."""

    model_config = example(reason="小休")
    reason: Literal["小休", "用餐", "会议", "培训", "外呼", "设备故障"]
