"""What tickets and visit codes read: pure functions of the state, each in pieces that follow one another."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ivr.flows import dates, readback, service_days
from ivr.flows.known_values import today
from ivr.flows.state import State

Read = Callable[[State], tuple[str, ...]]
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "consult": "咨询",
        "complaint": "投诉",
        "repair": "维修",
        "install": "安装调试",
        "unit_return": "退换返修",
        "part_return": "配件返修",
        "part_request": "配件",
        "training": "培训",
        "tech_support": "技术支持",
        "follow_up": "回访",
    }
)
WORDS = (*KINDS.values(), *service_days.DATE_PIECES)


def ticket(state: State) -> Mapping[str, str]:
    """Return the ticket the caller asks about, empty when there is none."""
    return state.tickets[state.ticket] if state.ticket < len(state.tickets) else {}


def _one(word: str) -> tuple[str, ...]:
    return (word,) if word else ()


def _ticket(name: str) -> Read:
    return lambda state: _one(ticket(state).get(name, ""))


def _ticket_date(name: str) -> Read:
    return lambda state: dates.day_words(ticket(state).get(name, ""))


def _kind(index: int) -> Read:
    def read(state: State) -> tuple[str, ...]:
        if index >= len(state.tickets):
            return ()
        return _one(KINDS.get(state.tickets[index].get("kind", ""), "报修"))

    return read


def _told(name: str) -> Read:
    return lambda state: _one(state.told.get(name, ""))


TEXTS: Mapping[str, Read] = MappingProxyType(
    {
        "reply_by": lambda state: service_days.moment(state.caller.card.get("complaint_reply_by", "")),
        "queue_waiting": lambda state: _one(readback.quantity(max(0, state.waiting))),
        "ticket_count": lambda state: _one(readback.quantity(len(state.tickets))),
        "ticket_kind": lambda state: _kind(state.ticket)(state),
        "ticket_kind1": _kind(0),
        "ticket_kind2": _kind(1),
        "ticket_kind3": _kind(2),
        "ticket_date": _ticket_date("reported_on"),
        "ticket_done": _ticket_date("done_on"),
        "ticket_engineer": _ticket("engineer"),
        "ticket_window": lambda state: service_days.window(ticket(state).get("window", ""), today(state)),
        "urges": lambda state: _one(readback.count(int(ticket(state).get("urges", "0")))),
        "code_engineer": _told("engineer"),
        "badge_no": lambda state: readback.spell(state.told.get("badge_no", "")),
        "code_window": lambda state: service_days.window(state.told.get("window", ""), today(state)),
        "code_date": lambda state: dates.day_words(state.told.get("date", "")),
    }
)
