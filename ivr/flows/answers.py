"""What a turn's result means at its question: pure, the same for every node (dialogues.zh.md, commands)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.flows.asking import answer_keys, correcting_kind
from ivr.flows.captured import said_anew, taken
from ivr.flows.digits import CHECKS
from ivr.flows.nodes import Ask, Listening, Menu
from ivr.flows.state import State
from speech.contract import Cause, Interpretation, Mode, TurnResult


class Sort(StrEnum):
    """What sort of answer it is."""

    COMMAND = "command"  # name: agent, back, repeat, main_menu, slower, hold, quit, hello, robot, angry
    SAFETY = "safety"  # name: gas, co, fire, electric, check, unknown (key 9)
    MEANING = "meaning"  # name: an edge of the node
    VALUE = "value"
    CORRECTION = "correction"
    AMBIGUOUS = "ambiguous"
    NO_MATCH = "no_match"
    NO_INPUT = "no_input"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. source: speech | dtmf. trigger: what raised a danger, "key" or the words.

    captured: slot -> value of what else the sentence held; at a read-back only what is new.
    """

    sort: Sort
    name: str = ""
    value: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[Mapping[str, str], ...] = ()
    source: str = "speech"
    trigger: str = ""
    captured: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


_PLACES = ("province", "city", "district", "town")
_PERSON = Answer(Sort.COMMAND, "agent", source="dtmf")
_DANGER = Answer(Sort.SAFETY, "unknown", source="dtmf", trigger="key")
_GLOBAL: Mapping[str, Answer] = {
    "0": _PERSON,
    "9": _DANGER,
    "*": Answer(Sort.COMMAND, "back", source="dtmf"),
    "#": Answer(Sort.COMMAND, "repeat", source="dtmf"),
}
_NO_MATCH_KEYS = Answer(Sort.NO_MATCH, source="dtmf")


def read_answer(node: Listening, state: State, result: TurnResult) -> Answer:
    """Return what `result` means; media failures and hang-ups are not for here."""
    if result.mode is Mode.DTMF and result.digits:
        return _digits(node, state, result.digits) if _takes_digits(node) else _key(node, state, result.digits[0])
    if result.cause is Cause.NO_INPUT:
        return Answer(Sort.NO_INPUT)
    return _said(node, state, result.interpretation)


def read_record(result: TurnResult) -> Answer:
    """Return what the end of a recording means: a person, a danger, back, a value (the clip) or nothing.

    Commands are by key only: whoever tells a story may well say 客服 in it.
    """
    if result.interpretation.safety:
        return Answer(Sort.SAFETY, result.interpretation.safety, trigger=result.interpretation.text)
    if result.digits.endswith("0"):
        return _PERSON
    if result.digits.endswith("9"):
        return _DANGER
    if result.digits == "*":
        return _GLOBAL["*"]
    return Answer(Sort.VALUE if result.clip else Sort.NO_INPUT)


def _takes_digits(node: Listening) -> bool:
    return isinstance(node, Ask) and node.listen in ("digits", "phone", "room")


# ---- keys ----


def _key(node: Listening, state: State, key: str) -> Answer:
    meaning = answer_keys(node, state).get(key)
    if meaning:
        return Answer(Sort.MEANING, meaning, source="dtmf")
    if state.question.asked_silent and key not in _GLOBAL:
        return Answer(Sort.COMMAND, "repeat", source="dtmf")
    return _GLOBAL.get(key, _NO_MATCH_KEYS)


def _digits(node: Listening, state: State, keys: str) -> Answer:
    if keys.endswith("*0"):
        return _PERSON
    if keys.endswith("*9"):
        return _DANGER
    digits = keys.rpartition("*")[2].rstrip("#")
    if not digits:
        return Answer(Sort.MEANING, "empty", source="dtmf") if "empty" in node.to else _NO_MATCH_KEYS
    return _checked(node, state, digits, "dtmf")


