"""The Lookup actions a `do` node may name: what is sent, and the schema of what comes back."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ivr.flows import callback_times
from ivr.flows.matters import own_queue
from ivr.flows.nodes import TicketKind
from ivr.flows.program import Program
from ivr.flows.repair_rules import warranty_args
from ivr.flows.service_answers import ArticlesAnswer, CodeVerdictAnswer, FoundAnswer, TicketsAnswer
from ivr.flows.service_rules import UNKNOWN_ARTICLE, article_keys
from ivr.flows.state import Matter, Slot, State

_TEXT = Field(default="", max_length=200)


class _Answer(BaseModel):
    """Foreign fields are ignored: crm may know more than the flow asks."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class ProductAnswer(_Answer):
    """One product on file."""

    product_id: str = _TEXT
    spoken: str = _TEXT
    product_class: str = _TEXT
    bought_on: str = _TEXT


class DraftSlotAnswer(_Answer):
    """What was said for a slot before the call was cut."""

    slot: str = Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")
    value: dict[str, str]
    status: Literal["crm_confirmed", "voice_confirmed", "dtmf", "unverified"]
    source: str = _TEXT
    clip: str = _TEXT


class DraftAnswer(_Answer):
    """A report that was cut (ivr.contract.desk.Draft)."""

    ticket: str = Field(pattern=r"^[0-9]{8}$")
    kind: TicketKind
    slots: list[DraftSlotAnswer] = Field(default_factory=list, max_length=60)


class PastAnswer(_Answer):
    """PastMatters as JSON."""

    tickets: list[str] = Field(default_factory=list, max_length=50)
    kinds: list[str] = Field(default_factory=list, max_length=20)
    machines: list[str] = Field(default_factory=list, max_length=50)


class GasPhoneAnswer(_Answer):
    """GasPhone as JSON."""

    city: str = Field(pattern=r"^[一-鿿]{2,12}$")
    number: str = Field(pattern=r"^[0-9]{3,20}$")


class CallerAnswer(_Answer):
    """CallerCard as JSON."""

    known: bool = False
    customer_id: str = _TEXT
    products: list[ProductAnswer] = Field(default_factory=list, max_length=50)
    address_region: str = _TEXT
    address_road: str = _TEXT
    address_id: str = _TEXT
    elder: bool = False
    past: PastAnswer = Field(default_factory=PastAnswer)
    open_ticket: str = _TEXT
    notice_area: str = _TEXT
    notice_event: str = _TEXT
    surge: bool = False
    complaint_reply_by: str = _TEXT
    draft: DraftAnswer | None = None
    gas_phones: list[GasPhoneAnswer] = Field(default_factory=list, max_length=400)


class NumberAnswer(_Answer):
    """A fresh ticket number."""

    number: str = Field(pattern=r"^[0-9]{8}$")


class QueueAnswer(_Answer):
    """Whether somebody can take calls of a queue now, which queue it is at this hour, and how many wait there."""

    open: bool
    queue: Literal["", "complaint", "repair", "consult"] = ""
    waiting: int | None = Field(default=None, ge=0, le=1000)


class CallbackAnswer(_Answer):
    """Whether the number waits for a call-back already."""

    open: bool


class CallbackHoursAnswer(_Answer):
    """From when on people are there to ring the caller back, local time to the minute; "" for no time of its own."""

    after: str = Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})?$")


class CodeAnswer(_Answer):
    """The catalogue's row of a fault code; all "" when it has none. meaning_zh only when it has a source.

    self_check_zh: what owners may check themselves, one step a line, reviewed by the maker.
    """

    catalogue_id: str = _TEXT
    meaning_zh: str = _TEXT
    severity: str = _TEXT
    self_check_zh: str = Field(default="", max_length=600)
    reset_allowed: str = _TEXT


class WarrantyAnswer(_Answer):
    """What may be said of a warranty (ivr.contract.desk.WarrantyAnswer)."""

    line: Literal["7d", "15d", "in", "out", "no_proof", "unknown"]
    until: str = _TEXT
    reasons: list[str] = Field(default_factory=list, max_length=20)


def _caller_args(state: State) -> dict[str, str]:
    return {"caller_e164": state.caller.e164, "did": state.caller.did}


