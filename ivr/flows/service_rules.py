"""Rules of consult, complaint and request flows: how urgent a matter is, what is answered, what is still to record."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ivr.flows.state import Matter, Slot, State

MAX_CLIPS = 3  # recordings of one statement or message (dialogues, record_review)
# dialogues, tickets_and_queues; every other kind is normal
_PRIORITY: Mapping[str, str] = MappingProxyType(
    {"complaint": "high", "tech_support": "high", "consult": "low", "follow_up": "low"}
)
_COMPLAINTS: Mapping[str, str] = MappingProxyType({"suggestion": "normal", "impostor": "urgent"})


def _value(matter: Matter, slot: str, name: str = "value") -> str:
    held = matter.slots.get(slot)
    return held.value.get(name, "") if held else ""


def priority_of(matter: Matter) -> str:
    """Return a matter's priority: danger before all, a suggestion is no complaint, an impostor is urgent."""
    if matter.safety:
        return "urgent"
    if matter.kind == "complaint":
        tag = _value(matter, "category", "tag")
        return _COMPLAINTS.get(tag) or _COMPLAINTS.get(_value(matter, "category"), "high")
    return _PRIORITY.get(matter.kind, "normal")


def is_answered(matter: Matter) -> bool:
    """Tell whether a question was answered: hanging up then is no lost matter (dialogues: unknown, not solved)."""
    return matter.kind == "consult" and "answered" in matter.slots


# ---- branches ----


def product_told(state: State) -> bool:
    """Tell whether the product is known already, so that a complaint does not ask for it."""
    return state.slot("product") is not None or bool(state.caller.card.get("product_spoken"))


def more_to_record(record: str, state: State) -> bool:
    """Tell whether the caller wants another recording at `record` and may have one."""
    matter, held = state.matter, state.slot("review")
    taken = matter.visits.get(record, 0) if matter else MAX_CLIPS
    return held is not None and held.value.get("value") in ("more", "again") and taken < MAX_CLIPS


# ---- fillers ----


def _kept(name: str, **value: str) -> Callable[[State], tuple[str, Slot]]:
    return lambda _: (name, Slot(value, "unverified", "speech"))


FILLS: Mapping[str, Callable[[State], tuple[str, Slot]]] = MappingProxyType(
    {
        # tags: the five things an engineer must not do and the badge (service document, 三.二), praise, impostors
        "category_forbidden": _kept("category", value="visit", spoken="上门服务", tag="forbidden"),
        "category_no_badge": _kept("category", value="visit", spoken="上门服务", tag="no_badge"),
        "category_impostor": _kept("category", value="fee", spoken="收费", tag="impostor"),
        "category_praise": _kept("category", value="suggestion", spoken="建议", tag="praise"),
        "category_other": _kept("category", value="other", spoken="其他"),
        "review_done": _kept("review", value="done", spoken="说完了"),
        "factory_way": _kept("way", value="factory", spoken="返厂,寄送地址由客服告知"),
    }
)


# ---- articles ----


def asked_topics(state: State) -> tuple[str, ...]:
    """Return what the caller asks about now: the meaning heard, and others of the same sentence."""
    held = state.slot("topic")
    if held is None:
        return ()
    also = (other.get("meaning", "") for other in held.candidates)
    return tuple(dict.fromkeys(topic for topic in (held.value.get("value", ""), *also) if topic))


def article_keys(topics: Mapping[str, tuple[str, ...]], state: State) -> tuple[str, ...]:
    """Return the articles that answer what was asked, each once."""
    return tuple(dict.fromkeys(key for topic in asked_topics(state) for key in topics.get(topic, ())))
