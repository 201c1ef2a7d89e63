"""When the caller wants to be rung back: a local time from the words of a visit's time, and how it is said. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from ivr.flows import dates, service_days
from ivr.flows.repair_rules import field
from ivr.flows.state import Slot, State

SLOT = "callback_after"
_MINUTES = "minutes"


class _Part(NamedTuple):
    """From when a part of the day is meant, and when it is over. HH:MM."""

    begins: str
    over: str


_PARTS: Mapping[str, _Part] = MappingProxyType(
    {
        "morning": _Part("09:00", "12:00"),
        "noon": _Part("12:00", "14:00"),
        "afternoon": _Part("14:00", "18:00"),
        "evening": _Part("18:00", "22:00"),
    }
)
_DAY = _Part("09:00", "24:00")


def after(state: State) -> str:
    """Return the local time ("2026-07-24T18:00") before which we do not ring, "" when it is our turn that decides."""
    held = state.slot(SLOT)
    if held is None:
        return ""
    return held.value["after"] if "after" in held.value else _asked(held.value, state.at)


def _asked(said: Mapping[str, str], at: str) -> str:
    """Return the time that was asked for; a part of today that has begun is now, one that is over is tomorrow's."""
    part, start = _PARTS.get(said.get("part", "")), said.get("from", "")
    dated = said.get("date", "")
    if not at or not (start or dated or part) or (said.get("to") and not start):
        return ""
    begins, over = start or (part or _DAY).begins, said.get("to") or (part or _DAY).over
    wanted, now = datetime.fromisoformat(f"{dated or at[:10]}T{begins}"), datetime.fromisoformat(at)
    if wanted > now:
        return wanted.isoformat(timespec=_MINUTES)
    if dated or now.strftime("%H:%M") < over:
        return ""
    return (wanted + timedelta(days=1)).isoformat(timespec=_MINUTES)


def settled(state: State, bound: str) -> Slot:
    """Return what is kept once it is known when people are there: the time they can ring, moved or not."""
    held = state.slot(SLOT)
    value = dict(held.value) if held else {}
    moved = {"moved": "1"} if bound != after(state) else {}
    spoken = {"spoken": dates.joined((*service_days.moment(bound), "以后"))} if bound else {}
    return Slot({**value, "after": bound, **spoken, **moved}, "unverified", "speech")


def is_moved(state: State) -> bool:
    """Tell whether nobody is there at the time that was asked for."""
    return bool(field(state, SLOT, "moved"))
