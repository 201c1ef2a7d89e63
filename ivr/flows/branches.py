"""The closed registries a document may name: branch functions, fillers, checks of digits. All pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import phonenumbers

from ivr.contract.ids import is_ticket_number
from ivr.contract.tickets import TicketLine
from ivr.flows import advice_rules, known_values, repair_rules
from ivr.flows import service_rules as service
from ivr.flows.program import Program
from ivr.flows.state import Slot, State

# ---- branches ----


class YesNo(StrEnum):
    """The answer to a plain question."""

    YES = "yes"
    NO = "no"


class CodeKnown(StrEnum):
    """What the catalogue says of the code."""

    EMERGENCY = "emergency"
    MEANING = "meaning"
    LISTED = "listed"
    UNKNOWN = "unknown"


class NextTry(StrEnum):
    """The next way to get a fault code."""

    SPELL = "spell"
    KEYS = "keys"
    GIVE_UP = "give_up"
    LEAVE = "leave"


class Missing(StrEnum):
    """The first part of the address that is missing; done: nothing is, and all of it was said yes to."""

    REGION = "region"
    ROAD = "road"
    ROOM = "room"
    NONE = "none"
    DONE = "done"


class Promise(StrEnum):
    """Which promise holds at the address."""

    CITY = "city"
    PROVINCE = "province"
    OTHER = "other"


class AgentKind(StrEnum):
    """Who is handed over."""

    EMERGENCY = "emergency"
    SILENT = "silent"
    KNOWN = "known"
    NEW = "new"


class DraftKind(StrEnum):
    """What a report that was cut was about."""

    REPAIR = "repair"
    COMPLAINT = "complaint"
    CONSULT = "consult"
    INSTALL = "install"
    UNIT_RETURN = "unit_return"
    PART_RETURN = "part_return"
    PART_REQUEST = "part_request"
    TRAINING = "training"
    TECH_SUPPORT = "tech_support"
    OTHER = "other"


class QueueName(StrEnum):
    """Agents' queues."""

    EMERGENCY = "emergency"
    COMPLAINT = "complaint"
    REPAIR = "repair"
    CONSULT = "consult"


def _yes(truth: bool) -> YesNo:
    return YesNo.YES if truth else YesNo.NO


def _code_known(_: Program, state: State) -> CodeKnown:
    held = state.slot("fault_code")
    value = held.value if held else {}
    if value.get("severity") == "emergency":
        return CodeKnown.EMERGENCY
    if value.get("meaning_zh"):
        return CodeKnown.MEANING
    return CodeKnown.LISTED if value.get("catalogue_id") else CodeKnown.UNKNOWN


def _next_code_try(_: Program, state: State) -> NextTry:
    matter = state.matter
    visits = matter.visits if matter else {}
    if state.slot("symptom_clip"):  # caught in what was told, and denied: it was no code
        return NextTry.LEAVE
    if "fault_code_spell" not in visits and "fault_code_key_letter" not in visits and not state.keys_only:
        return NextTry.SPELL
    return NextTry.GIVE_UP if "fault_code_key_letter" in visits else NextTry.KEYS


def _address_missing(_: Program, state: State) -> Missing:
    held = state.slot("address")
    value = held.value if held else {}
    if not value.get("region"):
        return Missing.REGION
    if not value.get("road"):
        return Missing.ROAD
    if not (value.get("room") or value.get("no_room")):
        return Missing.ROOM
    return Missing.DONE if held and held.status == "voice_confirmed" else Missing.NONE


def _promise(program: Program, state: State) -> Promise:
    held = state.slot("address")
    if held is None or held.status == "unverified":
        return Promise.OTHER
    region = held.value.get("region", "")
    if any(area in region for area in program.areas.city):
        return Promise.CITY
    return Promise.PROVINCE if any(area in region for area in program.areas.province) else Promise.OTHER


def _caller_number(_: Program, state: State) -> YesNo:
    return _yes(bool(state.caller.e164))


def _elder(_: Program, state: State) -> YesNo:
    return _yes(state.elder)


def _queue_open(_: Program, state: State) -> YesNo:
    return _yes(state.queue_open)


def has_content(state: State) -> bool:
    """Tell whether the present matter holds anything the caller said: a slot, a clip or a danger."""
    matter = state.matter
    return matter is not None and bool(matter.slots or matter.safety)


def _draft(_: Program, state: State) -> YesNo:
    return _yes(has_content(state) and not (state.matter and state.matter.opened))


def _draft_left(_: Program, state: State) -> YesNo:
    return _yes(state.draft is not None)


