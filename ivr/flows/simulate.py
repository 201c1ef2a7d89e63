"""Runs a scripted conversation through the machine, without telephone and without clock, and writes it down.

A script is a list of moves: {"say": "我要报修"}, {"dtmf": "12#"}, "silence", "hangup", "failed" (media lost), and once
the caller waits in a queue {"queue": "callback"} (key 1), {"queue": "voicemail"} (key 2) or {"queue": "timeout"}.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ivr.contract.dialogue import (
    Effect,
    End,
    FollowUpAsk,
    HandOver,
    HungUp,
    Input,
    LookedUp,
    Lookup,
    LookupFailed,
    Perform,
    Record,
    Returned,
    Save,
    Started,
    TurnDone,
)
from ivr.contract.facts import Fact
from ivr.contract.ids import ticket_number
from ivr.flows.machine import step
from ivr.flows.program import Program
from ivr.flows.state import State
from speech.contract import (
    Cause,
    Interpretation,
    Interpreter,
    KeyMode,
    Lexicon,
    Mode,
    Segment,
    SlotSpec,
    TurnResult,
    shown,
)

Move = str | Mapping[str, str]
# What a machine notices in the words of a recording (speech.contract.TurnResult.noticed).
Notice = Callable[[Sequence[str], Lexicon], Mapping[str, str]]
_CALLER = "+8613800138000"
_FIRST_SERIAL = 1_234_567


def nothing_noticed(texts: Sequence[str], lexicon: Lexicon) -> Mapping[str, str]:
    """Notice nothing in a recording."""
    del texts, lexicon
    return {}


class InvalidScript(ValueError):
    """A move that is not one of those above; the text names its place in the script."""


@dataclass(frozen=True, slots=True)
class Waited:
    """Where a move of the caller was awaited: the node, and how many lines and facts there were before the move."""

    node: str
    lines: int
    facts: int


@dataclass(slots=True)
class Conversation:
    """What happened: lines to read, facts, inputs given and the state at the end.

    waited: one for each move of the script; the hang-up of a caller with nothing more to do is the last.
    """

    lines: list[str] = field(default_factory=list)
    waited: list[Waited] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    state: State = State()  # noqa: RUF009  # State is frozen
    outcome: Effect | None = None


@dataclass(slots=True)
class Simulator:
    """One simulated call. lookups: action -> its answer, None for a failure; identify {} is an unknown caller.

    at: the call's local time, "2026-07-24T10:30". Examples are spoken as in the demo profile.
    """

    program: Program
    interpreter: Interpreter
    lookups: Mapping[str, Mapping[str, Any] | None] = field(default_factory=lambda: MappingProxyType({}))
    caller: str = _CALLER
    keys_only: bool = False
    at: str = ""
    busy: bool = False
    notice: Notice = nothing_noticed
    follow_up: FollowUpAsk | None = None
    conversation: Conversation = field(default_factory=Conversation)
    _numbers: int = 0
    _moves: list[Move] = field(default_factory=list)

    def run(self, script: Sequence[Move]) -> Conversation:
        """Play `script` to its end or the dialogue's; a caller with nothing more to do hangs up."""
        check_script(script)
        self._moves = list(script)
        started = Started(
            "simulated", self.caller, "4001726011", self.keys_only, self.at, demo=True, busy=self.busy,
            follow_up=self.follow_up,
        )  # fmt: skip
        waiting = self.give(started)
        while (item := self._following(waiting)) is not None:
            waiting = self.give(item)
        return self.conversation

    def _following(self, waiting: Effect) -> Input | None:
        """Return the input that answers an effect; None when the dialogue is over and the caller stays away."""
        if not isinstance(waiting, End | HandOver):
            return self._answer(waiting)
        move = self._moves[0] if self._moves else "hangup"
        if isinstance(waiting, End) or isinstance(move, str) or "queue" not in move:
            return None
        self._next()
        return Returned(move["queue"], self.conversation.state.keys_only)

    def give(self, item: Input) -> Effect:
        """Give the machine one input; returns the effect that waits, having noted the rest."""
        talk = self.conversation
        talk.inputs.append(item)
        talk.state, effects = step(self.program, talk.state, item)
        for effect in effects:
            self._note(effect)
        talk.outcome = effects[-1]
        return effects[-1]

    def _note(self, effect: Effect) -> None:
        talk = self.conversation
        match effect:
            case Save(fact):
                talk.facts.append(fact)
            case Perform(turn):
                talk.lines.append(_spoken(talk.state, turn.segments, turn.rate))
            case Record(spec):
                talk.lines.append(_spoken(talk.state, spec.segments, 1.0) + "(嘀)")
            case HandOver(target, queue, priority):
                talk.lines.append(f"→ {target} {queue} {priority}")
            case End():
                talk.lines.append("→ end")
            case _:  # a look-up says nothing
                pass

    # ---- the world outside ----

    def _answer(self, effect: Effect) -> Input:
        match effect:
            case Lookup(action, _):
                return self._look_up(action)
            case Perform(turn):
                if turn.slot is None:
                    return TurnDone(TurnResult(turn.turn_id, Cause.SUCCESS))
                return self._move(turn.turn_id, turn.slot, keys_only=turn.keys_only)
            case Record(spec):
                return self._recorded(spec.turn_id)
            case _:  # a step never ends with a Save, and the end was seen before
                raise TypeError(f"{type(effect).__name__} does not wait")

    def _look_up(self, action: str) -> Input:
        if action == "ticket_number" and action not in self.lookups:
            self._numbers += 1
            return LookedUp(action, {"number": ticket_number(_FIRST_SERIAL + self._numbers)})
        data = self.lookups.get(action)
        return LookupFailed(action) if data is None else LookedUp(action, data)

    def _move(self, turn_id: str, slot: SlotSpec, *, keys_only: bool) -> Input:
        move = self._next()
        if move == "hangup":
            return HungUp()
        if move == "failed":
            return TurnDone(TurnResult(turn_id, Cause.MEDIA_FAILED))
        if isinstance(move, str) or (keys_only and "say" in move):
            return TurnDone(TurnResult(turn_id, Cause.NO_INPUT, wait_ms=slot.timeouts.no_input_ms))
        if "say" in move:
            heard = self.interpreter(slot, self.program.lexicon, (move["say"],))
            return TurnDone(_said(turn_id, heard))
        return TurnDone(_pressed(turn_id, slot, move["dtmf"]))

    def _recorded(self, turn_id: str) -> Input:
        move = self._next()
        if move == "hangup":
            return HungUp()
        if move == "failed":
            return TurnDone(TurnResult(turn_id, Cause.MEDIA_FAILED))
        if isinstance(move, str) or move.get("dtmf") == "#":
            return TurnDone(TurnResult(turn_id, Cause.NO_INPUT, digits="" if isinstance(move, str) else "#"))
        if "dtmf" in move:
            return TurnDone(TurnResult(turn_id, Cause.SUCCESS, digits=move["dtmf"]))
        noticed = self.notice((move["say"],), self.program.lexicon)
        return TurnDone(TurnResult(turn_id, Cause.SUCCESS, clip=f"{turn_id}.wav", speech_ms=2000, noticed=noticed))

    def _next(self) -> Move:
        move, talk = self._moves.pop(0) if self._moves else "hangup", self.conversation
        talk.waited.append(Waited(talk.state.place.node, len(talk.lines), len(talk.facts)))
        talk.lines.append("来电人: " + _move_text(move))
        return move


