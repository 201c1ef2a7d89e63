"""Days and spans of days: the arithmetic behind visit times and purchase dates. Pure; today is an argument."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from speech.slots.numerals import NUMERAL_CHARS, cardinal, digit_string

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # one zone, no summer time since 1992
COUNT = f"[{NUMERAL_CHARS}]{{1,4}}"
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


@dataclass(frozen=True, slots=True)
class Span:
    """Days from first to last, both included. first None: open. precision: day, month, season, year or range."""

    first: date | None
    last: date
    precision: str


def china_day(now: datetime) -> date:
    """Return the day in China of an aware time."""
    return now.astimezone(CHINA).date()


def number(text: str) -> int | None:
    """Return the value of a count said either way ("十一", "二", "12"), None when it is none."""
    value = cardinal(text)
    if value is not None:
        return value
    digits = digit_string(text)
    return int(digits) if digits else None


def make_day(year: int, month: int, day: int) -> date | None:
    """Return a day, None when the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_end(year: int, month: int) -> date:
    """Return the last day of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def month_span(year: int, month: int) -> Span:
    """Return a whole month."""
    return Span(date(year, month, 1), month_end(year, month), "month")


def months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or that month's last day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, month_end(year, month + 1).day))
