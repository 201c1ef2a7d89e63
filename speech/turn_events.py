"""What goes into a turn and what comes out of it (see speech.turns), and the rules of one turn."""

from dataclasses import dataclass, field
from enum import Enum, auto

from speech.contract import Bargein, Cause, KeyMode, Mode, Timeouts, Turn

# ---- inputs ----


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """The last segment was played to its end."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One 20 ms frame of the caller: the detector's decision (speech.vad.Voicing)."""

    voiced: bool
    speaking: bool
    run_ms: int


@dataclass(frozen=True, slots=True)
class Partial:
    """The recognizer's text changed and is not empty."""

    filler: bool
    complete: bool
    danger: bool


@dataclass(frozen=True, slots=True)
class Digit:
    """A key was pressed, now or (kept) before this turn."""

    key: str


class Verdict(Enum):
    """What Finalize brought."""

    MATCH = auto()
    NO_MATCH = auto()
    FILLER = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to Finalize."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RecognizerLost:
    """The recognizer died or hangs."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The caller hung up."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing but time."""


Input = PromptEnded | Frame | Partial | Digit | Decided | RecognizerLost | Gone | Tick

# ---- outputs ----


class Order(Enum):
    """What the media has to do at once."""

    PAUSE_PROMPT = auto()
    RESUME_PROMPT = auto()  # from the beginning of the sentence that was interrupted
    DROP_PROMPT = auto()
    START_INPUT = auto()  # tell ivr: the caller answers
    START_RECOGNITION = auto()  # from the pre-roll on
    STOP_RECOGNITION = auto()  # throw it away
    FINALIZE = auto()  # take the hypotheses, judge them, answer with Decided


@dataclass(frozen=True, slots=True)
class KeepKey:
    """This key answers the next turn."""

    key: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The turn's end. digits as in TurnResult."""

    cause: Cause
    mode: Mode | None = None
    digits: str = ""


Output = Order | KeepKey | Finish


@dataclass(frozen=True, slots=True)
class TurnRules:
    """What decides a turn: see speech.contract.Turn and SlotSpec for the meaning of each."""

    listening: bool = True  # there is a slot
    prompted: bool = True  # there are segments
    speech: bool = True  # a recognizer may be used
    bargein: Bargein = Bargein.SPEECH
    key_mode: KeyMode = KeyMode.MENU
    keys: str = "0123456789*#"
    max_digits: int = 1
    timeouts: Timeouts = field(default_factory=Timeouts)


def rules_of(turn: Turn) -> TurnRules:
    """Return the rules of a contract turn. Without a slot only danger words are listened for."""
    if turn.slot is None:
        heard = turn.bargein is not Bargein.NONE and not turn.keys_only
        return TurnRules(listening=False, prompted=bool(turn.segments), speech=heard, bargein=turn.bargein)
    return TurnRules(
        prompted=bool(turn.segments),
        speech=not turn.keys_only,
        bargein=turn.bargein,
        key_mode=turn.slot.key_mode,
        keys=turn.slot.keys,
        max_digits=turn.slot.max_digits,
        timeouts=turn.slot.timeouts,
    )
