"""Fakes that implement the sessions' ports: a small flow, a Desk in memory, a PBX that remembers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ivr.contract.desk import (
    CallerCard,
    DeskFailed,
    DeskUnavailable,
    Draft,
    DraftSlot,
    FactsRefused,
    KnownProduct,
    NumberBlock,
    PastMatters,
    VisitCodeAnswer,
    VisitCodeVerdict,
    WarrantyAnswer,
    WarrantyLine,
    WarrantyQuestion,
)
from ivr.contract.dialogue import (
    Effect,
    End,
    HandOver,
    HungUp,
    Input,
    LookedUp,
    Lookup,
    LookupFailed,
    Perform,
    Record,
    Resumed,
    Returned,
    Save,
    TurnDone,
)
from ivr.contract.envelope import Envelope
from ivr.contract.facts import (
    CallbackRequested,
    HandedOver,
    MatterOpened,
    NodeEntered,
    SafetyRaised,
    SlotFilled,
    TicketOpened,
)
from ivr.contract.ids import ticket_number
from ivr.contract.tickets import FoundTicket, TicketLine, TicketStatus
from ivr.sessions.ports import PBXRefused, PBXUnavailable, QueueLine
from speech.contract import (
    Bargein,
    Cause,
    KeyMode,
    Lexicon,
    RecordSpec,
    Segment,
    SlotKind,
    SlotSpec,
    Timeouts,
    Turn,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TEXTS = {"greet": "您好", "menu": "报修请按三", "code": "请输入代码", "say": "请说地址", "bye": "再见", "sorry": "抱歉"}


def segment(name: str) -> Segment:
    """Return the one segment of a prompt."""
    return Segment(f"{name}.p.1", TEXTS[name], (), 0)


@dataclass(frozen=True)
class FlowState:
    """Where the small flow is."""

    node: str = ""
    matter: bool = False
    number: str = ""
    keys_only: bool = False
    asked: int = 0


class SmallFlow:
    """greet -> identify -> menu (3 repair, 0 person) -> code by digits -> say (a recording) -> number -> bye."""

    fingerprint = "small-1"
    lexicon = Lexicon(yes=("对",))
    apology = (segment("sorry"),)

    def __init__(self) -> None:
        self.broken_at = ""

    def begin(self) -> FlowState:
        return FlowState()

    def place(self, state: FlowState) -> tuple[str, str]:
        return ("repair" if state.node == "say" else "small", state.node) if state.node else ("", "")

    def is_elder(self, state: FlowState) -> bool:
        return state.asked > 1

    def slot(self, state: FlowState) -> str:
        return {"code": "fault_code", "say": "address"}.get(state.node, "")

    def step(self, state: FlowState, item: Input) -> tuple[FlowState, Sequence[Effect]]:
        if self.broken_at and state.node == self.broken_at and not isinstance(item, HungUp):
            raise RuntimeError("the flow is broken here")
        if isinstance(item, HungUp) or (isinstance(item, TurnDone) and item.result.cause is Cause.HUNG_UP):
            return self._hung_up(state)
        if isinstance(item, Returned):
            return replace(state, node="over"), [Save(CallbackRequested("asked", queue="consult")), End()]
        if isinstance(item, Resumed):
            return self._ask(replace(state, keys_only=item.keys_only))
        if isinstance(item, TurnDone) and item.result.cause is Cause.MEDIA_FAILED:
            return self._ask(replace(state, keys_only=True))
        after: tuple[FlowState, Sequence[Effect]] = getattr(self, f"_{state.node or 'start'}")(state, item)
        return after

    def _start(self, state: FlowState, item: Input) -> tuple[FlowState, Sequence[Effect]]:
        return self._ask(replace(state, node="greet", keys_only=getattr(item, "keys_only", False)))

    def _greet(self, state: FlowState, _: Input) -> tuple[FlowState, Sequence[Effect]]:
        return self._ask(replace(state, node="identify"))

    def _identify(self, state: FlowState, item: Input) -> tuple[FlowState, Sequence[Effect]]:
        assert isinstance(item, LookedUp | LookupFailed)
        return self._ask(replace(state, node="menu"))

    def _menu(self, state: FlowState, item: Input) -> tuple[FlowState, Sequence[Effect]]:
        digits = item.result.digits if isinstance(item, TurnDone) else ""
        if digits == "9":
            return replace(state, node="over"), [Save(SafetyRaised(1, "gas", "key")), *_handed("emergency", 9)]
        if digits == "3":
            after, effects = self._ask(replace(state, node="code", matter=True, asked=0))
            return after, [Save(MatterOpened(1, "repair")), *effects]
        if digits == "0" or state.asked >= 2:
            return replace(state, node="over"), _handed("consult", 1)
        return self._ask(replace(state, asked=state.asked + 1))

    def _code(self, state: FlowState, item: Input) -> tuple[FlowState, Sequence[Effect]]:
        digits = item.result.digits if isinstance(item, TurnDone) else ""
        after, effects = self._ask(replace(state, node="say"))
        return after, [Save(SlotFilled(1, "fault_code", {"raw": digits}, "dtmf", "dtmf")), *effects]

    def _say(self, state: FlowState, item: Input) -> tuple[FlowState, Sequence[Effect]]:
        clip = item.result.clip if isinstance(item, TurnDone) else ""
        after, effects = self._ask(replace(state, node="number"))
        return after, [Save(SlotFilled(1, "address", {}, "unverified", "speech", clip=clip)), *effects]

    def _number(self, state: FlowState, item: Input) -> tuple[FlowState, Sequence[Effect]]:
        number = item.data["number"] if isinstance(item, LookedUp) else ""
        after, effects = self._ask(replace(state, node="bye", number=number))
        return after, [Save(TicketOpened(1, number, "repair", "normal", "reported")), *effects]

    def _bye(self, state: FlowState, _: Input) -> tuple[FlowState, Sequence[Effect]]:
        return replace(state, node="over"), [Save(HandedOver("end")), End()]

    def _hung_up(self, state: FlowState) -> tuple[FlowState, Sequence[Effect]]:
        facts: list[Effect] = []
        if state.matter and state.node != "bye":
            ticket = TicketOpened(1, state.number, "repair", "normal", "hung_up")
            facts = [Save(ticket), Save(CallbackRequested("hung_up"))]
        return replace(state, node="over"), [*facts, End()]

    def _ask(self, state: FlowState) -> tuple[FlowState, Sequence[Effect]]:
        match state.node:
            case "greet":
                return state, [Perform(Turn("greet-1", (segment("greet"),), Bargein.NONE))]
            case "identify":
                return state, [Lookup("identify", {"caller_e164": "+8613800138000", "did": "4001726011"})]
            case "number":
                return state, [Lookup("ticket_number")]
            case "bye":
                return state, [Perform(Turn("bye-1", (segment("bye"),)))]
            case "say":
                return state, [
                    Save(NodeEntered("repair", "say")),
                    Record(RecordSpec("say-1", (segment("say"),), "c/say")),
                ]
        mode = KeyMode.MENU if state.node == "menu" else KeyMode.DIGITS
        times = Timeouts(no_input_ms=6000)
        slot = SlotSpec(state.node, SlotKind.MENU, {}, mode, "0123459*#", 1 if mode is KeyMode.MENU else 4, times)
        turn = Turn(f"{state.node}-{state.asked}", (segment(state.node),), slot=slot, keys_only=state.keys_only)
        return state, [Save(NodeEntered("small", state.node)), Perform(turn)]


def _handed(queue: str, priority: int) -> list[Effect]:
    return [Save(HandedOver("queue", queue, "asked", priority)), HandOver("queue", queue, priority)]


_PLACE = ("广东省佛山市顺德区容桂街道", "凤翔路")
CARD = CallerCard(True, "7", (KnownProduct("1", "壁挂炉", "boiler", "2025-03-10"),), *_PLACE, "9", elder=True)
TICKET = TicketStatus("10000016", "repair", TicketLine.SCHEDULED, "2026-11-22", "李强", "11月22日 17:00–19:00", urges=1)
REPORTED_PAST = PastMatters((TICKET.number,), ("repair",))
REPORTED_CARD = CallerCard(True, "8", (), *_PLACE, "10", past=REPORTED_PAST, open_ticket=TICKET.number)
DRAFT = Draft(
    "10000024", "repair", (DraftSlot("visit", {"value": "asap"}, "voice_confirmed", "speech", "c/visit.wav"),)
)
CUT_PAST = PastMatters((DRAFT.ticket,), ("repair",))
CUT_CARD = CallerCard(True, "11", past=CUT_PAST, open_ticket=DRAFT.ticket, draft=DRAFT)
CARDS = {"+8613800138000": CARD, "+8613800138005": REPORTED_CARD, "+8613800138009": CUT_CARD}
REPORTED = "+8613800138005"  # whose ticket TICKET is
DOOR_CODE, OWN_CODE = "447108", "308217"


@dataclass
class MemoryDesk:
    """Desk that keeps all in memory; tests/contract shows that crm answers the same.

    away: every call raises DeskUnavailable. refuses: kinds of facts it calls malformed.
    breaks_over: kinds of facts over which it breaks, and how often yet.
    """

    away: bool = False
    next_serial: int = 1_000_000
    size: int = 1000
    held: dict[str, dict[int, Envelope]] = field(default_factory=dict)
    deliveries: int = 0
    asked: list[tuple[str, ...]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    breaks_over: dict[str, int] = field(default_factory=dict)
    waiting_callbacks: set[str] = field(default_factory=set)
    tickets: dict[tuple[str, int], str] = field(default_factory=dict)  # contact and matter -> number

    async def identify(self, caller_e164: str, did: str) -> CallerCard:
        self._check()
        self.asked.append(("identify", caller_e164, did))
        return CARDS.get(caller_e164, CallerCard())

    async def lease_numbers(self, node: str) -> NumberBlock:
        self._check()
        self.asked.append(("lease", node))
        block = NumberBlock(self.next_serial, self.size)
        self.next_serial += self.size
        return block

    async def warranty(self, question: WarrantyQuestion) -> WarrantyAnswer:
        self._check()
        self.asked.append(("warranty", question.product_class, str(question.bought_on), question.precision))
        if question.has_proof == "no":
            return WarrantyAnswer(WarrantyLine.NO_PROOF, "", ("no_proof",))
        if question.bought_on is None or question.has_proof == "unknown":
            return WarrantyAnswer(WarrantyLine.UNKNOWN, "", ("no_date",))
        return WarrantyAnswer(WarrantyLine.IN, "2028-03-31", ("from_month",))  # a boiler of March 2026

    async def visit_code(self, code: str, caller_e164: str) -> VisitCodeAnswer:
        self._check()
        self.asked.append(("visit_code", code, caller_e164))
        if code == DOOR_CODE:
            return VisitCodeAnswer(VisitCodeVerdict.OK, "李强", "1026", "11月22日 17:00–19:00", "in")
        if code == OWN_CODE:
            return VisitCodeAnswer(VisitCodeVerdict.CALLBACK, date="2026-11-20")
        return VisitCodeAnswer(VisitCodeVerdict.BAD, reason="unknown" if code else "no_code")

    async def tickets_of(self, caller_e164: str) -> tuple[TicketStatus, ...]:
        self._check()
        self.asked.append(("tickets_of", caller_e164))
        return (TICKET,) if caller_e164 == REPORTED else ()

    async def find_ticket(self, number: str, tail: str) -> FoundTicket:
        self._check()
        self.asked.append(("find_ticket", number, tail))
        exists = number == TICKET.number
        return FoundTicket(exists, TICKET if exists and tail == REPORTED[-4:] else None)

    async def open_callback(self, number: str) -> bool:
        self._check()
        self.asked.append(("open_callback", number))
        return number in self.waiting_callbacks

    async def ship(self, facts: Sequence[Envelope]) -> int:
        self._check()
        self.deliveries += 1
        taken: dict[str, dict[int, Envelope]] = {}
        for envelope in facts:  # one transaction: a conflict undoes it, a malformed fact only ends it
            if left := self.breaks_over.get(envelope.fact.KIND, 0):
                self.breaks_over[envelope.fact.KIND] = left - 1
                raise DeskFailed("/internal/facts: status 500")
            if envelope.fact.KIND in self.refuses:
                self.held.update(taken)
                raise FactsRefused("422 malformed_fact")
            known = taken.setdefault(envelope.node, dict(self.held.get(envelope.node, {})))
            if known.setdefault(envelope.seq, envelope) != envelope:
                raise FactsRefused("409 journal_conflict", conflict=True, highest=max(known))
        self.held.update(taken)
        for envelope in facts:
            if isinstance(envelope.fact, TicketOpened):
                self._open(envelope.contact, envelope.fact)
        return max(self.held[facts[0].node]) if facts else 0

    def _open(self, contact: str, fact: TicketOpened) -> None:
        """Keep a matter's ticket; one that brings no number is given the next of a block of its own."""
        own = ticket_number(9_000_000 + len(self.tickets))
        self.tickets.setdefault((contact, fact.matter), fact.number or own)

    def _check(self) -> None:
        if self.away:
            raise DeskUnavailable("away")


