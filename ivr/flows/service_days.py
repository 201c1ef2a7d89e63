"""Moments and appointments as they are said, in pieces made ahead: 七月、二十六号、星期天、下午、五点、到、七点."""

import re
from datetime import date, datetime

from ivr.flows.dates import day_words
from ivr.flows.readback import quantity

_WINDOW = re.compile(r"(\d{1,2})月(\d{1,2})日 (\d{2}):(\d{2})–(\d{2}):(\d{2})\Z")
_HALF_A_YEAR = 183  # days
_HALF_DAYS = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
_HOURS = tuple(f"{quantity(number)}点" for number in range(13))
_HALF = "半"
_UNTIL = "到"
DATE_PIECES = (*(name for _, name in _HALF_DAYS), *_HOURS, _HALF, _UNTIL)


def moment(iso: str) -> tuple[str, ...]:
    """Return a local time to the half hour ("2026-11-23T12:00") in pieces, () for what is none."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return ()
    return (*day_words(iso[:10]), _half_day(when.hour), *_clock(when.hour, when.minute))


def window(text: str, today: date | None) -> tuple[str, ...]:
    """Return an appointment as crm writes it ("11月22日 17:00–19:00") in pieces, () for what is none.

    The year it does not write is the one in which the day lies nearest to `today`, whose weekday is said then.
    """
    found = _WINDOW.match(text)
    if not found:
        return ()
    month, on, begin, begin_minute, end, end_minute = map(int, found.groups())
    day = _nearest(month, on, today)
    if not (day and begin < 24 and end < 24):
        return ()
    first = (_half_day(begin), *_clock(begin, begin_minute))
    same = _half_day(begin) == _half_day(end)
    last = _clock(end, end_minute) if same else (_half_day(end), *_clock(end, end_minute))
    return (*day, *first, _UNTIL, *last)


def _nearest(month: int, on: int, today: date | None) -> tuple[str, ...]:
    """Return a day without its year as it is said; () when no year near `today` has it."""
    if today is None:
        return day_words(f"2000-{month:02}-{on:02}")[:2]  # a leap year has them all
    years = (today.year, today.year + 1, today.year - 1)
    said = ((day_words(f"{year}-{month:02}-{on:02}"), year) for year in years)
    return next(
        (words for words, year in said if words and abs((date(year, month, on) - today).days) <= _HALF_A_YEAR), ()
    )


def _half_day(hour: int) -> str:
    return next(name for until, name in _HALF_DAYS if hour < until)


def _clock(hour: int, minute: int) -> tuple[str, ...]:
    """Minutes are said to the half hour: an appointment is no train."""
    return (_HOURS[hour if hour <= 12 else hour - 12], *((_HALF,) if minute >= 30 else ()))
