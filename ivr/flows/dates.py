"""How days and times of a visit are said: absolute day, weekday, part or hours. Pure."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from ivr.flows.readback import count, quantity

DAYS: Mapping[str, str] = MappingProxyType(
    {"asap": "越快越好", "today": "今天", "tomorrow": "明天", "after_tomorrow": "后天", "any": "哪天都行"}
)
PARTS: Mapping[str, str] = MappingProxyType(
    {"morning": "上午", "noon": "中午", "afternoon": "下午", "evening": "晚上", "any": "几点都行"}
)
_NIGHT = "凌晨"
_PARTED = frozenset({*PARTS.values(), _NIGHT})  # a pause goes before them
_WEEKDAYS = ("一", "二", "三", "四", "五", "六", "天")
_HOURS = 24
_NIGHT_OVER = "06:00"

# Everything a day and a time can be put together from without a synthesiser.
WORDS = (
    *DAYS.values(),
    *PARTS.values(), _NIGHT,
    *(f"{count(month)}月" for month in range(1, 13)),
    *(f"{count(day)}号" for day in range(1, 32)),
    *(f"星期{name}" for name in _WEEKDAYS),
    *(f"{quantity(hour)}点{half}" for hour in range(_HOURS) for half in ("", "半")),
    "以后", "以前", "到",
)  # fmt: skip


def day_words(iso: str) -> tuple[str, ...]:
    """Return an ISO day as it is said: ("七月", "二十六号", "星期天"); () when it is none."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return ()
    return f"{count(day.month)}月", f"{count(day.day)}号", f"星期{_WEEKDAYS[day.weekday()]}"


def hour_words(time: str) -> str:
    """Return "15:00" as 三点 (afternoon is said beside it) and "09:30" as 九点半; other minutes to the hour's name."""
    hour, _, minutes = time.partition(":")
    if not hour.isdigit() or int(hour) >= _HOURS:
        return ""
    named = int(hour) - 12 if int(hour) > 12 else int(hour)
    return f"{quantity(named)}点{'半' if minutes == '30' else ''}"


def part_of(first: str, last: str) -> str:
    """Return the part of the day of two times ("HH:MM", one may be ""): morning until noon, evening from six."""
    hour = (first or last).partition(":")[0]
    if not hour.isdigit():
        return ""
    return "morning" if int(hour) < 12 else "afternoon" if int(hour) < 18 else "evening"


def time_words(value: Mapping[str, str]) -> tuple[str, ...]:
    """Return part and hours of a visit: ("下午", "三点", "以后"); () when any time will do or none was said."""
    first, last = hour_words(value.get("from", "")), hour_words(value.get("to", ""))
    part = PARTS.get(value.get("part", ""), "")
    if not first and not last:
        return (part,) if part else ()
    if first and value["from"] < _NIGHT_OVER:
        part = _NIGHT
    part = part or PARTS.get(part_of(value.get("from", ""), value.get("to", "")), "")
    hours = (first, "到", last) if first and last else (first, "以后") if first else (last, "以前")
    return (part, *hours) if part else hours


def window_words(value: Mapping[str, str]) -> tuple[str, ...]:
    """Return a visit's time as it is said: ("七月", "二十六号", "星期天", "下午")."""
    day = day_words(value.get("date", "")) or (DAYS.get(value.get("value", ""), DAYS["asap"]),)
    return (*day, *time_words(value))


def joined(words: tuple[str, ...]) -> str:
    """Return words with the pauses of a read-back: 七月二十六号、星期天、下午三点以后."""
    out = ""
    for word in words:
        begins = word.startswith("星期") or word in _PARTED
        pause = begins and out and not out.endswith("到")
        out += ("、" if pause else "") + word
    return out
