"""Wire forms of visits and of the dispatcher's board."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from crm.clocks.schemas import ClockForm
from crm.wire import Change, Line, PageTime, Shape, Text, Time, example

VisitState = Literal["planned", "on_the_way", "on_site", "done", "cancelled"]
Result = Literal["fixed", "not_fixed", "need_part", "absent", "gas_leak"]
Fee = Literal["in", "out", "unknown"]
Place = Annotated[str, Field(pattern=r"^(main|[0-9a-f]{32})?$")]
Id32 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
TicketNumber = Annotated[str, Field(pattern=r"^[0-9]{8}$")]
DayQuery = Annotated[date | None, Query(description="Day of the hotline's zone; today when empty.")]
_WHEN = {"starts_at": "2026-11-23T09:00:00.000Z", "ends_at": "2026-11-23T11:00:00.000Z"}


class SuggestAsk(Change):
    """For which ticket and when; the skill comes from the ticket unless given."""

    model_config = example(ticket="60214831", **_WHEN)
    ticket: TicketNumber
    starts_at: PageTime
    ends_at: PageTime
    skill: Literal["boiler", "other", "install", "electric", "gas", ""] = ""


class SuggestionForm(Shape):
    """An engineer with why and why not; the first possible one is the suggestion."""

    engineer: str
    name: str
    possible: bool
    reasons: list[str]
    against: list[str]


class VisitDraft(Change):
    """A visit to plan. late_reason is needed when it begins after `promised_by` of the ticket."""

    model_config = example(ticket="60214831", engineer="0" * 32, **_WHEN)
    ticket: TicketNumber
    engineer: Id32
    starts_at: PageTime
    ends_at: PageTime
    product: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    fee: Fee = "unknown"
    fee_note: Annotated[Text, Field(max_length=200)] = ""
    promised_by: PageTime | None = None
    late_reason: Annotated[Text, Field(max_length=200)] = ""


class VisitChange(Change):
    """Another time or engineer, or off; version is the one the dispatcher saw."""

    model_config = example(version=2, **_WHEN, note="客户改到上午")
    version: int = Field(ge=1, le=2**31 - 1)
    engineer: Id32 | None = None
    starts_at: PageTime | None = None
    ends_at: PageTime | None = None
    fee: Fee | None = None
    cancel: bool = False
    note: Annotated[Text, Field(max_length=200)] = ""


class PartUsed(Change):
    """A part that was fitted; fen is what it was charged. A name that ends with a code of the catalogue is
    that part."""

    name: Annotated[Text, Field(min_length=1, max_length=60)]
    quantity: int = Field(default=1, ge=1, le=99)
    fen: int = Field(default=0, ge=0, le=10_000_000)


class VisitReport(Change):
    """What the engineer did; by the mobile page or by a dispatcher on the telephone.

    step: save | depart | arrive | finish; who leaves for a gas leak may finish on the way too. checked: keys of the
    checklists that are done. parts_from: the place whose stock the parts leave when it is finished, "" = the engineer's
    outlet, else the main warehouse. at: when it was done, if the phone could only send it later. charge_reason: why
    another sum was taken than the price list's. engineer: who came, if another than planned; arrived_at: when, of a
    visit that is told as a whole: with it `finish` is taken from every state that is open.
    """

    model_config = example(version=2, step="depart", checked=["address_confirmed"])
    version: int = Field(ge=1, le=2**31 - 1)
    step: Literal["save", "depart", "arrive", "finish"] = "save"
    at: PageTime | None = None
    checked: list[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]] | None = Field(default=None, max_length=40)
    fee: Fee | None = None
    fee_agreed: bool | None = None
    charged_fen: int | None = Field(default=None, ge=0, le=10_000_000)
    code_found: Annotated[Text, Field(max_length=20)] | None = None
    cause: Annotated[Text, Field(max_length=200)] | None = None
    parts: list[PartUsed] | None = Field(default=None, max_length=30)
    parts_from: Place = ""
    result: Result | None = None
    result_note: Annotated[Text, Field(max_length=1000)] | None = None
    charge_reason: Annotated[Text, Field(max_length=200)] | None = None
    engineer: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    arrived_at: PageTime | None = None
    signed_by: Annotated[Text, Field(max_length=40)] = ""
    finish_code: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = ""


class ChargeAsk(Change):
    """What was used and whether the warranty pays; fee: in | out | unknown."""

    model_config = example(fee="out", parts=[{"name": "点火针 IGN-01", "quantity": 1}])
    fee: Fee
    parts: list[PartUsed] = Field(default_factory=list, max_length=30)


class ChargeLineForm(Shape):
    """A line of what is charged. kind: material | labor; fen: for one, null = no price list holds it."""

    kind: str
    kind_name: str
    name: str
    quantity: int
    fen: int | None


class ChargeForm(Shape):
    """What the price list and the verdict ask for. total: null = a price is lacking; why: what is free or lacking."""

    lines: list[ChargeLineForm]
    total: int | None
    why: str


class SourcePlace(Shape):
    """A place that parts can be taken from."""

    id: str
    name: str


class VisitPlaces(Shape):
    """Where a visit's parts can come from; usual: from where unless somebody says otherwise."""

    usual: str
    places: list[SourcePlace]


class VisitRevoke(Change):
    """Why a visit's result does not hold; version is the one the dispatcher saw."""

    model_config = example(version=4, reason="填错了工单")

    version: int = Field(ge=1, le=2**31 - 1)
    reason: Annotated[Line, Field(max_length=200)]


class CheckLine(Shape):
    """A line of a checklist, in the document's words."""

    key: str
    text: str
    group: str
    done: bool


class PhotoForm(Shape):
    """A photo."""

    id: str
    url: str
    at: Time


class VisitForm(Shape):
    """A visit. code and finish_code only while it is open and for those who may plan."""

    id: str
    ticket: str
    engineer: str
    engineer_name: str
    badge_no: str
    state: str
    state_name: str
    starts_at: Time
    ends_at: Time
    late_reason: str
    code: str
    finish_code: str
    link: str
    fee: str
    fee_name: str
    fee_note: str
    fee_agreed: bool
    charged_fen: int
    proposed_fen: int | None
    charges: list[ChargeLineForm]
    charge_reason: str
    checklist: list[CheckLine]
    code_found: str
    cause: str
    parts: list[PartUsed]
    result: str
    result_name: str
    result_note: str
    signed_by: str
    departed_at: Time | None
    arrived_at: Time | None
    finished_at: Time | None
    photos: list[PhotoForm]
    version: int


class BoardVisit(Shape):
    """A bar of the day grid."""

    visit: str
    ticket: str
    starts_at: Time
    ends_at: Time
    state: str
    place: str


class BoardEngineer(Shape):
    """A line of the day grid. silent: should have set off half an hour before and did not."""

    engineer: str
    name: str
    outlet_name: str
    number: str
    load: int
    capacity: int
    full: bool
    silent: bool
    visits: list[BoardVisit]


class BoardTicket(Shape):
    """A ticket that has no engineer yet. clock: the promise that is due first, null = none runs."""

    ticket: str
    kind_name: str
    priority: str
    priority_name: str
    place: str
    summary: str
    customer_name: str
    unverified: list[str]
    clock: ClockForm | None
    created_at: Time


class DispatchBoard(Shape):
    """The dispatcher's day."""

    day: date
    waiting: list[BoardTicket]
    engineers: list[BoardEngineer]
    as_of: Time
