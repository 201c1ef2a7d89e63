"""Self-checks: which steps owners may be offered, and how far they have got. Nothing unreviewed is spoken. All pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from ivr.flows.program import Program
from ivr.flows.repair_rules import Told, field, for_another
from ivr.flows.state import Slot, State

MAX_STEPS = 3  # of a self-check (dialogues, advice)


class First(StrEnum):
    """What must be said before anything more is asked."""

    LEAK = "leak"
    FROZEN = "frozen"
    NONE = "none"


class Lost(StrEnum):
    """Whether a step that the caller could not follow is said once more."""

    AGAIN = "again"
    STOP = "stop"


class Steps(StrEnum):
    """How far a self-check has got."""

    NEXT = "next"
    LAST = "last"


def advice_texts(program: Program, state: State) -> tuple[str, ...]:
    """Return the steps that owners may do themselves, () when none are known, reviewed and allowed.

    The catalogue's own steps come first; else those of the symptom, which only the demo profile speaks unreviewed.
    """
    code = state.slot("fault_code")
    own = [text for text in (code.value.get("self_check_zh", "") if code else "").split("\n") if text]
    if own:
        return tuple(own[:MAX_STEPS])
    advice = program.advice
    if not (advice.reviewed_by or state.demo):
        return ()
    if code and code.value.get("reset_allowed") == "yes":
        return _texts(program, advice.reset)
    symptom = state.slot("symptom")
    if symptom is None:
        return ()
    words = symptom.value.get("raw", "")
    by_word = [key for key, phrases in advice.by_words.items() if any(phrase in words for phrase in phrases)]
    return _texts(program, tuple(by_word) or advice.by_symptom.get(symptom.value.get("value", ""), ()))


def _texts(program: Program, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(template.text for key in keys[:MAX_STEPS] for template in program.prompts.get(key, ()))


def _advice(program: Program, state: State) -> Told:
    """`ask`: there is something to offer. Without keys nobody is sent through steps by a lost line."""
    past = {"advice", "address"} & {*state.resumed}
    return Told.ASK if advice_texts(program, state) and not for_another(state) and not past else Told.TOLD


def _advice_first(program: Program, state: State) -> First:
    advice, words = program.advice, field(state, "symptom", "raw")
    if not (advice.reviewed_by or state.demo):
        return First.NONE
    if any(phrase in words for phrase in advice.frozen):
        return First.FROZEN
    return First.LEAK if field(state, "symptom", "value") == "leak" else First.NONE


def _advice_steps(_: Program, state: State) -> Steps:
    steps = field(state, "advice", "steps").split("\n")
    return Steps.NEXT if int(field(state, "advice", "done") or "0") < len(steps) else Steps.LAST


def _begin_advice(program: Program, state: State) -> tuple[str, Slot]:
    value = {"value": "tried", "steps": "\n".join(advice_texts(program, state)), "done": "0"}
    return "advice", Slot(value, "unverified", "speech")


def _step_done(_: Program, state: State) -> tuple[str, Slot]:
    held = state.slot("advice")
    value = dict(held.value) if held else {}
    return "advice", Slot({**value, "done": str(int(value.get("done", "0")) + 1), "lost": "0"}, "unverified", "speech")


def _step_lost(state: State) -> tuple[str, Slot]:
    held = state.slot("advice")
    value = dict(held.value) if held else {}
    return "advice", Slot({**value, "lost": str(int(value.get("lost", "0")) + 1)}, "unverified", "speech")


def _advice_lost(_: Program, state: State) -> Lost:
    return Lost.AGAIN if field(state, "advice", "lost") == "1" else Lost.STOP


def _advice_is(word: str) -> Callable[[State], tuple[str, Slot]]:
    def fill(state: State) -> tuple[str, Slot]:
        held = state.slot("advice")
        return "advice", Slot({**(held.value if held else {}), "value": word}, "unverified", "speech")

    return fill


BRANCHES: Mapping[str, tuple[type[StrEnum], Callable[[Program, State], StrEnum]]] = MappingProxyType(
    {
        "advice": (Told, _advice),
        "advice_first": (First, _advice_first),
        "advice_steps": (Steps, _advice_steps),
        "advice_lost": (Lost, _advice_lost),
    }
)
FILLS: Mapping[str, Callable[[State], tuple[str, Slot]]] = MappingProxyType(
    {
        "advice_step_lost": _step_lost,
        "advice_declined": _advice_is("declined"),
        "advice_helped": _advice_is("helped"),
        "advice_failed": _advice_is("failed"),
    }
)
# Those that need the documents' texts as well.
MADE: Mapping[str, Callable[[Program, State], tuple[str, Slot]]] = MappingProxyType(
    {"advice_begin": _begin_advice, "advice_step_done": _step_done}
)
