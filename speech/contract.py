"""What a user of the media resource sees: prompts as segments, what to listen for, and what was heard.

Names follow MRCPv2 (SPEAK, RECOGNIZE, completion causes) and VoiceXML (bargein, the timeouts).
All values are plain data that survive a round trip through JSON.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

ELDER_RATE = 0.85  # of speaking, for who asked for it (dialogues, callers)
MAX_VISIT_DAYS = 30  # a visit is not booked further ahead by machine (设定,可改)


class Bargein(StrEnum):
    """What may interrupt a prompt."""

    NONE = "none"  # nothing; keys are kept for the next question
    KEYS = "keys"  # keys only; speech is listened to but does not stop the prompt
    SPEECH = "speech"  # keys and speech


class Cause(StrEnum):
    """Why a RECOGNIZE ended (MRCPv2 RFC 6787 9.4.11, ours added last)."""

    SUCCESS = "success"
    NO_MATCH = "no-match"
    NO_INPUT = "no-input-timeout"
    HUNG_UP = "hung-up"
    RECOGNIZER_ERROR = "recognizer-error"
    MEDIA_FAILED = "media-failed"  # the media resource itself was lost: go on by keys


class Mode(StrEnum):
    """How the caller answered."""

    SPEECH = "speech"
    DTMF = "dtmf"


class SlotKind(StrEnum):
    """What kind of answer is wanted; decides the grammar and the turn-end rule."""

    MENU = "menu"
    YES_NO = "yes_no"
    FAULT_CODE = "fault_code"
    ADDRESS = "address"
    REGION = "region"
    ROAD = "road"
    ROOM = "room"
    DIGITS = "digits"
    PHONE = "phone"
    VISIT_TIME = "visit_time"
    PURCHASE_DATE = "purchase_date"
    PRODUCT = "product"
    NAME = "name"
    STATEMENT = "statement"


class KeyMode(StrEnum):
    """How keys are collected."""

    MENU = "menu"  # the first key is the answer
    DIGITS = "digits"  # 0-9 are data, # ends, * clears, *0 person, *9 emergency
    NONE = "none"  # keys are ignored


@dataclass(frozen=True, slots=True)
class Segment:
    """One prompt segment, at most 12 s of speech.

    key: the prompt's key and segment number ("main_menu.p.1"); a recording of that name overrides synthesis
    when the text has no variables. Empty for composed text.
    text: what is said, in Mandarin, pinyin with tone numbers allowed inside [[...]] for 多音字.
    pieces: the same words cut into static pieces, played one after the other when `text` has no file and
    nothing can synthesise it (keys-only path).
    soft: said more quietly, to somebody who is busy with something else.
    """

    key: str
    text: str
    pieces: tuple[str, ...] = ()
    pause_ms: int = 300
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Milliseconds; VoiceXML's names (voice-speech 1.1)."""

    no_input_ms: int = 6000
    complete_ms: int = 600
    incomplete_ms: int = 1500
    max_speech_ms: int = 12000
    interdigit_ms: int = 3000


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases that mean the same at every listening node.

    commands: meaning ("agent", "back", "repeat", "main_menu", "slower", "hold", "quit", "hello", "robot") -> phrases.
    yes, no: the phrases of yes_no_sets.
    safety: kind ("gas", "co", "fire", "electric", "check") -> phrases.
    not_safety: look-alikes, which are no danger.
    doubt_before, doubt_links, doubt_after: what makes a safety word doubtful (没有, 是不是, 吗), and what may stand
    between. Phrases of safety, not_safety and doubt may hold "(a|b)" and a gap "…" (danger.find).
    fillers: words that are no answer.
    """

    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    safety: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_safety: tuple[str, ...] = ()
    doubt_before: tuple[str, ...] = ()
    doubt_links: tuple[str, ...] = ()
    doubt_after: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """What one turn listens for.

    name: the node's name, used in logs and clip names.
    phrases: meaning -> sample phrases (menu meanings; for FAULT_CODE "none" means "there is no code").
    keys: which keys are answers, e.g. "1230*#9"; others count as no-match.
    correcting: the value that was just read back, when this turn confirms one ("不是E一,是F一").
    current: the fields of the value that was read back or begun, so that a part of it can be corrected ("最后一位是九",
    "后头还有个零") or completed (a letter that still needs its digits). pii.
    one_breath: other slots said in the same sentence are captured as well: an opening such as "我在顺德容桂,壁挂炉报E1
    没热水", or a correction of a summary such as "时间改成后天".
    several: a sentence may mean several things of a menu, each to be answered ("保修几年,过了咋收费").
    anew: what is captured of other slots may be a day, a number or a date of purchase said anew ("改成后天").
    safety: it is asked whether there is danger: a no that is not sure is none.
    pack: hash of the pack (codes, divisions) to use; empty for none.
    """

    name: str
    kind: SlotKind
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    key_mode: KeyMode = KeyMode.MENU
    keys: str = "0123456789*#"
    max_digits: int = 1
    timeouts: Timeouts = Timeouts()
    correcting: SlotKind | None = None
    current: Mapping[str, str] = field(default_factory=dict)
    one_breath: bool = False
    several: bool = False
    anew: bool = False
    safety: bool = False
    pack: str = ""


@dataclass(frozen=True, slots=True)
class Captured:
    """One slot of a sentence that held several. value: as in Interpretation, for the slot's kind.

    sure: it has one reading, so that the question can be skipped and the value read back; else the slot is asked, or
    chosen from the candidates.
    """

    value: Mapping[str, str] = field(default_factory=dict)
    sure: bool = True
    candidates: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a spoken answer means.

    text: best hypothesis without blanks; pii, never logged in clear.
    status: "match", "ambiguous" (see candidates) or "no_match".
    meaning: menu or yes/no meaning ("repair", "yes", "no", "none").
    value: the slot's fields, by kind ("raw": the words, always there):
      FAULT_CODE  canonical, catalogue_id, meaning_zh?, severity?
      ADDRESS...  province city district town adcode street number community estate building unit floor room_no
                  landmark, and to be spoken region, road, room
      DIGITS      digits
      PHONE       digits (national), number (E.164)
      VISIT_TIME  value: "asap" | "any" | "date"; date (ISO) with "date"; part: "morning" | "noon" | "afternoon" |
                  "evening" | "any" ("" not said); from, to (HH:MM, "" open)
      PURCHASE_DATE  date (ISO: the last day that fits, since "只有月份按月末算"), from ("" open), to (ISO, both
                  included), precision: "day" | "month" | "season" | "year" | "range"
      PRODUCT     value: "boiler" | "other" | "unknown"; spoken; brand? (another maker's name that was said)
      NAME        surname, name (the words of it that are sure, e.g. "陈女士")
      STATEMENT   text
    Meanings a kind gives besides those of `phrases` (status "match", no value):
      FAULT_CODE  "temperature" (a bare number such as 三十五), "letter" (no digits yet; candidates[0]["letter"] has it,
                  to be given back as `current` of the next turn)
      VISIT_TIME  "too_late" (past, or today's time is over), "too_far" (beyond MAX_VISIT_DAYS)
      PHONE       "own" (就这个号), "begun" (more digits may follow; candidates[0]["digits"] has them, to be given back
                  as "begun" of `current`), "short" (too few, and no beginning; the same)
      PURCHASE_DATE  "unknown" (不记得)
      PRODUCT     "other_brand"
      correcting  "correction" with the new value; one_breath: `captured` holds what was said anew.
    candidates: at most three values, best first, when the answer is ambiguous (and for the ticket); with `several`
    every {"meaning"} of the sentence as they were said, when there are more than one.
    captured: slot name -> what else the sentence held (one_breath): product, fault_code, symptom {value, spoken},
    address, since {date, from, to, precision}, name, visit, contact, purchase.
    command: a global command's meaning. safety: a safety kind. Danger comes before everything else.
    """

    text: str = ""
    status: str = "no_match"
    meaning: str = ""
    value: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[Mapping[str, str], ...] = ()
    command: str = ""
    safety: str = ""
    captured: Mapping[str, Captured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the dialogue: segments to speak, then (slot given) what to listen for."""

    turn_id: str
    segments: tuple[Segment, ...]
    bargein: Bargein = Bargein.SPEECH
    slot: SlotSpec | None = None
    rate: float = 1.0  # 0.85 in elder mode
    keys_only: bool = False


@dataclass(frozen=True, slots=True)
class RecordSpec:
    """A recording by the caller after a beep (VoiceXML <record>). Ends by `#`, silence or time."""

    turn_id: str
    segments: tuple[Segment, ...]
    clip: str  # file name under the clips folder, without extension
    max_ms: int = 30000
    final_silence_ms: int = 5000
    rate: float = 1.0  # of what is spoken before the beep


@dataclass(frozen=True, slots=True)
class TurnResult:
    """How a turn ended. Exactly one per turn.

    digits: keys pressed, without the terminating #, in DTMF mode; "#" alone when only # was pressed (in a recording:
    and nothing was said).
    clip: path of the caller's audio of this turn, relative to the clips folder, or "".
    speech_ms: length of the caller's speech; wait_ms: from end of prompt (or its interruption) to the result.
    noticed: what a recording seems to tell and nobody was asked about: danger (kind), codes (joined by blanks). It is
    for people to look at; the dialogue at most asks about it, and nothing of it counts without a yes.
    """

    turn_id: str
    cause: Cause
    mode: Mode | None = None
    digits: str = ""
    interpretation: Interpretation = Interpretation()
    clip: str = ""
    speech_ms: int = 0
    wait_ms: int = 0
    barged_in: bool = False
    degraded: bool = False
    noticed: Mapping[str, str] = field(default_factory=dict)


class Interpreter(Protocol):
    """Turns recognised text into meaning; pure. `texts` are hypotheses, best first.

    Days such as 明天 need a clock: `functools.partial(Slots(pack).interpret, now=NOW)` is one with a clock (aware, any
    zone; days are counted in Asia/Shanghai). Without it days that depend on today are no match.
    """

    def __call__(self, slot: SlotSpec, lexicon: Lexicon, texts: tuple[str, ...]) -> Interpretation:
        """Return what the caller meant; never raises for any text."""


_SOUND = 2  # raised when the same text shall sound different (loudness, readings): all files are then made anew


def prompt_file(root: Path, text: str, rate: float = 1.0) -> Path:
    """Return the content-addressed WAV (8 kHz s16 mono) of `text`, whether or not it exists yet."""
    digest = hashlib.sha256(f"{_SOUND}\n{rate:.2f}\n{text}".encode()).hexdigest()[:32]
    return root / "synthetic" / digest[:2] / f"{digest}.wav"


def recorded_file(root: Path, key: str) -> Path:
    """Return where a human recording of the static prompt `key` would lie."""
    return root / "recorded" / f"{key}.wav"


# Characters a synthesiser would read wrongly, in the words of our prompts; [[...]] replaces the character.
HINTS: Mapping[str, str] = MappingProxyType(
    {
        "重听": "[[chong2]]听",
        "重说": "[[chong2]]说",
        "重新": "[[chong2]]新",
        "调试": "[[tiao2]]试",
        "还": "[[hai2]]",
        "为您": "[[wei4]]您",
        "乐从": "[[le4]]从",
        "长按": "[[chang2]]按",
        "修好了": "修好[[le5]]",
        "核对": "[[he2]]对",
    }
)
_HINTED = re.compile("|".join(HINTS))
_SHOWN: Mapping[str, str] = MappingProxyType(
    {"chong2": "重", "tiao2": "调", "hai2": "还", "wei4": "为", "le4": "乐", "chang2": "长", "le5": "了", "he2": "核"}
)
_MARK = re.compile(r"\[\[(\w+)\]\]")


def hinted(text: str) -> str:
    """Return `text` with pinyin put in where a character has several readings."""
    return _HINTED.sub(lambda match: HINTS[match.group()], text)


def shown(text: str) -> str:
    """Return hinted text as people read it."""
    return _MARK.sub(lambda match: _SHOWN.get(match.group(1), ""), text)


def encode(value: Any) -> Any:
    """Return a JSON-ready form of a contract value (dataclasses become objects, tuples arrays)."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: encode(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    return value
