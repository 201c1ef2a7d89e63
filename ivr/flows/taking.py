"""Takes an answer to its question: a command, a danger, a value to keep, a yes, a correction; or the next try."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from ivr.contract.facts import WRONG_NUMBER, VoicemailRecorded
from ivr.flows import identity
from ivr.flows.answers import Answer, Sort
from ivr.flows.asking import ask, pick_index, record, spoken
from ivr.flows.captured import as_slots
from ivr.flows.commands import command, danger
from ivr.flows.failures import HOLD_TURNS, fail
from ivr.flows.nodes import Ask, Listening, Menu, Record
from ivr.flows.program import EMERGENCY_KINDS
from ivr.flows.service_rules import asked_together, chosen_ticket
from ivr.flows.state import Slot
from ivr.flows.step import (
    Step,
    confirm_slots,
    fill_known,
    fill_slot,
    forget_slots,
    keep_captured,
    matter_number,
    merge_slot,
    raise_safety,
)
from ivr.flows.walk import again, corrected_too_often, go, reread
from speech.contract import TurnResult

_SLOT_OF_KIND: Mapping[str, str] = MappingProxyType(
    {"phone": "contact", "visit_time": "visit", "purchase_date": "purchase"}
)


def answered(making: Step, node: Listening, answer: Answer, result: TurnResult) -> None:
    """Take the answer to a question; silence while the caller is away looking is waited for."""
    holding = making.state.question.hold
    if holding and answer.sort is Sort.NO_INPUT:
        _hold_on(making, holding)
        return
    making.set(question=replace(making.state.question, hold=0))
    if answer.sort in (Sort.NO_MATCH, Sort.NO_INPUT):
        fail(making, node, answer.sort, result if answer.source == "speech" else None)
        return
    making.set(heard=True, silent=False)
    if answer.sort is Sort.COMMAND:
        command(making, answer.name)
        return
    if answer.sort is Sort.SAFETY:
        if answer.value and isinstance(node, Ask) and node.slot:
            _keep_value(making, node, answer, result.clip)
        danger(making, answer, result.clip)
        return
    making.set(failed_slots=0)
    _accept(making, node, answer, result)


def _hold_on(making: Step, holding: int) -> None:
    if holding < HOLD_TURNS:
        making.set(question=replace(making.state.question, hold=holding + 1))
        softly = (replace(segment, soft=True) for segment in spoken(making, "common_still_here"))
        ask(making, prefix=softly, only=True)
    else:
        making.set(question=replace(making.state.question, hold=0))
        again(making)


def _accept(making: Step, node: Listening, answer: Answer, result: TurnResult) -> None:
    match answer.sort:
        case Sort.CORRECTION:
            _correct(making, node, answer, result.clip)
        case Sort.AMBIGUOUS:
            _ambiguous(making, node, answer, result.clip)
        case Sort.VALUE:
            _keep_value(making, node, answer, result.clip)
            go(making, node.to["value"])
        case _:
            _meaning(making, node, answer, result)


def _meaning(making: Step, node: Listening, answer: Answer, result: TurnResult) -> None:
    if isinstance(node, Menu) and node.several:
        name, asked = asked_together(making.program.topics, answer.name, answer.candidates)
        answer = replace(answer, name=name, candidates=asked)
    name = answer.name
    pick = pick_index(name)
    if name == "yes":
        confirm_slots(making, making.state.question.confirming)
    elif name in ("no", "none"):
        forget_slots(making, node.forgets)
    elif name == "letter" and answer.candidates:
        fill_slot(making, "fault_letter", _letter(answer, result.clip))
    elif name == "begun" and answer.candidates:
        begun = {"begun": answer.candidates[0].get("digits", "")}
        fill_slot(making, "number_begun", Slot(begun, "unverified", answer.source))
    _keep_beside(making, node, as_slots(answer.captured, result.clip))
    if node.identifies:
        keep_captured(making, identity.said(result.interpretation.text))
    if node.safety and name in EMERGENCY_KINDS:
        raise_safety(making, name, "key" if answer.source == "dtmf" else result.interpretation.text, result.clip)
    if isinstance(node, Menu) and node.pick and pick is not None:
        _pick(making, node.pick, pick, answer)
    elif isinstance(node, Menu) and node.chooses:
        making.set(ticket=chosen_ticket(making.state, name))
    elif name in node.fill:
        fill_known(making, node.fill[name])
    elif node.slot and name != WRONG_NUMBER:  # that is no answer, and makes no ticket
        _keep_meaning(making, node, answer, result)
    go(making, node.to[name])


def _keep_beside(making: Step, node: Listening, said: Mapping[str, Slot]) -> None:
    """Keep what a sentence held beside its meaning: for the matter to come, or instead of what was said before."""
    if not node.captures:
        keep_captured(making, said)
        return
    forget_slots(making, node.captures)
    for name, slot in said.items():
        fill_slot(making, name, slot)


def _letter(answer: Answer, clip: str) -> Slot:
    """Return the letter of a code whose digits are still to come, as the keys' letter is kept."""
    letter = answer.candidates[0].get("letter", "")
    return Slot({"value": letter.lower(), "spoken": letter, "letter": letter}, "unverified", answer.source, clip=clip)


