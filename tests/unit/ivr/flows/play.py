"""What the flow tests share: the loaded program and a driver that gives inputs."""

import itertools
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from divisions.gazetteer import Division
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
    Resumed,
    Returned,
    Save,
    Started,
    TurnDone,
)
from ivr.contract.facts import Fact
from ivr.contract.ids import ticket_number
from ivr.flows.load import load_program
from ivr.flows.machine import step
from ivr.flows.nodes import Ask, Menu
from ivr.flows.nodes import Record as RecordNode
from ivr.flows.program import Program
from ivr.flows.state import State, state_from_json, state_to_json
from speech.contract import (
    Captured,
    Cause,
    Interpretation,
    Interpreter,
    Mode,
    SlotSpec,
    Turn,
    TurnResult,
)
from speech.packs import Pack
from speech.slots.slots import Slots
from tests.unit.ivr.flows.known import AT, CALLER, NOW


@cache
def program() -> Program:
    """Return the shipped flows, loaded once."""
    return load_program()


@cache
def interpreter() -> Interpreter:
    """Return the real interpreter over a small pack."""
    codes = {
        "E01": {"id": "E01", "meaning_zh": "点火失败"},
        "E1": {"id": "E1"},
        "F1": {"id": "F1"},
        "F28": {"id": "F28"},
        "E9": {"id": "E9", "severity": "emergency"},
    }
    rows = (
        Division("44", "广东省", 1, ""),
        Division("4406", "佛山市", 2, "44"),
        Division("440606", "顺德区", 3, "4406"),
        Division("440606003", "容桂街道", 4, "440606"),
        Division("4401", "广州市", 2, "44"),
        Division("440113", "番禺区", 3, "4401"),
        Division("4403", "深圳市", 2, "44"),
        Division("440307", "龙岗区", 3, "4403"),
        Division("4418", "清远市", 2, "44"),
        Division("441881", "英德市", 3, "4418"),
        Division("33", "浙江省", 1, ""),
        Division("3301", "杭州市", 2, "33"),
        Division("330106", "西湖区", 3, "3301"),
        Division("36", "江西省", 1, ""),
        Division("3601", "南昌市", 2, "36"),
        Division("360103", "西湖区", 3, "3601"),
    )
    pack = Pack("t", codes, {row.code: row for row in rows})
    return partial(Slots(pack).interpret, now=NOW)


