"""What a dialogue remembers: frozen, and the same after a round trip through JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from ivr.contract.dialogue import FollowUpAsk
from speech.contract import Segment, encode


class Phase(StrEnum):
    """What the dialogue waits for."""

    NEW = "new"
    LISTENING = "listening"
    SPEAKING = "speaking"
    RECORDING = "recording"
    LOOKING_UP = "looking_up"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Slot:
    """A value of a matter. version counts its changes: a yes for version n never confirms version n+1."""

    value: Mapping[str, str]
    status: str
    source: str
    version: int = 1
    candidates: tuple[Mapping[str, str], ...] = ()
    clip: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing the caller wants. ticket: its number ("" when none could be had). outcome: "" until it is a ticket."""

    number: int
    kind: str
    ticket: str = ""
    outcome: str = ""
    called_back: bool = False
    safety: str = ""
    slots: Mapping[str, Slot] = field(default_factory=dict)
    visits: Mapping[str, int] = field(default_factory=dict)
    corrections: Mapping[str, int] = field(default_factory=dict)

    @property
    def opened(self) -> bool:
        """Whether the matter became a ticket."""
        return bool(self.outcome)


@dataclass(frozen=True, slots=True)
class Place:
    """A node and the flow nodes' targets that wait for a return."""

    node: str
    stack: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """How far the present question has got. tried: failures so far; confirming: (slot, version) read back.

    slow: failures that were said slowly.

    focus: the only slots that are read back now, () for all. by_keys: what it reads back was corrected too often: only
    keys answer it, once, and then a person does.
    """

    tried: int = 0
    no_matches: int = 0
    slow: int = 0
    repeats: int = 0
    hold: int = 0
    asked_silent: bool = False
    confirming: Mapping[str, int] = field(default_factory=dict)
    focus: tuple[str, ...] = ()
    by_keys: bool = False


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What was left for an offer, a danger or a goodbye: a question at `place`, or the way from there to `target`."""

    place: Place
    question: Question | None = None
    target: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls; card is what crm said, as text ("1" for true)."""

    contact: str = ""
    e164: str = ""
    did: str = ""
    card: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Final:
    """How the dialogue ended. target: queue | voicemail | end."""

    target: str
    queue: str = ""
    priority: int = 0


@dataclass(frozen=True)  # no slots: `changed` copies the fields in one go
class State:
    """The whole dialogue. spoken: the present turn's segments; pending: said before the next question.

    queue: the one that answers at this hour, "" when nobody told; waiting: callers in it, -1 when nobody told;
    called_back: the number waits for a call-back already. tickets: those the caller may hear of; ticket: which of
    them; found: a number that was sought exists. told: what crm said of a visit code. loose: values asked for outside
    of any matter.
    then: where to go after a turn that only speaks. elapsed_ms: estimated from what was said and waited.
    at: local time when the call began ("2026-11-22T20:30"), "" unknown. demo: example rows may be spoken.
    busy: before the first question the caller is to be told why it is by keys.
    captured: slots of one sentence that wait for their matter. waited: a look-up was already asked twice.
    draft: a report of this number that was cut a moment ago, until a matter takes it up; resumed: the slots of it.
    follow_up: we rang to ask this, until it is told what came of it.
    """

    phase: Phase = Phase.NEW
    caller: Caller = Caller()
    place: Place = Place("")
    question: Question = Question()
    turn: int = 0
    spoken: tuple[Segment, ...] = ()
    pending: tuple[Segment, ...] = ()
    then: str = ""
    lookup: str = ""
    history: tuple[Place, ...] = ()
    interrupted: Interrupted | None = None
    matters: tuple[Matter, ...] = ()
    visits: Mapping[str, int] = field(default_factory=dict)
    keys_only: bool = False
    busy: bool = False
    elder: bool = False
    heard: bool = False
    silent: bool = False
    errors: int = 0
    failed_slots: int = 0
    elapsed_ms: int = 0
    long_offered: bool = False
    media_failures: int = 0
    queue_open: bool = True
    queue: str = ""
    waiting: int = -1
    called_back: bool = False
    tickets: tuple[Mapping[str, str], ...] = ()
    ticket: int = 0
    found: bool = False
    told: Mapping[str, str] = field(default_factory=dict)
    loose: Mapping[str, Slot] = field(default_factory=dict)
    at: str = ""
    demo: bool = False
    captured: Mapping[str, Slot] = field(default_factory=dict)
    waited: bool = False
    draft: Matter | None = None
    resumed: tuple[str, ...] = ()
    follow_up: FollowUpAsk | None = None
    final: Final | None = None

    @property
    def turn_id(self) -> str:
        """The id of the turn that is running."""
        return f"{self.place.node}-{self.turn}"

    @property
    def matter(self) -> Matter | None:
        """The matter the caller is at, None before the first."""
        return self.matters[-1] if self.matters else None

    def slot(self, name: str) -> Slot | None:
        """The present matter's slot, None when it has none."""
        matter = self.matter
        held = matter.slots.get(name) if matter else None
        return held or self.loose.get(name)

    def changed(self, **fields: Any) -> "State":
        """Return the state with these fields changed; raises TypeError for a name that is none of them.

        As dataclasses.replace, which sets all of the many fields one by one and took most of a step's time: a step
        changes the state some ten times.
        """
        if not fields.keys() <= self.__dict__.keys():
            raise TypeError(f"no fields of a state: {', '.join(sorted(fields.keys() - self.__dict__.keys()))}")
        new = object.__new__(State)
        new.__dict__.update(self.__dict__, **fields)
        return new

    def with_matter(self, matter: Matter) -> "State":
        """Return the state with the present matter replaced."""
        return self.changed(matters=(*self.matters[:-1], matter))


class InvalidState(ValueError):
    """A stored state that does not fit; the text names the type, never a value."""


def state_to_json(state: State) -> dict[str, Any]:
    """Return the JSON-ready form of `state`."""
    encoded: dict[str, Any] = encode(state)
    return encoded


def state_from_json(raw: Any) -> State:
    """Parse what state_to_json made; raises InvalidState on anything else."""
    state: State = _decode(State, raw)
    return state


def _decode(kind: Any, raw: Any) -> Any:
    if isinstance(kind, UnionType):
        return None if raw is None else _decode(next(arg for arg in get_args(kind) if arg is not type(None)), raw)
    origin = get_origin(kind)
    if origin is tuple and isinstance(raw, list):
        return tuple(_decode(get_args(kind)[0], item) for item in raw)
    if origin is Mapping and isinstance(raw, dict):
        return {str(name): _decode(get_args(kind)[1], item) for name, item in raw.items()}
    if (
        isinstance(kind, type)
        and is_dataclass(kind)
        and isinstance(raw, dict)
        and raw.keys() == {item.name for item in fields(kind)}
    ):
        hints = _hints(kind)
        return kind(**{name: _decode(hints[name], item) for name, item in raw.items()})
    if kind is Phase and isinstance(raw, str):
        return _phase(raw)
    if kind in (str, int, bool) and type(raw) is kind:
        return raw
    raise InvalidState(f"expected {getattr(kind, '__name__', kind)}")


@cache
def _hints(kind: type[Any]) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _phase(raw: str) -> Phase:
    try:
        return Phase(raw)
    except ValueError as error:
        raise InvalidState("expected Phase") from error
