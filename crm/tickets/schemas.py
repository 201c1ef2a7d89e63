"""Wire forms of tickets."""

from typing import Annotated, Literal

from pydantic import Field

from crm.callbacks.schemas import CallbackForm
from crm.calls.schemas import CallRow
from crm.clocks.schemas import ClockForm
from crm.slot_rows import SlotForm
from crm.stock.schemas import Place, SourceForm
from crm.warranty.schemas import WarrantyForm
from crm.wire import Change, Shape, Text, Time, Values, example

Kind = Literal[
    "consult", "complaint", "repair", "install", "unit_return", "part_return", "part_request", "training",
    "tech_support", "follow_up",
]  # fmt: skip
Priority = Literal["urgent", "high", "normal", "low"]
State = Literal[
    "new", "in_progress", "waiting_customer", "replied", "escalated", "to_dispatch", "dispatched", "scheduled",
    "on_the_way", "on_site", "waiting_part", "factory", "approving", "quoted", "waiting_return", "waiting_old",
    "received", "refunding", "shipped", "resolved", "closed", "void",
]  # fmt: skip
View = Literal[
    "mine", "opened", "open", "at_risk", "late", "to_dispatch", "visits", "unverified", "urged", "urgent", "complaints",
    "today", "all",
]  # fmt: skip
Owner = Literal["", "me", "none"]
FileId = Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")]
SlotName = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
SlotValue = dict[Annotated[Text, Field(max_length=40)], Annotated[Text, Field(max_length=500)]]


class TicketFilter(Change):
    """What a list shows: a view, narrowed. Empty lists and 0 narrow nothing; owner: me | none (nobody's) | "" (all);
    days: opened today (1) or so many days before. q: every word must be found in number, caller, customer or what was
    said; two characters of an address are enough, four last digits of a number, the pinyin initials of a name."""

    view: View = "all"
    q: Annotated[Text, Field(max_length=100)] = ""
    kind: list[Kind] = Field(default_factory=list, max_length=10)
    state: list[State] = Field(default_factory=list, max_length=22)
    priority: list[Priority] = Field(default_factory=list, max_length=4)
    owner: Owner = ""
    days: int = Field(default=0, ge=0, le=366)


class TicketRow(Shape):
    """A ticket in a few words. region: the narrowest known part of the address."""

    no: str
    kind: str
    kind_name: str
    state: str
    state_name: str
    priority: str
    priority_name: str
    customer: str
    customer_name: str
    number: str
    summary: str
    region: str
    owner: str
    owner_name: str
    outcome: str
    outcome_name: str
    safety: str
    safety_name: str
    unverified: list[str]
    contact: str
    matter: int
    created_at: Time
    updated_at: Time
    version: int


class TicketLine(TicketRow):
    """A line of the list. clock: the promise that is due first."""

    clock: ClockForm | None


class NeedForm(Shape):
    """A slot a move needs, and whether it holds something."""

    slot: str
    label: str
    filled: bool


class MoveForm(Shape):
    """What the viewer may do with the ticket. needs: to be filled first; blocked: why it cannot be, "" = it can; from
    the main warehouse, when parts are shipped by it: sources are the places it can be shipped from, [] for others."""

    move: str
    label: str
    to: str
    to_name: str
    needs: list[NeedForm]
    blocked: str
    sources: list[SourceForm]


class TimelineForm(Shape):
    """What happened."""

    id: int
    at: Time
    kind: str
    actor: str
    text: str
    fields: list[str]
    version: int


class TicketProduct(Shape):
    """The machine on file that a ticket is about."""

    id: str
    text: str


class TicketForm(TicketRow):
    """The whole ticket. product: null = none on file, or not the viewer's to see. kinds: what it may be made one of.

    wrong_at: since when its number is known not to be the customer's, told by wrong_by; null = it is, or nobody knows.
    """

    kinds: list[str]
    product: TicketProduct | None
    wrong_at: Time | None
    wrong_by: str
    slots: list[SlotForm]
    moves: list[MoveForm]
    warranty: WarrantyForm | None
    clocks: list[ClockForm]
    timeline: list[TimelineForm]
    callback: CallbackForm | None
    calls: list[CallRow]


class TicketSaved(TicketForm):
    """The ticket after a change; merged names what others changed meanwhile."""

    merged: list[str]


class OwnerForm(Shape):
    """Somebody a ticket can be given to."""

    account: str
    name: str


class Clash(Shape):
    """A field that another changed since the agent read the ticket."""

    field: str
    label: str
    by: str
    at: Time


class TicketChange(Change):
    """What to change; version is the one the agent saw. ship_from: where the parts leave from, when the move ships.

    customer, product: ids of the file and of the machine on file that it is about; "" = none.
    """

    model_config = example(
        version=3, move="accept", slots={"fault_code": {"value": {"canonical": "E01"}}}, confirm=["address"]
    )

    version: int = Field(ge=0, le=2**31 - 1)
    move: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] | None = None
    ship_from: Place = "main"
    kind: Kind | None = None
    priority: Priority | None = None
    owner: Text | None = Field(default=None, max_length=32)
    customer: FileId | None = None
    product: FileId | None = None
    slots: dict[SlotName, Values] = Field(default_factory=dict, max_length=30)
    confirm: list[SlotName] = Field(default_factory=list, max_length=30)


class CheckAsk(Values):
    """What somebody found of papers and machine, as the slot warranty_check holds it."""

    model_config = example(value={"invoice_on": "2025-12-01", "receipt": "yes", "cause": "dismantled"})


class TicketDraft(Change):
    """A ticket opened by an agent."""

    model_config = example(
        kind="repair", priority="normal", slots={"product": {"value": "boiler"}}, note="客户要求上午"
    )

    kind: Kind
    priority: Priority = "normal"
    customer: Text = Field(default="", max_length=32)
    contact: Text = Field(default="", max_length=64)
    product: FileId = ""
    slots: dict[SlotName, SlotValue] = Field(default_factory=dict, max_length=30)
    note: Text = Field(default="", max_length=4000)


class NoteDraft(Change):
    """A note."""

    model_config = example(text="已致歉，客户同意等到明天")

    text: Text = Field(min_length=1, max_length=4000)
