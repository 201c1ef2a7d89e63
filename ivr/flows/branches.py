"""The closed registry of branches that a document may name. Pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from ivr.contract.tickets import TicketLine
from ivr.flows import advice_rules, callback_times, follow_up, identity, repair_rules
from ivr.flows import service_rules as service
from ivr.flows.matters import QueueName, agent_queue, has_content
from ivr.flows.program import Program
from ivr.flows.state import State
from ivr.flows.variables import contact_number


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


def _ring_angry(_: Program, state: State) -> YesNo:
    """An angry caller is rung back instead of being put another menu, when there is a number to ring."""
    return _yes(service.is_angry(state) and bool(contact_number(state)))


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


def _topic_left(_: Program, state: State) -> service.TopicLeft:
    asked = service.asked_topics(state)
    return next((topic for topic in service.TopicLeft if topic in asked), service.TopicLeft.NONE)


def _urge_times(_: Program, state: State) -> UrgeTimes:
    if service.takes_a_person(state, more=1):
        return UrgeTimes.PERSON
    return UrgeTimes.AGAIN if service.urges(state) else UrgeTimes.FIRST


def _code_fee(_: Program, state: State) -> Fee:
    fee = state.told.get("fee", "")
    return Fee(fee) if fee in ("in", "out") else Fee.UNKNOWN


class BranchRule(NamedTuple):
    """A branch: every value it can return, and the function."""

    values: type[StrEnum]
    choose: Callable[[Program, State], StrEnum]


BRANCHES: Mapping[str, BranchRule] = MappingProxyType(
    {
        **{
            name: BranchRule(*rule)
            for name, rule in {**repair_rules.BRANCHES, **advice_rules.BRANCHES, **follow_up.BRANCHES}.items()
        },
        "code_known": BranchRule(CodeKnown, _code_known),
        "next_code_try": BranchRule(NextTry, _next_code_try),
        "address_missing": BranchRule(Missing, _address_missing),
        "promise": BranchRule(Promise, _promise),
        "number_new": BranchRule(YesNo, lambda _, state: _yes(contact_number(state) != state.caller.e164)),
        "number_told": BranchRule(YesNo, lambda _, state: _yes(bool(state.matter and state.matter.ticket))),
        "caller_number": BranchRule(YesNo, _caller_number),
        "gas_phone": BranchRule(YesNo, lambda _, state: _yes(state.slot("gas_phone") is not None)),
        "elder": BranchRule(YesNo, _elder),
        "queue_open": BranchRule(YesNo, _queue_open),
        "draft": BranchRule(YesNo, _draft),
        "draft_left": BranchRule(YesNo, _draft_left),
        "draft_kind": BranchRule(DraftKind, _draft_kind),
        "agent_kind": BranchRule(AgentKind, _agent_kind),
        "ring_angry": BranchRule(YesNo, _ring_angry),
        "queue_place": BranchRule(QueuePlace, _queue_place),
        "callback_later": BranchRule(YesNo, lambda _, state: _yes(bool(callback_times.after(state)))),
        "callback_moved": BranchRule(YesNo, lambda _, state: _yes(callback_times.is_moved(state))),
        "called_back": BranchRule(YesNo, lambda _, state: _yes(state.called_back)),
        "has_open_ticket": BranchRule(YesNo, lambda _, state: _yes(bool(state.caller.card.get("open_ticket")))),
        "ticket_count": BranchRule(TicketCount, _ticket_count),
        "ticket_found": BranchRule(Sought, _sought),
        "ticket_line": BranchRule(TicketLine, lambda _, state: TicketLine(service.ticket_line(state))),
        "ticket_overdue": BranchRule(YesNo, lambda _, state: _yes(service.ticket_line(state) == "overdue")),
        "topic_left": BranchRule(service.TopicLeft, _topic_left),
        "urge_times": BranchRule(UrgeTimes, _urge_times),
        "code_verdict": BranchRule(CodeVerdict, lambda _, state: CodeVerdict(service.code_verdict(state))),
        "code_fee": BranchRule(Fee, _code_fee),
        "mine_asked": BranchRule(YesNo, lambda _, state: _yes(service.MINE in service.asked_topics(state))),
        "identity_told": BranchRule(YesNo, lambda _, state: _yes(state.slot(identity.SLOT) is not None)),
        "reply_promised": BranchRule(YesNo, lambda _, state: _yes(service.reply_promised(state))),
        "product_told": BranchRule(YesNo, lambda _, state: _yes(service.product_told(state))),
        "more_statement": BranchRule(YesNo, _more("complaint_statement")),
        "more_voicemail": BranchRule(YesNo, _more("voicemail_record")),
        "agent_queue": BranchRule(QueueName, lambda _, state: agent_queue(state)),
    }
)
