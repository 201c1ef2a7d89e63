"""Days and appointments as they are said, in pieces made ahead: 七月、二十六号; 下午、五点、到、七点."""

import re
from datetime import date, datetime

from ivr.flows.readback import count, quantity

_WINDOW = re.compile(r"(\d{1,2})月(\d{1,2})日 (\d{2}):(\d{2})–(\d{2}):(\d{2})\Z")
_MONTHS = tuple(f"{count(number)}月" for number in range(1, 13))
_DAYS = tuple(f"{count(number)}号" for number in range(1, 32))
_HALF_DAYS = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
_HOURS = tuple(f"{quantity(number)}点" for number in range(13))
_HALF = "半"
_UNTIL = "到"
DATE_PIECES = (*_MONTHS, *_DAYS, *(name for _, name in _HALF_DAYS), *_HOURS, _HALF, _UNTIL)


def day(iso: str) -> tuple[str, ...]:
    """Return month and day of an ISO date, () for what is none."""
    try:
        when = date.fromisoformat(iso)
    except ValueError:
        return ()
    return _MONTHS[when.month - 1], _DAYS[when.day - 1]


def moment(iso: str) -> tuple[str, ...]:
    """Return a local time to the half hour ("2026-11-23T12:00") in pieces, () for what is none."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return ()
    return (*day(iso[:10]), _half_day(when.hour), *_clock(when.hour, when.minute))


def window(text: str) -> tuple[str, ...]:
    """Return an appointment as crm writes it ("11月22日 17:00–19:00") in pieces, () for what is none."""
    found = _WINDOW.match(text)
    if not found:
        return ()
    month, on, begin, begin_minute, end, end_minute = map(int, found.groups())
    if not (1 <= month <= 12 and 1 <= on <= 31 and begin < 24 and end < 24):
        return ()
    first = (_half_day(begin), *_clock(begin, begin_minute))
    same = _half_day(begin) == _half_day(end)
    last = _clock(end, end_minute) if same else (_half_day(end), *_clock(end, end_minute))
    return (_MONTHS[month - 1], _DAYS[on - 1], *first, _UNTIL, *last)


def _half_day(hour: int) -> str:
    return next(name for until, name in _HALF_DAYS if hour < until)


def _clock(hour: int, minute: int) -> tuple[str, ...]:
    """Minutes are said to the half hour: an appointment is no train."""
    return (_HOURS[hour if hour <= 12 else hour - 12], *((_HALF,) if minute >= 30 else ()))
