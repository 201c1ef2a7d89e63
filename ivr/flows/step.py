"""One step being made: the state so far, its effects, and what happens to matters, slots, tickets and dangers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from ivr.contract.dialogue import Effect, Save
from ivr.contract.facts import (
    CallbackRequested,
    Fact,
    MatterOpened,
    SafetyCleared,
    SafetyRaised,
    SlotFilled,
    TicketOpened,
)
from ivr.flows import callback_times
from ivr.flows.fillers import known_value
from ivr.flows.matters import agent_queue, has_content
from ivr.flows.nodes import Queue
from ivr.flows.program import AGENT_QUEUE, Program
from ivr.flows.repair_rules import is_pressing
from ivr.flows.service_rules import LOOSE, chosen, is_answered, priority_of, queue_priority
from ivr.flows.state import Matter, Slot, State

# The heavier kind wins when one matter turns into another; every other kind weighs 2.
_WEIGHT: Mapping[str, int] = MappingProxyType({"consult": 1, "complaint": 3})
_ALWAYS_OPENED = ("reported", "handed_over", "voicemail")
_ADDRESS_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "region": ("province", "city", "district", "town", "adcode", "region"),
        "road": ("street", "number", "community", "estate", "landmark", "road"),
    }
)
_ROOM_SUFFIXES: Mapping[str, str] = MappingProxyType({"building": "栋", "unit": "单元", "floor": "楼", "room_no": "室"})


@dataclass(slots=True)
class Step:
    """Collects the new state and the effects of one step; lives no longer than that."""

    program: Program
    state: State
    effects: list[Effect] = field(default_factory=list)

    def set(self, **changes: Any) -> None:
        """Change fields of the state."""
        self.state = self.state.changed(**changes)

    def save(self, fact: Fact) -> None:
        """Add a fact for the journal."""
        self.effects.append(Save(fact))

    def set_matter(self, **changes: Any) -> None:
        """Change fields of the present matter; there must be one."""
        self.state = self.state.with_matter(replace(self.state.matters[-1], **changes))


def matter_number(state: State) -> int:
    """Return the present matter's number, 0 when there is none."""
    return state.matter.number if state.matter else 0


def enter_matter(step: Step, kind: str, *, join: bool, turns: bool = False) -> None:
    """Begin a matter, or go on with the present one: its kind may only become heavier (design 4.5), or `turns`.

    What one sentence held before there was a matter is kept in it.
    """
    matter = step.state.matter
    if matter is None or (matter.opened and not join):
        _begin_matter(step, kind, join=join)
    elif not matter.opened and (turns or _WEIGHT.get(kind, 2) > _WEIGHT.get(matter.kind, 2)) and kind != matter.kind:
        step.set_matter(kind=kind)
        step.save(MatterOpened(matter.number, kind))
    waiting = step.state.captured
    step.set(captured={})
    keep_captured(step, waiting)


def _begin_matter(step: Step, kind: str, *, join: bool) -> None:
    """Begin a matter; it is the report that was cut when it is of its kind, or when the caller wants a person."""
    number, draft = len(step.state.matters) + 1, step.state.draft
    anew = chosen(step.state, "resume") == "anew"
    if draft is None or (draft.kind != kind and (anew or not join)):
        step.set(matters=(*step.state.matters, Matter(number, kind)))
        step.save(MatterOpened(number, kind))
        return
    step.set(matters=(*step.state.matters, Matter(number, draft.kind, draft.ticket)), draft=None)
    step.save(MatterOpened(number, draft.kind, draft.ticket, "anew" if anew else "resumed"))
    if not anew:
        step.set(resumed=tuple(draft.slots))
        for name, slot in draft.slots.items():
            fill_slot(step, name, slot)


def keep_captured(step: Step, slots: Mapping[str, Slot]) -> None:
    """Keep what one sentence held, in the present matter or, before there is one, for the next."""
    if not slots:
        return
    if step.state.matter is None or step.state.matter.opened:
        step.set(captured={**step.state.captured, **slots})
        return
    for name, slot in slots.items():
        fill_slot(step, name, merge_slot(step.state.slot(name), name, slot))


def fill_slot(step: Step, name: str, slot: Slot) -> None:
    """Keep a value in the present matter under its next version; without a matter only the turn's fact remembers it."""
    if name in LOOSE:
        step.set(loose={**step.state.loose, name: slot})
    matter = step.state.matter
    if matter is None or name in LOOSE:
        return
    before = matter.slots.get(name)
    kept = replace(slot, version=before.version + 1 if before else 1)
    step.set_matter(slots={**matter.slots, name: kept})
    step.save(_slot_fact(matter.number, name, kept))


def fill_known(step: Step, filler: str) -> None:
    """Keep a value that is known without asking; nothing when it is not."""
    fill = known_value(filler, step.program, step.state)
    if fill is not None:
        fill_slot(step, fill.name, fill.slot)