def _draft_kind(_: Program, state: State) -> DraftKind:
    kind = state.draft.kind if state.draft else ""
    return DraftKind(kind) if kind in set(DraftKind) else DraftKind.OTHER


def _agent_kind(_: Program, state: State) -> AgentKind:
    matter = state.matter
    if matter and matter.safety:
        return AgentKind.EMERGENCY
    if state.silent:
        return AgentKind.SILENT
    return AgentKind.KNOWN if matter else AgentKind.NEW


def agent_queue(state: State) -> QueueName:
    """Return the queue that answers the present matter at this hour."""
    own = own_queue(state)
    return QueueName(state.queue) if state.queue and own is not QueueName.EMERGENCY else own


def own_queue(state: State) -> QueueName:
    """Return the queue the present matter belongs to."""
    matter = state.matter
    if matter is None:
        return QueueName.CONSULT
    if matter.safety:
        return QueueName.EMERGENCY
    if matter.kind in ("complaint", "unit_return", "part_return"):
        return QueueName.COMPLAINT
    return QueueName.REPAIR if matter.kind in ("repair", "install") else QueueName.CONSULT


def _more(record: str) -> Callable[[Program, State], YesNo]:
    return lambda _, state: _yes(service.more_to_record(record, state))


class QueuePlace(StrEnum):
    """How many wait before the caller."""

    NEXT = "next"
    BEHIND = "behind"
    UNKNOWN = "unknown"


def _queue_place(_: Program, state: State) -> QueuePlace:
    if state.waiting < 0:
        return QueuePlace.UNKNOWN
    return QueuePlace.BEHIND if state.waiting else QueuePlace.NEXT


class TicketCount(StrEnum):
    """How many open tickets the caller has."""

    NONE = "none"
    ONE = "one"
    SEVERAL = "several"


class Sought(StrEnum):
    """What became of a ticket number."""

    STATUS = "status"
    EXISTS = "exists"
    MISSING = "missing"


class UrgeTimes(StrEnum):
    """The how manieth urge this is."""

    FIRST = "first"
    AGAIN = "again"
    PERSON = "person"


class CodeVerdict(StrEnum):
    """What a visit code is."""

    OK = "ok"
    CALLBACK = "callback"
    WRONG = "wrong"
    BAD = "bad"
    LOCKED = "locked"


class Fee(StrEnum):
    """What the visit costs."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


def _ticket_count(_: Program, state: State) -> TicketCount:
    count = len(state.tickets)
    return TicketCount.NONE if not count else TicketCount.ONE if count == 1 else TicketCount.SEVERAL


def _sought(_: Program, state: State) -> Sought:
    if state.tickets:
        return Sought.STATUS
    return Sought.EXISTS if state.found else Sought.MISSING


def _urge_times(_: Program, state: State) -> UrgeTimes:
    before = service.urges(state)
    if before + 1 >= service.MOST_URGES or service.ticket_line(state) == "overdue":
        return UrgeTimes.PERSON
    return UrgeTimes.AGAIN if before else UrgeTimes.FIRST


def _code_fee(_: Program, state: State) -> Fee:
    fee = state.told.get("fee", "")
    return Fee(fee) if fee in ("in", "out") else Fee.UNKNOWN


class BranchRule(NamedTuple):
    """A branch: every value it can return, and the function."""

    values: type[StrEnum]
    choose: Callable[[Program, State], StrEnum]


BRANCHES: Mapping[str, BranchRule] = MappingProxyType(
    {
        **{name: BranchRule(*rule) for name, rule in {**repair_rules.BRANCHES, **advice_rules.BRANCHES}.items()},
        "code_known": BranchRule(CodeKnown, _code_known),
        "next_code_try": BranchRule(NextTry, _next_code_try),
        "address_missing": BranchRule(Missing, _address_missing),
        "promise": BranchRule(Promise, _promise),
        "caller_number": BranchRule(YesNo, _caller_number),
        "elder": BranchRule(YesNo, _elder),
        "queue_open": BranchRule(YesNo, _queue_open),
        "draft": BranchRule(YesNo, _draft),
        "draft_left": BranchRule(YesNo, _draft_left),
        "draft_kind": BranchRule(DraftKind, _draft_kind),
        "agent_kind": BranchRule(AgentKind, _agent_kind),
        "queue_place": BranchRule(QueuePlace, _queue_place),
        "callback_later": BranchRule(YesNo, lambda _, state: _yes(state.slot("callback_after") is not None)),
        "called_back": BranchRule(YesNo, lambda _, state: _yes(state.called_back)),
        "has_open_ticket": BranchRule(YesNo, lambda _, state: _yes(bool(state.caller.card.get("open_ticket")))),
        "ticket_count": BranchRule(TicketCount, _ticket_count),
        "ticket_found": BranchRule(Sought, _sought),
        "ticket_line": BranchRule(TicketLine, lambda _, state: TicketLine(service.ticket_line(state))),
        "ticket_overdue": BranchRule(YesNo, lambda _, state: _yes(service.ticket_line(state) == "overdue")),
        "urge_times": BranchRule(UrgeTimes, _urge_times),
        "code_verdict": BranchRule(CodeVerdict, lambda _, state: CodeVerdict(service.code_verdict(state))),
        "code_fee": BranchRule(Fee, _code_fee),
        "product_told": BranchRule(YesNo, lambda _, state: _yes(service.product_told(state))),
        "more_statement": BranchRule(YesNo, _more("complaint_statement")),
        "more_voicemail": BranchRule(YesNo, _more("voicemail_record")),
        "agent_queue": BranchRule(QueueName, lambda _, state: agent_queue(state)),
    }
)

# ---- fillers: known values kept without asking for them ----


class Fill(NamedTuple):
    """A slot's name and its value."""

    name: str
    slot: Slot