@dataclass
class MemoryPBX:
    """PBX that remembers what it was asked."""

    connected: bool = False
    redirects: list[tuple[str, str]] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    actions: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    error: Exception | None = None
    refuses: dict[str, str] = field(default_factory=dict)  # action -> what Asterisk says

    async def redirect(self, channel: str, context: str, exten: str = "s", priority: int = 1) -> None:
        self._check()
        self.redirects.append((channel, f"{context},{exten},{priority}"))

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        self._check()
        self.variables[f"{channel} {name}"] = value

    async def action(self, name: str, fields: Mapping[str, str]) -> None:
        self._check()
        self.actions.append((name, dict(fields)))
        if name in self.refuses:
            raise PBXRefused(self.refuses[name])

    async def originate(self, fields: Mapping[str, str], variables: Mapping[str, str]) -> str:
        self._check()
        self.actions.append(("Originate", {**fields, **variables}))
        return f"action-{len(self.actions)}"

    async def channels(self) -> Sequence[Mapping[str, str]]:
        self._check()
        return self.rows

    def _check(self) -> None:
        if self.error is not None:
            raise self.error
        if not self.connected:
            raise PBXUnavailable("not connected")


class OpenQueues:
    """Staffing: every queue has somebody."""

    async def line(self, queue: str) -> QueueLine:
        return QueueLine(1 if queue else 0, ())


class OneCode:
    """A catalogue of one code."""

    def find(self, code: str) -> Mapping[str, str]:
        return {"catalogue_id": "E01", "meaning_zh": "", "severity": "normal"} if code == "E01" else {}


class OneArticle:
    """A pack with one changed article."""

    def find(self, keys: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
        row = {"segments": ["整机保修三年。"], "source": "新规", "version": "7"}
        return {key: row for key in keys if key == "ans_period"}


def plain(value: Any) -> Any:
    """Return the kinds of the facts of envelopes."""
    return [envelope.fact.KIND for envelope in value]
