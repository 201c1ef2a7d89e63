"""Values kept without words for them: days and parts of days by key, stretches of time, "do not know". Pure."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from ivr.flows.state import Slot, State


def today(state: State) -> date | None:
    """Return the day of the call, None when nobody told it."""
    return date.fromisoformat(state.at[:10]) if state.at else None


def _visit_in(days: int, word: str) -> Callable[[State], tuple[str, Slot]]:
    """A day by key: as a date when today is known, else as it was offered."""

    def fill(state: State) -> tuple[str, Slot]:
        now = today(state)
        value = {"value": word} if now is None else {"value": "date", "date": (now + timedelta(days)).isoformat()}
        return "visit", Slot(value, "unverified", "dtmf")

    return fill


def _visit_is(word: str) -> Callable[[State], tuple[str, Slot]]:
    return lambda _: ("visit", Slot({"value": word}, "unverified", "speech"))


def _visit_part(part: str) -> Callable[[State], tuple[str, Slot]]:
    def fill(state: State) -> tuple[str, Slot]:
        held = state.slot("visit")
        before = dict(held.value) if held else {}
        return "visit", Slot({**before, "part": part}, "unverified", held.source if held else "speech")

    return fill


def _years_before(day: date, years: int) -> date:
    """Return the same day of an earlier year; 29 February becomes 28 February (design 7)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _bought(span: Callable[[date], tuple[date, date]], words: str) -> Callable[[State], tuple[str, Slot] | None]:
    """A stretch of time by key, whose two ends have the same verdict."""

    def fill(state: State) -> tuple[str, Slot] | None:
        now = today(state)
        if now is None:
            return None
        first, last = span(now)
        value = {"from": first.isoformat(), "to": last.isoformat(), "date": last.isoformat()}
        return "purchase", Slot({**value, "precision": "range", "spoken": words}, "dtmf", "dtmf")

    return fill


_DAY = timedelta(days=1)
FILLS: Mapping[str, Callable[[State], tuple[str, Slot] | None]] = MappingProxyType(
    {
        "visit_asap": _visit_is("asap"),
        "visit_any": _visit_is("any"),
        "visit_tomorrow": _visit_in(1, "tomorrow"),
        "visit_after_tomorrow": _visit_in(2, "after_tomorrow"),
        "part_morning": _visit_part("morning"),
        "part_afternoon": _visit_part("afternoon"),
        "part_evening": _visit_part("evening"),
        "part_any": _visit_part("any"),
        "bought_half_month": _bought(lambda now: (now - 15 * _DAY, now - 8 * _DAY), "半个月内"),
        "bought_one_year": _bought(lambda now: (_years_before(now, 1), now - 16 * _DAY), "一年内"),
        "bought_two_years": _bought(lambda now: (_years_before(now, 2), _years_before(now, 1) - _DAY), "两年内"),
        "bought_older": _bought(lambda now: (_years_before(now, 3), _years_before(now, 2) - _DAY), "两年以上"),
        "bought_unknown": lambda _: (
            "purchase",
            Slot({"value": "unknown", "spoken": "不记得"}, "unverified", "speech"),
        ),
        "proof_unknown": lambda _: ("invoice", Slot({"value": "unknown"}, "unverified", "speech")),
    }
)