def _card_product(state: State) -> Fill:
    card = state.caller.card
    value = {
        "value": card.get("product_class", "unknown"),
        "product_id": card.get("product_id", ""),
        "spoken": card.get("product_spoken", ""),
    }
    return Fill("product", Slot(value, "crm_confirmed", "crm"))


def _card_address(state: State) -> Fill:
    card = state.caller.card
    value = {
        "address_id": card.get("address_id", ""),
        "region": card.get("address_region", ""),
        "road": card.get("address_road", ""),
    }
    return Fill("address", Slot(value, "crm_confirmed", "crm"))


def _own_number(state: State) -> Fill:
    return Fill("contact", Slot({"number": state.caller.e164}, "unverified", "caller_id"))


def _own_number_agreed(state: State) -> Fill:
    return Fill("contact", Slot({"number": state.caller.e164}, "voice_confirmed", "caller_id"))


def _own_number_if_any(state: State) -> Fill | None:
    return _own_number_agreed(state) if state.caller.e164 else None


def _lift(fill: Callable[[State], tuple[str, Slot] | None]) -> Callable[[State], Fill | None]:
    def lifted(state: State) -> Fill | None:
        made = fill(state)
        return None if made is None else Fill(*made)

    return lifted


def known_value(filler: str, program: Program, state: State) -> Fill | None:
    """Return the slot a filler keeps, None when the value is not known after all."""
    if filler in advice_rules.MADE:
        return Fill(*advice_rules.MADE[filler](program, state))
    return FILLERS[filler](state)


FILLERS: Mapping[str, Callable[[State], Fill | None]] = MappingProxyType(
    {
        "card_product": _card_product,
        "card_address": _card_address,
        "own_number": _own_number,
        "own_number_agreed": _own_number_agreed,
        "own_number_if_any": _own_number_if_any,
        **{name: _lift(fill) for name, fill in {**known_values.FILLS, **advice_rules.FILLS, **service.FILLS}.items()},
    }
)

# ---- checks: digits to a value; None when they do not fit ----


def _check_phone(digits: str, _: State) -> dict[str, str] | None:
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 86 or not phonenumbers.is_valid_number(number):
        return None
    return {"number": phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}


def _check_code(digits: str, state: State) -> dict[str, str] | None:
    letter = state.slot("fault_letter")
    chosen = letter.value.get("spoken", "") if letter else ""
    code = f"{chosen}{digits}"
    return {"raw": code, "canonical": code, "catalogue_id": ""}


def _check_room(digits: str, _: State) -> dict[str, str] | None:
    return {"room_no": digits, "room": f"{digits}室"}


def _check_ticket(digits: str, _: State) -> dict[str, str] | None:
    return {"digits": digits} if is_ticket_number(digits) else None


def _exactly(length: int) -> Callable[[str, State], dict[str, str] | None]:
    return lambda digits, _: {"digits": digits} if len(digits) == length else None


FILLER_NAMES = frozenset({*FILLERS, *advice_rules.MADE})

CHECKS: Mapping[str, Callable[[str, State], dict[str, str] | None]] = MappingProxyType(
    {
        "phone": _check_phone,
        "code": _check_code,
        "room": _check_room,
        "ticket_no": _check_ticket,
        "tail": _exactly(4),
        "visit_code": _exactly(6),
    }
)
