"""A simulated caller talks to the real flows: every spoken answer is synthesised, recognized and interpreted.

What is not about the value in question is answered by keys, so that a dialogue is short and its outcome is the value's.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ivr.contract.dialogue import (
    Effect,
    End,
    HandOver,
    Input,
    LookedUp,
    Lookup,
    LookupFailed,
    Perform,
    Record,
    Save,
    Started,
    TurnDone,
)
from ivr.contract.facts import SlotFilled
from ivr.contract.ids import ticket_number
from ivr.flows.machine import step
from ivr.flows.program import Program
from ivr.flows.state import State
from speech.contract import Cause, Interpretation, KeyMode, Mode, SlotSpec, Turn, TurnResult

MAX_TURNS = 60
_CALLER = "+8613800138000"
_DONE = ("voice_confirmed", "dtmf")
# Keys that lead past what is not in question.
_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "main_menu": "3", "repair_known_product": "2", "repair_product": "1", "fault_code": "2", "symptom": "2",
        "advice_offer": "2", "address_on_file": "2", "address_region": "1", "visit_day": "1", "visit_part": "4",
        "contact_known": "2", "one_breath_confirm": "2", "brand_check": "1", "emergency_check": "2",
    }
)  # fmt: skip

Hear = Callable[[str, SlotSpec, random.Random], tuple[Interpretation, Cause]]


@dataclass(slots=True)
class Outcome:
    """How a dialogue about one value ended.

    tries: spoken answers that were to give the value; keys: keys had to be pressed for it; value: what was confirmed,
    {} when nothing was; read_back: the first value that was read back.
    """

    tries: int = 0
    keys: bool = False
    value: Mapping[str, str] = field(default_factory=dict)
    read_back: Mapping[str, str] = field(default_factory=dict)
    turns: int = 0
    heard: list[tuple[str, str]] = field(default_factory=list)


class Goal:
    """What the caller wants to get across, and how: the value's slot, its questions and its read-back.

    value_nodes: question -> the words to say there (called again for each try). key_nodes: question -> keys.
    same: does a held value say what the caller means. correct: the words of a correction of the value read back.
    meant: what the caller means, for people to read.
    """

    def __init__(
        self,
        slot: str,
        meant: str,
        value_nodes: Mapping[str, Callable[[], str]],
        key_nodes: Mapping[str, Callable[[], str]],
        confirm_node: str,
        same: Callable[[Mapping[str, str]], bool],
        correct: Callable[[Mapping[str, str]], str],
    ) -> None:
        self.slot, self.meant, self.value_nodes, self.key_nodes = slot, meant, value_nodes, key_nodes
        self.confirm_node, self.same, self.correct = confirm_node, same, correct


class Talk:
    """One dialogue. hear: words and a turn to what the media would make of them (through audio)."""

    def __init__(self, program: Program, goal: Goal, hear: Hear, chance: random.Random) -> None:
        self._program, self._goal, self._hear, self._chance = program, goal, hear, chance
        self._state = State()
        self._outcome = Outcome()
        self._over = False
        self._numbers = 0

    def run(self) -> Outcome:
        """Talk until the value is confirmed, given up, or the dialogue is over."""
        waiting = self._give(Started("bench", _CALLER, "4001726011"))
        while not self._over and not isinstance(waiting, End | HandOver) and self._outcome.turns < MAX_TURNS:
            self._outcome.turns += 1
            waiting = self._give(self._answer(waiting))
        return self._outcome

    def _give(self, item: Input) -> Effect:
        self._state, effects = step(self._program, self._state, item)
        for effect in effects:
            if isinstance(effect, Save) and isinstance(effect.fact, SlotFilled) and effect.fact.slot == self._goal.slot:
                self._filled(effect.fact)
        return effects[-1]

    def _filled(self, fact: SlotFilled) -> None:
        if fact.status in _DONE:
            self._outcome.value, self._over = fact.value, True
        elif fact.value.get("clip"):
            self._over = True  # recorded for a person: no value was got

    def _answer(self, effect: Effect) -> Input:
        match effect:
            case Lookup("ticket_number", _):
                self._numbers += 1
                return LookedUp("ticket_number", {"number": ticket_number(1_234_567 + self._numbers)})
            case Lookup(action, _):
                return LookupFailed(action)
            case Record(spec):
                clip = f"{spec.turn_id}.wav"
                return TurnDone(TurnResult(spec.turn_id, Cause.SUCCESS, clip=clip, speech_ms=2000))
            case Perform(turn):
                return TurnDone(self._turn(turn))
            case _:
                raise TypeError(f"{type(effect).__name__} does not wait")

    def _turn(self, turn: Turn) -> TurnResult:
        if turn.slot is None:
            return TurnResult(turn.turn_id, Cause.SUCCESS)
        node = self._state.place.node
        if node == self._goal.confirm_node or node == f"{self._goal.slot}_pick":
            return self._judge(turn, turn.slot, node)
        if node in self._goal.key_nodes and (turn.keys_only or node not in self._goal.value_nodes):
            self._outcome.keys = True
            return _pressed(turn, self._goal.key_nodes[node]())
        if node in self._goal.value_nodes and not turn.keys_only:
            self._outcome.tries += 1
            return self._say(turn, turn.slot, self._goal.value_nodes[node]())
        key = _KEYS.get(node, "")
        return _pressed(turn, key) if key else TurnResult(turn.turn_id, Cause.NO_INPUT)

    def _judge(self, turn: Turn, slot: SlotSpec, node: str) -> TurnResult:
        """Answer a read-back, or a choice of several: by what was read, as a caller does."""
        held = self._state.slot(self._goal.slot)
        if node != self._goal.confirm_node:
            picks = held.candidates if held else ()
            fits = next((str(index) for index, row in enumerate(picks, 1) if self._goal.same(row)), "4")
            return _pressed(turn, fits)
        value = held.value if held else {}
        self._outcome.read_back = self._outcome.read_back or value
        right = self._goal.same(value)
        if turn.keys_only:
            return _pressed(turn, "1" if right else "2")
        if right:
            return self._say(turn, slot, self._chance.choice(("对", "是的", "没错", "对对对", "是", "可以")))
        if self._chance.random() < 0.5:
            return self._say(turn, slot, self._goal.correct(value))
        return self._say(turn, slot, self._chance.choice(("不对", "不是", "错了")))

    def _say(self, turn: Turn, slot: SlotSpec, words: str) -> TurnResult:
        heard, cause = self._hear(words, slot, self._chance)
        self._outcome.heard.append((words, heard.text))
        mode = None if cause is Cause.NO_INPUT else Mode.SPEECH
        return TurnResult(turn.turn_id, cause, mode, interpretation=heard, clip=f"{turn.turn_id}.wav", speech_ms=1500)


def _pressed(turn: Turn, keys: str) -> TurnResult:
    one = turn.slot is not None and turn.slot.key_mode is KeyMode.MENU
    return TurnResult(turn.turn_id, Cause.SUCCESS, Mode.DTMF, keys[:1] if one else keys)