def _keep_meaning(making: Step, node: Listening, answer: Answer, result: TurnResult) -> None:
    """Keep a choice or a yes or no; "empty" says only of an address that it has no room."""
    if isinstance(node, Ask) and node.listen != "yes_no" and (answer.name, node.slot) != ("empty", "address"):
        return
    value = {"value": answer.name, "spoken": node.names.get(answer.name, ""), "raw": result.interpretation.text}
    if answer.name == "empty":
        value = {"no_room": "1"}
    _keep_value(making, node, replace(answer, value={k: v for k, v in value.items() if v}), result.clip)


# ---- values ----


def _keep_value(making: Step, node: Listening, answer: Answer, clip: str) -> None:
    """Keep a value: a choice by key is final, everything else waits for its read-back."""
    status = "dtmf" if answer.source == "dtmf" and isinstance(node, Menu) else "unverified"
    _store(making, node.slot or "", Slot(answer.value, status, answer.source, 1, answer.candidates, clip))


def _store(making: Step, name: str, slot: Slot) -> None:
    fill_slot(making, name, merge_slot(making.state.slot(name), name, slot))


def _correct(making: Step, node: Listening, answer: Answer, clip: str) -> None:
    """A new value instead of an answer: keep it and read it back anew, after a few corrections by keys only."""
    new = as_slots(answer.captured, clip)
    if not new:
        slot = Slot(answer.value, "unverified", answer.source, 1, answer.candidates, clip)
        new = {_read_back_slot(node): slot}
    matter = making.state.matter
    if matter is None:
        go(making, node.fallback)
        return
    making.set_matter(corrections={**matter.corrections, **{name: matter.corrections.get(name, 0) + 1 for name in new}})
    for name, slot in new.items():
        _store(making, name, slot)
    if node.corrections_to and corrected_too_often(making, new):
        go(making, node.corrections_to)
    elif isinstance(node, Menu):
        go(making, node.to["corrected"])
    else:
        reread(making, tuple(new) if answer.captured else ())


def _read_back_slot(node: Listening) -> str:
    if isinstance(node, Menu):
        return node.pick or node.correcting or ""
    return _SLOT_OF_KIND.get(node.correcting or "", node.correcting or "")


def _ambiguous(making: Step, node: Listening, answer: Answer, clip: str) -> None:
    name = node.slot or _read_back_slot(node)
    _store(making, name, Slot(answer.value, "unverified", answer.source, 1, answer.candidates, clip))
    go(making, node.to.get("ambiguous") or node.to["no"])


def _pick(making: Step, name: str, index: int, answer: Answer) -> None:
    """Keep the candidate that was chosen; beyond the last it is the last."""
    held = making.state.slot(name)
    if held is not None and held.candidates:
        value = held.candidates[min(index, len(held.candidates) - 1)]
        _store(making, name, Slot(value, "unverified", answer.source, 1, held.candidates, held.clip))


# ---- recordings ----


def recorded(making: Step, node: Record, answer: Answer, result: TurnResult) -> None:
    """Take the end of a recording."""
    if answer.sort is Sort.COMMAND:
        command(making, answer.name)
    elif answer.sort is Sort.SAFETY:
        keep_clip(making, node, result)
        danger(making, answer, result.clip)
    elif answer.sort is Sort.VALUE:
        keep_clip(making, node, result)
        go(making, _caught(making, node, result) or node.to)
    elif node.optional and result.digits == "#":
        go(making, node.to)
    else:
        _record_again(making, node)


def _caught(making: Step, node: Record, result: TurnResult) -> str | None:
    """Keep the one code that was noticed in a recording ("它闪过一个E四"); returns where it is read back.

    It waits for its yes like any other. Several codes, or one beside a code that is known, stay a hint on the ticket.
    """
    codes = result.noticed.get("codes", "").split()
    if not (node.catches and node.caught_to and len(codes) == 1) or making.state.slot(node.catches):
        return None
    _store(making, node.catches, Slot({"canonical": codes[0]}, "unverified", "speech", clip=result.clip))
    return node.caught_to


def _record_again(making: Step, node: Record) -> None:
    tried = making.state.question.tried + 1
    if tried < len(node.tries):
        making.set(question=replace(making.state.question, tried=tried))
        record(making, node.tries[tried], spoken(making, f"{making.state.place.node}.ni"))
    else:
        go(making, node.fallback)


def keep_clip(making: Step, node: object, result: TurnResult) -> None:
    """Whatever was recorded counts, also when the caller hung up in the middle."""
    if not isinstance(node, Record) or not result.clip:
        return
    if node.voicemail:
        making.save(VoicemailRecorded(result.clip, result.speech_ms, matter_number(making.state)))
    held = making.state.slot(node.slot)
    before = held.value if held else {}
    clips = " ".join(filter(None, (before.get("clips", ""), result.clip)))
    value = {**_noticed(before, result.noticed), "clip": result.clip, "clips": clips}
    _store(making, node.slot, Slot(value, "unverified", "speech", clip=result.clip))


def _noticed(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return what a machine noticed in a recording and in those before it, for the ticket; nobody was asked."""
    codes = f"{before.get('codes', '')} {now.get('codes', '')}".split()
    told = {"danger": now.get("danger") or before.get("danger", ""), "codes": " ".join(dict.fromkeys(codes))}
    return {name: text for name, text in told.items() if text}