@dataclass
class Driver:
    """Gives a machine inputs and keeps what came of them; looks up by itself unless told not to."""

    flows: Program = field(default_factory=program)
    card: Mapping[str, Any] | None = None
    queue_open: bool | None = True  # None: nobody can tell
    queue: Mapping[str, Any] = field(default_factory=dict)
    waits: bool | None = False
    numbers: bool = True
    catalogue: Mapping[str, str] | None = field(default_factory=dict)
    articles: Mapping[str, Any] | None = field(default_factory=lambda: {"articles": {}})
    tickets: Mapping[str, Any] | None = field(default_factory=lambda: {"tickets": []})
    found: Mapping[str, Any] | None = field(default_factory=lambda: {"exists": False})
    code: Mapping[str, Any] | None = field(default_factory=lambda: {"verdict": "bad", "reason": "unknown"})
    warranty: Mapping[str, Any] | None = field(default_factory=lambda: {"line": "in"})
    people_from: str | None = ""  # when there are people to ring back, local; "" always, None: nobody can tell
    agrees: bool = True  # crm says the same of both ends of a stretch of days
    at: str = AT
    demo: bool = True
    caller: str = CALLER
    keys_only: bool = False
    follow_up: FollowUpAsk | None = None
    state: State = field(default_factory=State)
    effects: list[Effect] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    performed: list[Turn] = field(default_factory=list)
    speak_by_itself: bool = True
    stores: bool = True  # every state goes through JSON and back
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def start(self) -> "Driver":
        """Begin the dialogue."""
        started = Started("c0ffee", self.caller, "4001726011", self.keys_only, self.at, self.demo)
        return self.give(replace(started, follow_up=self.follow_up))

    def give(self, item: Input) -> "Driver":
        """Give one input, then answer look-ups and turns that only speak until something really waits."""
        self.give_only(item)
        while (answer := self._by_itself()) is not None:
            self.give_only(answer)
        return self

    def give_only(self, item: Input) -> None:
        """Give one input; checks what holds after every step."""
        self.inputs.append(item)
        self.state, effects = step(self.flows, self.state, item)
        *saves, last = effects
        assert all(isinstance(effect, Save) for effect in saves)
        assert not isinstance(last, Save)
        if self.stores:
            assert state_from_json(state_to_json(self.state)) == self.state
        self.effects += effects
        self.facts += [effect.fact for effect in saves if isinstance(effect, Save)]
        if isinstance(last, Perform):
            self.performed.append(last.turn)

    def _by_itself(self) -> Input | None:
        match self.last:
            case Lookup(action, _):
                return self.look_up(action)
            case Perform(turn) if turn.slot is None and self.speak_by_itself:
                return TurnDone(TurnResult(turn.turn_id, Cause.SUCCESS))
            case _:
                return None

    def look_up(self, action: str) -> Input:
        """Answer a look-up as the outside would."""
        data: Mapping[str, Any] | None = {
            "identify": self.card,
            "ticket_number": {"number": ticket_number(1_234_000 + next(self._serial))} if self.numbers else None,
            "queue_state": None if self.queue_open is None else {"open": self.queue_open, **self.queue},
            "callback_open": None if self.waits is None else {"open": self.waits},
            "callback_hours": self._callback_hours(),
            "fault_code": self.catalogue,
            "articles": self.articles,
            "unknown_article": self.articles,
            "my_tickets": self.tickets,
            "find_ticket": self.found,
            "visit_code": self.code,
            "repair_state": None if self.queue_open is None else {"open": self.queue_open},
            "complaint_state": None if self.queue_open is None else {"open": self.queue_open},
            "warranty": self.warranty,
            "warranty_earliest": self.warranty if self.agrees else None,
        }[action]
        return LookupFailed(action) if data is None else LookedUp(action, data)

    def _callback_hours(self) -> Mapping[str, str] | None:
        """Answer that people are there when they are wanted, unless the test says when they come."""
        assert isinstance(self.last, Lookup)
        asked = self.last.args.get("after", "")
        return None if self.people_from is None else {"after": asked and (self.people_from or asked)}

    # ---- what waits ----

    @property
    def last(self) -> Effect | None:
        """The effect that waits."""
        return self.effects[-1] if self.effects else None

    def twin(self) -> "Driver":
        """Return a copy that goes its own way."""
        other = copy(self)
        other.inputs, other.effects, other.facts = list(self.inputs), list(self.effects), list(self.facts)
        other.performed = list(self.performed)
        return other

    @property
    def over(self) -> bool:
        """Whether the dialogue has ended."""
        return isinstance(self.last, End | HandOver)

    @property
    def node(self) -> str:
        """Where the dialogue is."""
        return self.state.place.node

    @property
    def turn(self) -> Turn:
        """The turn that waits."""
        assert isinstance(self.last, Perform)
        return self.last.turn

    @property
    def slot(self) -> SlotSpec:
        """What the turn that waits listens for."""
        assert self.turn.slot is not None
        return self.turn.slot

    @property
    def text(self) -> str:
        """What was said last."""
        assert isinstance(self.last, Perform | Record)
        segments = self.last.turn.segments if isinstance(self.last, Perform) else self.last.spec.segments
        return " ".join(segment.text for segment in segments)

    # ---- the caller ----

    def result(self, cause: Cause, mode: Mode | None = None, **more: Any) -> "Driver":
        """End the present turn."""
        return self.give(TurnDone(TurnResult(self.state.turn_id, cause, mode, **more)))

    def press(self, keys: str) -> "Driver":
        """Press keys, as the media resource reports them."""
        return self.result(Cause.SUCCESS, Mode.DTMF, digits=keys)

    def keys(self, *answers: str) -> "Driver":
        """Answer several questions by keys."""
        for keys in answers:
            self.press(keys)
        return self

    def hear(self, **interpretation: Any) -> "Driver":
        """Say something that was interpreted."""
        heard = Interpretation(**{"status": "match", **interpretation})
        cause = Cause.NO_MATCH if heard.status == "no_match" else Cause.SUCCESS
        return self.result(cause, Mode.SPEECH, interpretation=heard, clip="c0ffee/said.wav", speech_ms=900)

    def mean(self, *meanings: str) -> "Driver":
        """Say things that mean these."""
        for meaning in meanings:
            self.hear(meaning=meaning, text="话")
        return self

    def value(self, value: Mapping[str, str], *more: Mapping[str, str]) -> "Driver":
        """Say a value; with more of them it is not clear which."""
        values = (value, *more)
        return self.hear(status="ambiguous" if more else "match", value=value, candidates=values)

    def tell(self, meaning: str = "", **captured: Mapping[str, str]) -> "Driver":
        """Say one sentence that holds several values."""
        told = {name: Captured(value) for name, value in captured.items()}
        return self.hear(meaning=meaning, text="一句话", captured=told)

    def command(self, name: str) -> "Driver":
        """Say a command."""
        return self.hear(command=name)

    def danger(self, name: str, **more: Any) -> "Driver":
        """Name a danger."""
        return self.hear(safety=name, text="危险", **more)

    def silence(self, times: int = 1) -> "Driver":
        """Say nothing."""
        for _ in range(times):
            self.result(Cause.NO_INPUT, wait_ms=6000)
        return self

    def mumble(self, times: int = 1) -> "Driver":
        """Say what nobody understands."""
        for _ in range(times):
            self.hear(status="no_match", text="呃")
        return self

    def record(self, clip: str = "c0ffee/clip.wav") -> "Driver":
        """Speak after the beep."""
        return self.result(Cause.SUCCESS, clip=clip, speech_ms=3000)

    def hang_up(self) -> "Driver":
        """Hang up."""
        return self.give(HungUp())

    def lose(self, cause: Cause = Cause.MEDIA_FAILED) -> "Driver":
        """Lose the media resource or the recognizer."""
        return self.result(cause)

    def resume(self, *, keys_only: bool = False) -> "Driver":
        """Go on in a second AGI session."""
        return self.give(Resumed(keys_only))

    def come_back(self, why: str = "callback", *, keys_only: bool = False) -> "Driver":
        """Come back from the queue."""
        return self.give(Returned(why, keys_only))

    # ---- what came of it ----

    def of(self, kind: type[Any]) -> list[Any]:
        """Return the facts of one class, oldest first."""
        return [fact for fact in self.facts if isinstance(fact, kind)]


def listening_nodes() -> list[str]:
    """Return every node that listens or records, from the documents."""
    return [name for name, node in program().nodes.items() if isinstance(node, Menu | Ask | RecordNode)]
