"""Wire forms of partners and their quota."""

from pydantic import Field

from crm.paging import Slice
from crm.parts.schemas import RequestForm
from crm.wire import Change, Shape, Text, Time, example


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


class PartnerRow(Shape):
    """A line of the list. issued: pieces this calendar year; waiting: requests that wait for approval."""

    customer: str
    name: str
    kind_name: str
    units_bought: int
    environment_name: str
    written_down: bool
    issued: int
    waiting: int


class PartnerSlice(Slice[PartnerRow]):
    """Part of the list; waiting_total: requests of everybody that wait for approval."""

    waiting_total: int


class QuotaLine(Shape):
    """A part's quota of this calendar year and what was issued of it."""

    part: str
    name: str
    unit: str
    quota: int
    used: int
    left: int


class PartnerQuota(Shape):
    """A partner's quota; year: the calendar year it counts in; place and sentence: the document's."""

    partner: PartnerForm
    name: str
    kind_name: str
    year: int
    lines: list[QuotaLine]
    waiting: list[RequestForm]
    source: str
    place: str
    sentence: str
