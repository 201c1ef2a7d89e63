"""Puts a question: its prompt, what it listens for, and the turn that does both."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from ivr.contract.dialogue import Perform
from ivr.contract.dialogue import Record as RecordEffect
from ivr.flows.nodes import Ask, Listening, Menu
from ivr.flows.program import Program
from ivr.flows.prompts import render_all, slow_parts
from ivr.flows.state import Phase, State
from ivr.flows.step import Step
from speech.contract import ELDER_RATE, Bargein, KeyMode, RecordSpec, Segment, SlotKind, SlotSpec, Timeouts, Turn

SLOW_AFTER_REPEATS = 3
ELDER_PAUSE_MS = 700  # one thing at a time: between what belongs together as well
HOLD_MS = 20_000
_GLOBAL_KEYS = "0*#9"
# Speaking time is estimated, since no input tells it: about 4.3 characters a second at rate 1.
_MS_PER_CHARACTER = 230

_MENU = Timeouts()
_ADDRESS = Timeouts(no_input_ms=8000, incomplete_ms=2000, max_speech_ms=20_000)
_NUMBER = Timeouts(max_speech_ms=20_000)
_TIMEOUTS: Mapping[str, Timeouts] = MappingProxyType(
    dict.fromkeys(("address", "region", "road", "room"), _ADDRESS) | {"digits": _NUMBER, "phone": _NUMBER}
)
_DIGITS_NODES = ("digits", "phone", "room")
_FALLBACKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"p": ("p",), "r1": ("r1", "p"), "r2": ("r2", "r1", "p"), "keys": ("r2", "r1", "p"), "nm": ("nm",), "ni": ("ni",)}
)


def spoken(step: Step, prompt: str, reads: Mapping[str, str] | None = None) -> list[Segment]:
    """Return the segments of a prompt by its full key; none when there is no such prompt."""
    return render_all(step.program.prompts.get(prompt, ()), step.state, reads)


def node_prompt(step: Step, node: str, variant: str) -> list[Segment]:
    """Return a question's prompt p, r1, r2, keys, nm or ni; a reprompt that is not written is the one before it."""
    model = step.program.nodes[node]
    reads = model.reads if isinstance(model, Menu | Ask) else {}
    keys = (f"{node}.{name}" for name in _FALLBACKS[variant])
    return spoken(step, next((key for key in keys if key in step.program.prompts), ""), reads)


def ask(step: Step, variant: str = "p", prefix: Iterable[Segment] = (), *, only: bool = False) -> None:
    """Put the present node's question: what is pending, `prefix`, then its prompt (`only`: no prompt)."""
    state = step.state
    node = step.program.question(state.place.node)
    slowly = node.slow_again and variant in ("r2", "keys")
    if variant == "p" and state.keys_only:
        variant = node.keys_only_prompt
    prompt = [] if only else node_prompt(step, state.place.node, variant)
    keys_only = state.keys_only or state.question.by_keys or variant == "keys"
    notice = spoken(step, "sys_busy") if state.busy else []
    segments = (*state.pending, *notice, *prefix, *prompt)
    _perform(step, segments, slot_spec(step.program, state, hold=only), keys_only=keys_only, slowly=slowly)
    step.set(phase=Phase.LISTENING, busy=False)


def speak(step: Step, segments: tuple[Segment, ...], then: str) -> None:
    """Speak without listening, not to be interrupted, and go on to `then`."""
    _perform(step, segments, None, keys_only=step.state.keys_only)
    step.set(phase=Phase.SPEAKING, then=then)


def _perform(
    step: Step, segments: tuple[Segment, ...], slot: SlotSpec | None, *, keys_only: bool, slowly: bool = False
) -> None:
    state = step.state
    step.set(
        turn=state.turn + 1,
        spoken=segments,
        pending=(),
        elapsed_ms=state.elapsed_ms + _MS_PER_CHARACTER * sum(len(segment.text) for segment in segments),
    )
    bargein = Bargein.NONE if slot is None else Bargein.KEYS if keys_only else Bargein.SPEECH
    segments, rate = _paced(state, segments, slowly=slowly)
    step.effects.append(Perform(Turn(step.state.turn_id, segments, bargein, slot, rate, keys_only)))