def _checked(node: Listening, state: State, digits: str, source: str) -> Answer:
    check = node.check if isinstance(node, Ask) else None
    value = CHECKS[check](digits, state) if check else {"digits": digits}
    return Answer(Sort.VALUE, value=value, source=source) if value else Answer(Sort.NO_MATCH, source=source)


# ---- words ----


def _said(node: Listening, state: State, heard: Interpretation) -> Answer:
    """Danger comes before everything else, then the answer, then a command."""
    if heard.safety:
        return Answer(Sort.SAFETY, heard.safety, heard.value, trigger=heard.text)
    if heard.command:
        return Answer(Sort.COMMAND, heard.command)
    if node.one_breath and heard.captured:
        several = _several(node, state, heard)
        if several is not None:
            return several
    new = heard.value or heard.status == "ambiguous"
    if correcting_kind(node) and new and not (heard.meaning == "yes" and _is_read_back(node, state, heard)):
        return _new_value(heard, _candidates(node, state))
    if heard.meaning in node.to and heard.meaning in {*node.meanings, "yes", "no"}:
        return Answer(Sort.MEANING, heard.meaning, candidates=heard.candidates)
    if isinstance(node, Ask) and node.listen != "yes_no":
        return _spoken_value(node, state, heard)
    return Answer(Sort.NO_MATCH)


def _several(node: Listening, state: State, heard: Interpretation) -> Answer | None:
    """Return what a sentence that holds several values means: a correction, or the menu's meaning with the values."""
    if isinstance(node, Ask) or "corrected" in node.to:
        anew = said_anew(state, heard.captured)
        return Answer(Sort.CORRECTION, candidates=heard.candidates, captured=anew) if anew else None
    values = taken(heard.captured)
    meaning = heard.meaning if heard.meaning in node.meanings else node.captures_as or ""
    if node.captures:
        values = {
            name: value for name, value in values.items() if name in node.captures and meaning == node.captures_as
        }
    return Answer(Sort.MEANING, meaning, candidates=heard.candidates, captured=values) if values and meaning else None


def _is_read_back(node: Listening, state: State, heard: Interpretation) -> bool:
    """Tell whether the value said with a yes is the one that was read back."""
    names = node.confirms if isinstance(node, Ask) else ()
    held = [slot for slot in (state.slot(name) for name in names) if slot]
    said = {name: value for name, value in heard.value.items() if name != "raw"}
    return any(all(slot.value.get(name) == value for name, value in said.items()) for slot in held)


def _candidates(node: Listening, state: State) -> tuple[Mapping[str, str], ...]:
    held = state.slot(node.pick) if isinstance(node, Menu) and node.pick else None
    return held.candidates if held else ()


def _new_value(heard: Interpretation, choices: tuple[Mapping[str, str], ...]) -> Answer:
    """Return a value said instead of an answer; of several choices the one that it fits alone ("杭州那个")."""
    said = {name: heard.value.get(name) for name in _PLACES if heard.value.get(name)}
    fitting = [choice for choice in choices if said and all(choice.get(name) == said[name] for name in said)]
    if len(fitting) == 1:
        return Answer(Sort.CORRECTION, value=fitting[0], candidates=choices)
    if heard.status == "ambiguous" and len(heard.candidates) > 1:
        return Answer(Sort.AMBIGUOUS, value=heard.value, candidates=heard.candidates)
    return Answer(Sort.CORRECTION, value=heard.value, candidates=heard.candidates)


def _spoken_value(node: Ask, state: State, heard: Interpretation) -> Answer:
    if heard.status == "ambiguous" and heard.candidates and "ambiguous" in node.to:
        return Answer(Sort.AMBIGUOUS, value=heard.value, candidates=heard.candidates)
    if heard.status != "match" or not heard.value:
        return Answer(Sort.NO_MATCH)
    if node.listen in ("digits", "phone"):
        return _checked(node, state, heard.value.get("digits", ""), "speech")
    return Answer(Sort.VALUE, value=heard.value, candidates=heard.candidates)