def _code_args(state: State) -> dict[str, str]:
    held = state.slot("fault_code")
    return {"code": held.value.get("canonical", "") if held else ""}


def _entered(state: State, name: str) -> str:
    held = state.slot(name)
    return held.value.get("digits", "") if held else ""


def _ticket_args(state: State) -> dict[str, str]:
    return {"number": _entered(state, "ticket_no"), "tail": _entered(state, "ticket_tail")}


def _visit_code_args(state: State) -> dict[str, str]:
    return {"code": _entered(state, "visit_code"), "caller_e164": state.caller.e164}


def _callback_args(state: State) -> dict[str, str]:
    held = state.slot("contact")
    return {"number": (held.value.get("number", "") if held else "") or state.caller.e164}


def _callback_hours_args(state: State) -> dict[str, str]:
    return {"queue": own_queue(state).value, "after": callback_times.after(state)}


def _article_args(program: Program, state: State) -> dict[str, str]:
    return {"keys": ",".join(article_keys(program.topics, state))}


class Action(NamedTuple):
    """One action: arguments from the state (and the documents), and the answer's schema."""

    args: Callable[[State], dict[str, str]]
    answer: type[BaseModel]
    more_args: Callable[[Program, State], dict[str, str]] = lambda *_: {}


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "identify": Action(_caller_args, CallerAnswer),
        "ticket_number": Action(lambda _: {}, NumberAnswer),
        "queue_state": Action(lambda state: {"queue": own_queue(state).value}, QueueAnswer),
        "my_tickets": Action(_caller_args, TicketsAnswer),
        "find_ticket": Action(_ticket_args, FoundAnswer),
        "visit_code": Action(_visit_code_args, CodeVerdictAnswer),
        "repair_state": Action(lambda _: {"queue": "repair"}, QueueAnswer),
        "complaint_state": Action(lambda _: {"queue": "complaint"}, QueueAnswer),
        "callback_open": Action(_callback_args, CallbackAnswer),
        "callback_hours": Action(_callback_hours_args, CallbackHoursAnswer),
        "articles": Action(lambda _: {}, ArticlesAnswer, _article_args),
        "unknown_article": Action(lambda _: {"keys": UNKNOWN_ARTICLE}, ArticlesAnswer),
        "fault_code": Action(_code_args, CodeAnswer),
        "warranty": Action(lambda state: warranty_args(state, "to"), WarrantyAnswer),
        "warranty_earliest": Action(lambda state: warranty_args(state, "from"), WarrantyAnswer),
    }
)


def lookup_args(action: str, program: Program, state: State) -> dict[str, str]:
    """Return what is sent with a look-up."""
    row = ACTIONS[action]
    return row.args(state) | row.more_args(program, state)


def parse_answer(action: str, data: Mapping[str, Any]) -> BaseModel | None:
    """Return the answer of `action`, None when it does not fit its schema."""
    try:
        return ACTIONS[action].answer.model_validate(dict(data))
    except ValidationError:
        return None


def draft_of(answer: CallerAnswer) -> Matter | None:
    """Return the report that was cut, as the matter it was."""
    draft = answer.draft
    if draft is None:
        return None
    slots = {item.slot: Slot(item.value, item.status, item.source, clip=item.clip) for item in draft.slots}
    return Matter(0, draft.kind, draft.ticket, slots=slots)


def card_fields(answer: CallerAnswer) -> dict[str, str]:
    """Return a caller card as flat text: what the flow keeps of it. Only the first product can be offered by voice."""
    card = {
        name: getattr(answer, name)
        for name in (
            "customer_id",
            "address_region",
            "address_road",
            "address_id",
            "open_ticket",
            "notice_area",
            "notice_event",
            "complaint_reply_by",
        )
    }
    if answer.products:
        first = answer.products[0]
        card |= {
            "product_id": first.product_id,
            "product_spoken": first.spoken,
            "product_class": first.product_class,
            "bought_on": first.bought_on,
            "products": str(len(answer.products)),
        }
    flags = {name: "1" for name in ("known", "elder", "surge") if getattr(answer, name)}
    gas = " ".join(f"{item.city}={item.number}" for item in answer.gas_phones)
    past = {f"past_{name}": " ".join(words) for name, words in answer.past.model_dump().items()}
    return {name: value for name, value in {**card, **flags, **past, "gas_phones": gas}.items() if value}