def _paced(state: State, segments: tuple[Segment, ...], *, slowly: bool = False) -> tuple[tuple[Segment, ...], float]:
    """Return what is spoken and at what rate: slowly, a thing at a time, to who is elderly or has it said again."""
    slow = slowly or state.elder or state.question.repeats >= SLOW_AFTER_REPEATS
    if slow:
        segments = tuple(part for segment in segments for part in slow_parts(segment))
    if state.elder:
        segments = tuple(replace(segment, pause_ms=ELDER_PAUSE_MS) for segment in segments)
    return segments, ELDER_RATE if slow else 1.0


def record(step: Step, variant: str = "p", prefix: Iterable[Segment] = ()) -> None:
    """Let the caller speak after the beep; the clip is named by the turn."""
    state = step.state
    node = step.program.recording(state.place.node)
    segments = (*state.pending, *prefix, *node_prompt(step, state.place.node, variant))
    step.set(phase=Phase.RECORDING, turn=state.turn + 1, spoken=segments, pending=())
    turn_id = step.state.turn_id
    clip = f"{state.caller.contact or 'unknown'}/{turn_id}"
    segments, rate = _paced(state, segments)
    spec = RecordSpec(turn_id, segments, clip, node.max_s * 1000, node.final_silence_s * 1000, rate)
    step.effects.append(RecordEffect(spec))


# ---- what a question listens for ----


def slot_spec(program: Program, state: State, *, hold: bool = False) -> SlotSpec:
    """Return what the present node listens for; `hold`: the caller is away looking at something."""
    node = program.question(state.place.node)
    kind = node.listen if isinstance(node, Ask) else "menu"
    correcting = correcting_kind(node)
    digits = kind in _DIGITS_NODES
    return SlotSpec(
        name=state.place.node,
        kind=SlotKind(kind),
        phrases=node.hear,
        key_mode=KeyMode.DIGITS if digits else KeyMode.MENU,
        keys="0123456789*#" if digits else "".join(dict.fromkeys((*answer_keys(node, state), *_GLOBAL_KEYS))),
        max_digits=node.max_digits if isinstance(node, Ask) else 1,
        timeouts=_timeouts(kind, elder=state.elder, hold=hold),
        correcting=SlotKind(correcting) if correcting else None,
        current=_current(node, state),
        one_breath=node.one_breath,
        several=isinstance(node, Menu) and node.several,
        anew=node.one_breath and (isinstance(node, Ask) or "corrected" in node.to or bool(node.captures)),
        safety=node.safety,
    )


def _current(node: Listening, state: State) -> Mapping[str, str]:
    """Return the value that a question reads back, so that a part of it can be corrected."""
    names = node.confirms if isinstance(node, Ask) and node.correcting else ()
    if isinstance(node, Ask) and node.begun:
        names = (node.begun,)
    held = state.slot(names[0]) if len(names) == 1 else None
    return dict(held.value) if held else {}


def correcting_kind(node: Listening) -> str | None:
    """Return the kind of the value a question reads back: a new one may be said instead of an answer."""
    if isinstance(node, Ask) or node.correcting:
        return node.correcting
    return "fault_code" if node.pick == "fault_code" else None


def answer_keys(node: Listening, state: State) -> dict[str, str]:
    """Return key -> meaning of a question; a choice of candidates has only the keys of those there are."""
    if not isinstance(node, Menu) or (node.pick is None and not node.chooses):
        return dict(node.keys)
    held = state.slot(node.pick) if node.pick else None
    there = len(state.tickets) if node.chooses else len(held.candidates) if held else 0
    return {key: meaning for key, meaning in node.keys.items() if (pick_index(meaning) or 0) < there}


def pick_index(meaning: str) -> int | None:
    """Return 0, 1, 2 for pick1, pick2, pick3, else None."""
    number = meaning.removeprefix("pick")
    return int(number) - 1 if number != meaning and number.isdigit() else None


def _timeouts(kind: str, *, elder: bool, hold: bool) -> Timeouts:
    base = _TIMEOUTS.get(kind, _MENU)
    no_input = HOLD_MS if hold else max(base.no_input_ms, 8000) if elder else base.no_input_ms
    incomplete = max(base.incomplete_ms, 2000) if elder else base.incomplete_ms
    return Timeouts(no_input, base.complete_ms, incomplete, base.max_speech_ms, base.interdigit_ms)