def simulate(
    program: Program,
    script: Sequence[Move],
    interpreter: Interpreter,
    *,
    lookups: Mapping[str, Mapping[str, Any] | None] = MappingProxyType({}),
    caller: str = _CALLER,
    keys_only: bool = False,
    at: str = "",
    busy: bool = False,
    notice: Notice = nothing_noticed,
    follow_up: FollowUpAsk | None = None,
) -> Conversation:
    """Run `script` and return the conversation; raises InvalidScript. caller "" is anonymous, at: local time.

    follow_up: we rang, to ask this.
    """
    return Simulator(program, interpreter, lookups, caller, keys_only, at, busy, notice, follow_up).run(script)


def check_script(script: Sequence[Move]) -> None:
    """Raise InvalidScript for the first move that is none."""
    for index, move in enumerate(script, 1):
        if isinstance(move, str):
            fits = move in ("silence", "hangup", "failed")
        else:
            fits = (
                len(move) == 1
                and set(move) <= {"say", "dtmf", "queue"}
                and all(isinstance(v, str) for v in move.values())
            )
        if not fits:
            raise InvalidScript(f"move {index}: expected say, dtmf, queue, silence, hangup or failed")


def no_interpreter(slot: SlotSpec, lexicon: Lexicon, texts: tuple[str, ...]) -> Interpretation:
    """Interpret nothing: for conversations by keys only."""
    del slot, lexicon
    return Interpretation(text=texts[0] if texts else "")


def _spoken(state: State, segments: tuple[Segment, ...], rate: float) -> str:
    words = " ".join(shown(segment.text) for segment in segments)
    return f"[{state.place.node}] {words}" + ("" if rate == 1.0 else "(慢)")


def _move_text(move: Move) -> str:
    if isinstance(move, str):
        return {"silence": "(不出声)", "hangup": "(挂机)", "failed": "(语音故障)"}[move]
    if "queue" in move:
        return {"callback": "(排队时按 1)", "voicemail": "(排队时按 2)"}.get(move["queue"], "(排队太久)")
    return f"“{move['say']}”" if "say" in move else f"按 {move['dtmf']}"


def _said(turn_id: str, heard: Interpretation) -> TurnResult:
    fits = heard.status in ("match", "ambiguous") or heard.command or heard.safety
    cause = Cause.SUCCESS if fits else Cause.NO_MATCH
    return TurnResult(turn_id, cause, Mode.SPEECH, interpretation=heard, clip=f"{turn_id}.wav", speech_ms=1500)


def _pressed(turn_id: str, slot: SlotSpec, keys: str) -> TurnResult:
    """Return what the media resource makes of keys: the first one in a menu, all up to # where digits are data."""
    digits = keys[:1] if slot.key_mode is KeyMode.MENU else keys.removesuffix("#") or "#"
    cause = Cause.SUCCESS if digits[0] in slot.keys else Cause.NO_MATCH
    return TurnResult(turn_id, cause, Mode.DTMF, digits)