def forget_slots(step: Step, names: Iterable[str]) -> None:
    """Throw away values that a no was said to; the journal keeps them as unverified until they are said anew."""
    matter = step.state.matter
    gone = set(names) & set(matter.slots) if matter else set()
    if matter and gone:
        step.set_matter(slots={name: slot for name, slot in matter.slots.items() if name not in gone})


def merge_slot(held: Slot | None, name: str, new: Slot) -> Slot:
    """Return a slot with what was said before and still holds: parts of an address, the part of a day."""
    before = held.value if held and held.source != "crm" else {}
    if name == "address":
        return replace(new, value=merge_address(before, new.value))
    if name == "visit" and before and not new.value.get("value"):
        return replace(new, value={**before, **{key: text for key, text in new.value.items() if text}})
    if name == "product":
        return replace(new, value=_merge_product(before, new.value))
    return new


def _merge_product(before: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Keep for whom it is reported, and what is known of the same product."""
    for_another = "other_person" in (before.get("value"), before.get("on_behalf"))
    same = before if new.get("value") == before.get("value") else {}
    return {**same, **new, **({"on_behalf": "other_person"} if for_another else {})}


def confirm_slots(step: Step, confirming: Mapping[str, int]) -> None:
    """A yes was given: confirm each slot that still has the version that was read back."""
    for name, version in confirming.items():
        matter, held = step.state.matter, step.state.slot(name)
        if matter is None or held is None or held.version != version or held.status != "unverified":
            continue
        kept = replace(held, status="dtmf" if held.source == "dtmf" else "voice_confirmed")
        step.set_matter(slots={**matter.slots, name: kept})
        step.save(_slot_fact(matter.number, name, kept))


def _slot_fact(number: int, name: str, slot: Slot) -> SlotFilled:
    return SlotFilled(number, name, slot.value, slot.status, slot.source, slot.candidates, slot.clip)


def merge_address(before: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Return an address with the parts said anew replaced; of the room only the fields said anew."""
    merged = dict(before)
    for part, names in _ADDRESS_PARTS.items():
        if new.get(part):
            merged = {name: value for name, value in merged.items() if name not in names}
    merged |= {name: value for name, value in new.items() if value}
    if new.get("no_room"):
        merged = {name: value for name, value in merged.items() if name not in (*_ROOM_SUFFIXES, "room")}
    if new.get("room"):
        merged.pop("no_room", None)
        merged["room"] = "".join(
            merged[name] + suffix for name, suffix in _ROOM_SUFFIXES.items() if merged.get(name)
        ) or new["room"]  # fmt: skip
    return merged


def open_ticket(step: Step, outcome: str) -> None:
    """Make the present matter a ticket, once; a hang-up or a goodbye only when something was said.

    Nobody gives up a question that was answered.
    """
    matter = step.state.matter
    if matter is None or matter.opened or not (outcome in _ALWAYS_OPENED or has_content(step.state)):
        return
    if outcome == "cancelled_by_caller" and is_answered(matter):
        outcome = "unconfirmed"
    priority = priority_of(matter)
    if priority == "normal" and is_pressing(matter):
        priority = "high"
    step.set_matter(outcome=outcome)
    step.save(TicketOpened(matter.number, matter.ticket, matter.kind, priority, outcome, matter.safety))


def request_callback(step: Step, reason: str, *, in_turn: bool = False) -> None:
    """Ask for a call-back, once per matter; number "" is the caller's own. in_turn: by the hotline itself, in turn."""
    matter, held = step.state.matter, step.state.slot("contact")
    number = held.value.get("number", "") if held else ""
    if matter is not None:
        if matter.called_back:
            return
        step.set_matter(called_back=True)
    number = "" if number == step.state.caller.e164 else number
    if not in_turn:
        step.save(CallbackRequested(reason, matter_number(step.state), number))
        return
    final = step.state.final
    queue, priority = (final.queue, final.priority) if final else _place(step)
    after = callback_times.after(step.state)
    step.save(CallbackRequested(reason, matter_number(step.state), number, queue, priority, after))


def _place(step: Step) -> tuple[str, int]:
    """Return the queue the caller would have waited in, and the priority there."""
    queue = agent_queue(step.state).value
    node = step.program.nodes[step.program.branch(AGENT_QUEUE).to[queue]]
    return queue, queue_priority(step.state, node.priority if isinstance(node, Queue) else 0)


def raise_safety(step: Step, safety: str, trigger: str, clip: str = "") -> None:
    """Raise a danger on the matter it finds, or on a repair of its own."""
    enter_matter(step, "repair", join=True)
    step.set_matter(safety=safety)
    step.save(SafetyRaised(matter_number(step.state), safety, trigger, clip))


def clear_safety(step: Step) -> None:
    """Take back the present matter's danger: it was a false alarm."""
    matter = step.state.matter
    if matter is not None and matter.safety:
        step.set_matter(safety="")
        step.save(SafetyCleared(matter.number))
