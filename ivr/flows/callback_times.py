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
_NIGHT_OVER = "06:00"  # who says 凌晨两点 in the morning means the next night
_STEP_MIN = 30  # times are said to the half hour


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
    begins = start or (part or _DAY).begins
    over = said.get("to") or min((part or _DAY).over, _NIGHT_OVER if begins < _NIGHT_OVER else _DAY.over)
    wanted, now = datetime.fromisoformat(f"{dated or at[:10]}T{begins}"), datetime.fromisoformat(at)
    if wanted > now:
        return wanted.isoformat(timespec=_MINUTES)
    if dated or now.strftime("%H:%M") < over:
        return ""
    return (wanted + timedelta(days=1)).isoformat(timespec=_MINUTES)


def in_an_hour(state: State) -> Slot | None:
    """Return what key 1 asks for: an hour from now, on the next half hour; None while the time is not known."""
    if not state.at:
        return None
    wanted = datetime.fromisoformat(state.at) + timedelta(hours=1, minutes=_STEP_MIN - 1)
    return _keyed(wanted.date().isoformat(), "", wanted.replace(minute=wanted.minute // _STEP_MIN * _STEP_MIN))


def tonight(_: State) -> Slot:
    """Return what key 2 asks for."""
    return _keyed("", "evening", None)


def tomorrow_morning(state: State) -> Slot | None:
    """Return what key 3 asks for; None while the time is not known."""
    if not state.at:
        return None
    day = datetime.fromisoformat(state.at) + timedelta(days=1)
    return _keyed(day.date().isoformat(), "morning", None)


def _keyed(date: str, part: str, begins: datetime | None) -> Slot:
    value = {"value": "date" if date else "any", "date": date, "part": part, "to": "", "raw": ""}
    return Slot({**value, "from": begins.strftime("%H:%M") if begins else ""}, "unverified", "dtmf")


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
