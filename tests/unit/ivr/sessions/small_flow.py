"""A small flow that implements the sessions' Flow: a menu, a code, a recording, a number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from ivr.contract.facts import (
    CallbackRequested,
    HandedOver,
    MatterOpened,
    NodeEntered,
    SafetyRaised,
    SlotFilled,
    TicketOpened,
)
from speech.contract import Bargein, Cause, KeyMode, Lexicon, RecordSpec, Segment, SlotKind, SlotSpec, Timeouts, Turn

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
