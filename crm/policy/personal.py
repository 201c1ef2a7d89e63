"""Which parts of tickets and facts say who somebody is; what is not named as impersonal counts as personal; pure."""

from collections.abc import Mapping
from typing import Any

ERASED = "（已按本人要求删除）"
IMPERSONAL_SLOTS = frozenset(
    {"fault_code", "product", "symptom", "category", "topic", "brand", "invoice", "purchase", "warranty", "wanted",
     "part", "training", "warranty_check"}
)  # fmt: skip
PERSONAL_ENTRIES = frozenset({"slot", "note", "visit", "customer"})  # kinds of timeline entries that quote somebody
_SPOKEN_WORDS = frozenset({"raw", "raw_text", "text", "spoken"})
_IMPERSONAL_FACTS = frozenset(
    {"node_entered", "matter_opened", "handed_over", "queue_joined", "agent_ringing", "agent_ring_ended",
     "agent_answered", "talk_ended", "queue_left", "contact_ended", "agent_phone_changed"}
)  # fmt: skip


def impersonal_value(slot: str, value: Mapping[str, str]) -> dict[str, str]:
    """Return what may stay of a slot's value: nothing of a personal one, no spoken words of the others."""
    if slot not in IMPERSONAL_SLOTS:
        return {"text": ERASED}
    return {key: item for key, item in value.items() if key not in _SPOKEN_WORDS}


def impersonal_fact(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may stay of a stored fact."""
    return dict(data) if kind in _IMPERSONAL_FACTS else {}


def impersonal_entry(kind: str, text: str) -> str:
    """Return what may stay of a timeline entry: moves, clocks and priorities do, words and values do not."""
    if kind in PERSONAL_ENTRIES:
        return ERASED
    if kind == "callback" and text.startswith("标了勿呼"):  # why it was rung all the same follows
        return text.partition("：")[0]
    return text.partition("）")[0] + "）" if kind == "clock" and "暂停计时" in text else text
