"""Takes an answer to its question: a command, a danger, a value to keep, a yes, a correction; or the next try."""

from dataclasses import replace

from ivr.contract.facts import VoicemailRecorded
from ivr.flows.answers import Answer, Sort
from ivr.flows.asking import ask, pick_index, record, spoken
from ivr.flows.branches import FILLERS
from ivr.flows.commands import command, danger
from ivr.flows.failures import HOLD_TURNS, fail
from ivr.flows.nodes import Ask, Listening, Menu, Record
from ivr.flows.program import EMERGENCY_KINDS
from ivr.flows.service_rules import chosen_ticket
from ivr.flows.state import Slot
from ivr.flows.step import Step, confirm_slots, fill_slot, matter_number, merge_address, raise_safety
from ivr.flows.walk import again, go, reread
from speech.contract import TurnResult

MAX_CORRECTIONS = 3


def answered(making: Step, node: Listening, answer: Answer, result: TurnResult) -> None:
    """Take the answer to a question; silence while the caller is away looking is waited for."""
    holding = making.state.question.hold
    if holding and answer.sort is Sort.NO_INPUT:
        _hold_on(making, holding)
        return
    making.set(question=replace(making.state.question, hold=0))
    if answer.sort in (Sort.NO_MATCH, Sort.NO_INPUT):
        fail(making, node, answer.sort, by_speech=answer.source == "speech")
        return
    making.set(heard=True)
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
        ask(making, prefix=spoken(making, "common_still_here"), only=True)
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
    name = answer.name
    pick = pick_index(name)
    if name == "yes":
        confirm_slots(making, making.state.question.confirming)
    if node.safety and name in EMERGENCY_KINDS:
        raise_safety(making, name, "key" if answer.source == "dtmf" else result.interpretation.text, result.clip)
    if isinstance(node, Menu) and node.pick and pick is not None:
        _pick(making, node.pick, pick, answer)
    elif isinstance(node, Menu) and node.chooses:
        making.set(ticket=chosen_ticket(making.state, name))
    elif name in node.fill:
        fill = FILLERS[node.fill[name]](making.state)
        fill_slot(making, fill.name, fill.slot)
    elif node.slot:
        _keep_meaning(making, node, answer, result)
    go(making, node.to[name])


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
    if name == "address":
        held = making.state.slot("address")
        before = held.value if held and held.source != "crm" else {}
        slot = replace(slot, value=merge_address(before, slot.value))
    fill_slot(making, name, slot)


def _correct(making: Step, node: Listening, answer: Answer, clip: str) -> None:
    """A new value instead of an answer: keep it and read it back anew, a limited number of times."""
    name = _read_back_slot(node)
    matter = making.state.matter
    done = matter.corrections.get(name, 0) if matter else MAX_CORRECTIONS
    if done >= MAX_CORRECTIONS:
        go(making, node.fallback)
        return
    making.set_matter(corrections={**making.state.matters[-1].corrections, name: done + 1})
    _store(making, name, Slot(answer.value, "unverified", answer.source, 1, answer.candidates, clip))
    if isinstance(node, Menu):
        go(making, node.to["corrected"])
        return
    making.set(pending=tuple(spoken(making, "common_corrected")))
    reread(making)


def _read_back_slot(node: Listening) -> str:
    return (node.pick if isinstance(node, Menu) else node.correcting) or ""


def _ambiguous(making: Step, node: Listening, answer: Answer, clip: str) -> None:
    name = node.slot or _read_back_slot(node)
    _store(making, name, Slot(answer.value, "unverified", answer.source, 1, answer.candidates, clip))
    go(making, node.to.get("ambiguous") or node.to["no"])


def _pick(making: Step, name: str, index: int, answer: Answer) -> None:
    held = making.state.slot(name)
    if held is not None and index < len(held.candidates):
        source = answer.source
        _store(making, name, Slot(held.candidates[index], "unverified", source, 1, held.candidates, held.clip))


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
        go(making, node.to)
    else:
        _record_again(making, node)


def _record_again(making: Step, node: Record) -> None:
    tried = making.state.question.tried + 1
    if tried >= len(node.tries):
        go(making, node.fallback)
        return
    making.set(question=replace(making.state.question, tried=tried))
    record(making, node.tries[tried], spoken(making, f"{making.state.place.node}.ni"))


def keep_clip(making: Step, node: object, result: TurnResult) -> None:
    """Whatever was recorded counts, also when the caller hung up in the middle."""
    if not isinstance(node, Record) or not result.clip:
        return
    if node.voicemail:
        making.save(VoicemailRecorded(result.clip, result.speech_ms, matter_number(making.state)))
    held = making.state.slot(node.slot)
    before = held.value.get("clips", "") if held else ""
    value = {"clip": result.clip, "clips": " ".join(filter(None, (before, result.clip)))}
    _store(making, node.slot, Slot(value, "unverified", "speech", clip=result.clip))
