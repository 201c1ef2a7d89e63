"""A slot as the pages show it: value, evidence, candidates, clip, and what it lacks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from pydantic import BaseModel

from crm import slots
from crm.audio import Audio
from crm.wire import Time
from crm.words import EVIDENCE, word

Sample = Literal["", "kept", "dropped"]


class Candidate(BaseModel):
    """A value the caller may have meant."""

    text: str
    value: dict[str, str]


class SlotForm(BaseModel):
    """One row of the card or the ticket. sample: kept | dropped, of one that was misheard and corrected, "" = none."""

    slot: str
    label: str
    text: str
    value: dict[str, str]
    status: str
    evidence: str
    how: str
    source: str
    candidates: list[Candidate]
    clip: str
    clip_ms: int | None
    verified_by: str
    verified_at: Time | None
    hint: str
    sample: Sample = ""


class StoredSlot(Protocol):
    """What a call's and a ticket's slot have in common."""

    slot: str
    value: dict[str, str]
    status: str
    source: str
    candidates: list[dict[str, str]]
    clip: str
    attempts: int


def slot_form(stored: StoredSlot, audio: Audio) -> SlotForm:
    """Return a stored slot as a row."""
    verified_at: datetime | None = getattr(stored, "verified_at", None)
    return SlotForm(
        slot=stored.slot,
        label=slots.label(stored.slot),
        text=slots.text(stored.slot, stored.value),
        value=stored.value,
        status=stored.status,
        evidence=word(EVIDENCE, stored.status),
        how=f"第 {stored.attempts} 次说对" if stored.attempts > 1 and stored.source == "speech" else "",
        source=stored.source,
        candidates=[Candidate(text=slots.text(stored.slot, item), value=item) for item in stored.candidates[:3]],
        clip=audio.clip_url(stored.clip),
        clip_ms=audio.clip_ms(stored.clip) if stored.clip else None,
        verified_by=getattr(stored, "verified_by", ""),
        verified_at=verified_at,
        hint=slots.lacking_division(stored.value, stored.candidates) if stored.slot == "address" else "",
    )


def slot_rows(
    stored: Iterable[StoredSlot], kind: str, audio: Audio, unheard: Mapping[str, str] | None = None
) -> list[SlotForm]:
    """Return the rows a ticket of `kind` shows: the wanted ones first, also when empty, then whatever else there is.

    unheard: slot -> clip of an answer that was not understood.
    """
    by_name = {item.slot: item for item in stored}
    order: Sequence[str] = [*slots.wanted(kind), *sorted(name for name in by_name if name not in slots.wanted(kind))]
    missed = unheard or {}
    return [
        slot_form(by_name[name], audio) if name in by_name else _empty(name, missed.get(name, ""), audio)
        for name in order
    ]


def _empty(name: str, clip: str, audio: Audio) -> SlotForm:
    status = "unheard" if clip else "missing"
    return SlotForm(
        slot=name,
        label=slots.label(name),
        text="",
        value={},
        status=status,
        evidence=EVIDENCE[status],
        how="",
        source="",
        candidates=[],
        clip=audio.clip_url(clip),
        clip_ms=audio.clip_ms(clip) if clip else None,
        verified_by="",
        verified_at=None,
        hint="",
    )
