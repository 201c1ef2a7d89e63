"""Rules of consult, complaint and request flows: how urgent a matter is, what is answered, what is still to record."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from ivr.flows.state import Matter, Slot, State

MOOD = "mood"
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


def is_angry(state: State) -> bool:
    """Tell whether the caller has been soothed once: no more menus then (dialogues, callers)."""
    return state.slot(MOOD) is not None


def reply_promised(state: State) -> bool:
    """Tell whether a time was set by which a complaint is answered; a suggestion or praise waits for no answer."""
    category = state.slot("category")
    suggests = category is not None and category.value.get("value") == "suggestion"
    return bool(state.caller.card.get("complaint_reply_by")) and not suggests


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
        "mood_angry": _kept(MOOD, value="angry", spoken="情绪激动"),
        "return_way": _kept("way", value="return", spoken="退换,寄送地址由客服告知"),
        "part_way": _kept("way", value="part", spoken="寄零件,寄送地址由客服告知"),
        "fu_broken": _kept("fu_fixed", value="again"),
        "fu_silent": _kept("fu_consent", value="silent"),
        "factory_way": _kept("way", value="factory", spoken="返厂,寄送地址由客服告知"),
    }
)


# ---- articles ----


MINE = "mine"  # answered for the caller's own machine, not by an article
UNKNOWN_ARTICLE = "ans_unknown"  # what is said where there is no article: editors change it, but it answers nothing


class TopicLeft(StrEnum):
    """What of a question no article answers."""

    NONE = "none"
    REPAIR = "repair"
    PRICE = "price"
    OUTLET = "outlet"
    ETA = "eta"
    MODEL = "model"
    UNREASONABLE = "unreasonable"


def asked_topics(state: State) -> tuple[str, ...]:
    """Return what the caller asks about now: the meaning heard, or all of one sentence as they were said."""
    held = state.slot("topic")
    if held is None:
        return ()
    topic = held.value.get("value", "")
    return tuple(other.get("meaning", "") for other in held.candidates) or (topic,)


def asked_together(
    topics: Mapping[str, tuple[str, ...]], meaning: str, said: tuple[Mapping[str, str], ...]
) -> tuple[str, tuple[Mapping[str, str], ...]]:
    """Return where a sentence leads that asks several things, to the first that is answered, and all of them."""
    answered = {*topics, MINE}
    asked = tuple(other for other in said if other["meaning"] in answered or other["meaning"] in set(TopicLeft))
    if not asked:
        return meaning, ()
    first = next((other for other in asked if other["meaning"] in answered), asked[0])
    return first["meaning"], asked if len(asked) > 1 else ()


def article_keys(topics: Mapping[str, tuple[str, ...]], state: State) -> tuple[str, ...]:
    """Return the articles that answer what was asked, each once."""
    return tuple(dict.fromkeys(key for topic in asked_topics(state) for key in topics.get(topic, ())))


# ---- tickets and visit codes ----

# asked for, but of no matter
LOOSE = frozenset({
    "ticket_no", "ticket_tail", "visit_code", "resume", "number_begun",
    "fu_consent", "fu_fixed", "score_visit", "visit_rules", "score_call", "remark",
})  # fmt: skip


def chosen(state: State, slot: str) -> str:
    """Return the choice that was made outside of any matter, "" for none."""
    held = state.loose.get(slot)
    return held.value.get("value", "") if held else ""


MOST_URGES = 3  # the third time a person takes it (dialogues, my_ticket_menu)
RAISED_AT = 2  # from the second urge on the caller goes before others of the queue
REPEAT_PRIORITY = 10


def current_ticket(state: State) -> Mapping[str, str]:
    """Return the ticket that the caller asks about, empty when there is none."""
    return state.tickets[state.ticket] if state.ticket < len(state.tickets) else {}


def chosen_ticket(state: State, meaning: str) -> int:
    """Return the index of the ticket meant by pick1, pick2, pick3 or its kind; the newest when there is none such."""
    number = meaning.removeprefix("pick")
    if number != meaning:
        return min(int(number), len(state.tickets)) - 1
    kinds = [ticket.get("kind") for ticket in state.tickets]
    return kinds.index(meaning) if meaning in kinds else 0


def ticket_line(state: State) -> str:
    """Return the ticket's line; an engineer or appointment that nobody names is not spoken of."""
    ticket = current_ticket(state)
    line = ticket.get("line", "new")
    needs = {"assigned": "engineer", "on_the_way": "engineer", "scheduled": "window"}.get(line)
    return "new" if needs and not ticket.get(needs) else line


def urges(state: State) -> int:
    """Return how often the ticket has been urged, this call included."""
    return int(current_ticket(state).get("urges", "0"))


def takes_a_person(state: State, more: int = 0) -> bool:
    """Tell whether a person takes the ticket asked about: it is late, or is urged too often (with `more` urges)."""
    return urges(state) + more >= MOST_URGES or ticket_line(state) == "overdue"


CODE_GOOD = ("ok", "callback")


def code_verdict(state: State) -> str:
    """Return what a visit code is: ok, callback, wrong (ask again), bad (nobody of ours) or locked."""
    verdict, reason = state.told.get("verdict", ""), state.told.get("reason", "")
    if verdict in CODE_GOOD:
        return verdict
    return {"unknown": "wrong", "too_many": "locked"}.get(reason, "bad")


def queue_priority(state: State, base: int) -> int:
    """Return the QUEUE_PRIO: emergency before complaint before whoever calls again before the rest (design 4)."""
    again = urges(state) >= RAISED_AT or calls_again(state)
    return max(base, REPEAT_PRIORITY) if again else base


def calls_again(state: State) -> bool:
    """Tell whether the caller rang about this before: about this ticket, for this machine's repair, or with a matter
    of this kind where no machine is named. How long ago counts, crm alone knows (crm.policy.repeats)."""
    if current_ticket(state).get("number", "") in _past(state, "tickets"):
        return True
    matter = state.matter
    if matter is None:
        return False
    product = matter.slots.get("product")
    machine = product.value.get("product_id", "") if product else ""
    if matter.kind == "repair" and machine:
        return machine in _past(state, "machines")
    return matter.kind in _past(state, "kinds")


def _past(state: State, name: str) -> list[str]:
    return state.caller.card.get(f"past_{name}", "").split()
