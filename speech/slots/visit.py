"""When the engineer should come: "明天下午三点以后", "星期六", "越快越好" -> a day, a part of it, from and to.

A day is a day of China's calendar; what fits two days (周末) is asked, what is past or too far ahead is refused. Hours
without a word for the part of the day count only when one reading lies within VISIT_HOURS (三点 is 15:00, 八点 is not
known). A wait (半小时以后) is counted from now and ends on the next half hour; 晚上十二点 is of the day after.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from speech.contract import MAX_VISIT_DAYS
from speech.slots.calendar import CHINA, COUNT, WEEKDAYS, china_day, make_day, number

VISIT_HOURS = (8, 21)  # 设定,可改
DAY_OVER = time(18)  # today without a part of the day is too late from here on (设定,可改)
PART_OVER: Mapping[str, time] = {
    "morning": time(12), "noon": time(14), "afternoon": time(18), "evening": time(21), "any": DAY_OVER,
}  # fmt: skip

_PARTS = (
    ("evening", "晚上|傍晚|夜里|夜晚|晚黑|晚间|今晚|明晚|后晚|下班后?|天黑"),
    ("noon", "中午|晌午(?!饭)"),
    ("afternoon", "下午|下昼|午后|后晌|晏昼|吃[了过完]?(?:晌午饭|午饭|中饭)|下半天"),
    ("morning", "早上|上午|早晨|清早|大清早|一早|头晌|头午|上昼|朝早|明早|今早|后早|上半天|早间"),
    ("any", "全天|整天|一天都|几点都|什么时[候间]都|啥时候?都|随时|白天|时间都"),
)
_ASAP = re.compile("越快越好|越早越好|尽快|尽早|马上|赶紧|赶快|立刻|立马|快点来|最快")
_ANY = re.compile("随便|都行|都可以|都得|无所谓|你们定|你们安排|看你们|哪天都|(?:都|一直|天天)在家|家里都?有人")
_NOT_THEN = re.compile(
    r"(?:今天|明天|后天|今日|听日|后日|周末|白天|上午|下午|晚上|早上|中午|平时|(?:星期|礼拜|周)[一二三四五六日天])"
    r"(?:我们?|家里|都|要|得|就){0,3}(?:不行|没空|没人|不在家?|不方便|上班|上学|有事|不要|别来?|不用来|不得闲|出门|出去|外出)"
)
_RELATIVE = (
    ("大后天", 3), ("后天|后儿个?|后日|后晚|后早", 2), ("明天|明儿个?|明日|听日|明早|明晚|翌日", 1),
    ("今天|今儿个?|今日|今早|今晚|当天|现在", 0),
)  # fmt: skip
_TWO_DAYS = re.compile("([今明])([明后])(?:这?两)?天")
_IN_DAYS = re.compile(rf"(?:再?过|等)({COUNT})天|({COUNT})天(?:以后|之后|后|过后)")
_IN_WEEKS = re.compile(
    rf"(?:再?过|等)({COUNT})个?(?:星期|礼拜|周)(?![一二三四五六日天])|({COUNT})个?(?:星期|礼拜|周)(?:以后|之后|后|过后)"
)
_IN_HALF_A_MONTH = re.compile("(?:再?过|等)半个月|半个月(?:以后|之后|后|过后)")
_WEEKDAY = re.compile(r"(这个?|本|下下个?|下个?)?(?:星期|礼拜|周)([一二三四五六日天])")
_WEEKEND = re.compile(r"(这个?|本|下个?)?(?:周末|礼拜末|星期末|双休日)")
_MONTH_DAY = re.compile(rf"(?:({COUNT})月份?|((?:下个?|这个?|本)月))?({COUNT})[号日](?!楼|房)")
# 有一点, 早一点, 晚一点 are no hour.
_CLOCK = re.compile(
    rf"(?<!什)(?!(?<=[有差快早晚慢好])(?<![今明后]晚)一点(?!钟|半))({COUNT})(?:点钟?|时)(半|一刻|三刻|({COUNT})分?)?"
)
_TWO_HOURS = re.compile("(?<![十零〇一二两三四五六七八九0-9])([一二两三四五六七八])([二三四五六七八九])(?=点)")
_EITHER = re.compile(
    "(?:上午|早上|上昼)(?:或者?|和|跟|、)?(?:下午|下昼)|(?:下午|下昼)(?:或者?|和|跟|、)(?:上午|早上|晚上)"
)
_BY_NOON, _PAST_NOON = re.compile("中午(?:以前|之前|前(?!后))"), re.compile("中午(?:以后|之后|过后|后)")
_EXCEPT = re.compile("除了|除开|除掉")  # what is left is asked for
_RANGE = re.compile("^(?:到|至|和|-)")
_WAIT = re.compile(
    rf"(再?过|再?等)?(?:(半)个?(?:小时|钟头)|({COUNT})个?(半)?(?:小时|钟头)|({COUNT})个(半)?钟|({COUNT})(分钟|刻钟))(?!了)"
    r"(以后|之后|后|过后|再)?"
)
_NIGHT = re.compile("凌晨|半夜|深夜|后半夜")
_HALF_A_YEAR = 183
_NIGHT_OVER = 6  # the hour
_STEP_MIN = 30  # of a wait's end; times are said to the half hour, and never before what was asked for
_HEARD_AS_A_DAY = re.compile("(?<=点)(半?)一号")  # 两点以后 to a recognizer without tones; no day follows an hour
_AFTER = re.compile("^(?:钟|左右)?(?:以后|之后|过后|往后|后|起)")
_BEFORE = re.compile("^(?:钟|左右)?(?:以前|之前|前(?!后))")


@dataclass(frozen=True, slots=True)
class VisitTime:
    """What was said. status: match, ambiguous, no_match; meaning: "", "too_late", "too_far"."""

    status: str
    meaning: str = ""
    values: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Hours:
    part: str = ""
    start: str = ""
    end: str = ""
    night: bool = False  # after midnight of the day that was named (今天晚上十二点)


def read_visit(text: str, now: datetime | None, known: str = "") -> VisitTime:
    """Read compact `text`; known: the day (ISO) that was said before, for an answer that only names its part.

    Without `now` only words that depend on no day are understood.
    """
    if _EXCEPT.search(text):
        return VisitTime("no_match")
    text = _HEARD_AS_A_DAY.sub(r"\1以后", text)
    wanted = _plainer(_NOT_THEN.sub("|", text))
    waited = _wait(wanted)
    if waited is not None and now is not None:
        ends = _step_after(now.astimezone(CHINA) + waited)
        hours = _Hours(_part_of(ends.time()), ends.strftime("%H:%M"))
        refused = _refusal(ends.date(), hours, now)
        return VisitTime("match", refused, () if refused else (_value("date", hours, text, ends.date()),))
    days = _days(wanted, china_day(now)) if now is not None else []
    hours = _hours(wanted)
    if hours.night and days:
        days = [day + timedelta(days=1) for day in days]
    if not days and known and hours.part:
        days = [date.fromisoformat(known)]
    if not days or now is None:
        return _no_day(wanted, hours, text)
    values, refused = [], ""
    for day in days:
        problem = _refusal(day, hours, now)
        refused = refused or problem
        if not problem:
            values.append(_value("date", hours, text, day))
    if not values:
        return VisitTime("match", refused)
    return VisitTime("match" if len(values) == 1 else "ambiguous", "", tuple(values[:3]))


def _plainer(text: str) -> str:
    """Return `text` with what is said in two ways said in one: 两三点, 元月, 中午前."""

    def hours(match: re.Match[str]) -> str:
        first, second = match.groups()
        return f"{first}点到{second}" if (number(second) or 0) == (number(first) or 0) + 1 else match.group()

    text = _PAST_NOON.sub("下午", _BY_NOON.sub("上午", text.replace("元月", "一月")))
    return _TWO_HOURS.sub(hours, text)


def _wait(text: str) -> timedelta | None:
    """Return a wait that begins now (过两个小时, 半小时以后), None for a duration that is something else."""
    for found in _WAIT.finditer(text):
        before, half_hour, hours, and_half, hours_short, and_half_short, count, unit, after = found.groups()
        if not (before or after):
            continue
        if half_hour:
            return timedelta(minutes=30)
        if count:
            return timedelta(minutes=(number(count) or 0) * (1 if unit == "分钟" else 15))
        return timedelta(hours=number(hours or hours_short) or 0, minutes=30 if and_half or and_half_short else 0)
    return None


def _step_after(moment: datetime) -> datetime:
    """Return the moment, or the next whole step after it."""
    over = timedelta(minutes=moment.minute % _STEP_MIN, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + timedelta(minutes=_STEP_MIN if over else 0)


def _no_day(text: str, hours: _Hours, raw: str) -> VisitTime:
    if _ASAP.search(text):
        return VisitTime("match", "", (_value("asap", hours, raw),))
    if _ANY.search(text) or hours.part:  # "晚上七点后才有人": any day, in the evening
        return VisitTime("match", "", (_value("any", hours, raw),))
    return VisitTime("no_match")


def _value(kind: str, hours: _Hours, raw: str, day: date | None = None) -> dict[str, str]:
    dated = {"date": day.isoformat()} if day else {}
    return {"value": kind, **dated, "part": hours.part, "from": hours.start, "to": hours.end, "raw": raw}


def _refusal(day: date, hours: _Hours, now: datetime) -> str:
    today = china_day(now)
    if day < today:
        return "too_late"
    if day > today + timedelta(days=MAX_VISIT_DAYS):
        return "too_far"
    over = time.fromisoformat(hours.end) if hours.end else PART_OVER.get(hours.part, DAY_OVER)
    return "too_late" if day == today and now.astimezone(CHINA).time() >= over else ""


# ---- the day ----


def _days(text: str, today: date) -> list[date]:
    """Return the different days named, in the order they were said."""
    found: dict[date, None] = {}
    each = _TWO_DAYS.sub(r"\1天\2天", text)
    for _place, day in sorted(_named(each, today), key=lambda item: item[0]):
        found[day] = None
    return list(found)


def _named(text: str, today: date) -> Iterator[tuple[int, date]]:
    rest = text
    for pattern, days in _RELATIVE:
        for match in re.finditer(pattern, rest):
            yield match.start(), today + timedelta(days=days)
        rest = re.sub(pattern, lambda match: "|" * len(match.group()), rest)
    for match in _IN_DAYS.finditer(rest):
        count = number(match.group(1) or match.group(2))
        if count:
            yield match.start(), today + timedelta(days=min(count, 9999))
    for match in _IN_WEEKS.finditer(rest):
        yield match.start(), today + timedelta(days=7 * min(number(match.group(1) or match.group(2)) or 0, 999))
    for match in _IN_HALF_A_MONTH.finditer(rest):
        yield match.start(), today + timedelta(days=15)
    for match in _WEEKDAY.finditer(rest):
        yield match.start(), _weekday(today, match.group(1) or "", WEEKDAYS[match.group(2)])
    for match in _WEEKEND.finditer(rest):
        for weekday in (5, 6):
            yield match.start(), _weekday(today, match.group(1) or "这", weekday)
    for match in _MONTH_DAY.finditer(rest):
        day = _month_day(today, match.group(1), match.group(2) or "", number(match.group(3)))
        if day is not None:
            yield match.start(), day


def _weekday(today: date, which: str, weekday: int) -> date:
    """A weekday alone is the next one after today; 这个 is of this week (Monday first), 下 of the next."""
    monday = today - timedelta(days=today.weekday())
    if which.startswith("下下"):
        return monday + timedelta(days=14 + weekday)
    if which.startswith("下"):
        return monday + timedelta(days=7 + weekday)
    if which:
        return monday + timedelta(days=weekday)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _month_day(today: date, month_said: str | None, which: str, day: int | None) -> date | None:
    """Return a day of the month: the said one, this or the next (which), else the one that has the day before it."""
    if not day:
        return None
    if month_said:
        month = number(month_said) or 0
        this_year = make_day(today.year, month, day)
        next_year = make_day(today.year + 1, month, day)
        near = today + timedelta(days=_HALF_A_YEAR)  # 一月 said in December is the next one, though it may be too far
        return next_year if next_year and next_year <= near and (not this_year or this_year < today) else this_year
    next_month = make_day(today.year + today.month // 12, today.month % 12 + 1, day)
    this_month = make_day(today.year, today.month, day)
    if which:
        return next_month if which.startswith("下") else this_month
    return next_month if this_month is None or this_month < today else this_month


# ---- the part of the day ----


def _hours(text: str) -> _Hours:
    part = _part_in(text)
    between = _from_to(text)
    if between is not None:
        return between
    times = [(match.end(), hour) for match in _CLOCK.finditer(text) if (hour := _clock(match, part)) is not None]
    if not times:
        return _Hours("" if part == "night" else "any" if _EITHER.search(text) else part)
    end, first = times[0]
    said = first.strftime("%H:%M")
    if part in ("evening", "night") and first.hour < _NIGHT_OVER:
        return _Hours("morning", said, "", night=part == "evening" or (first.hour == 0 and "凌晨" not in text))
    part = part or _part_of(first)
    if _AFTER.match(text[end:]):
        return _Hours(part, said, "")
    if _BEFORE.match(text[end:]):
        return _Hours(part, "", said)
    return _Hours(part, said, said)


def _part_in(text: str) -> str:
    part = next((name for name, pattern in _PARTS if re.search(pattern, text)), "")
    return "night" if part in ("", "morning") and _NIGHT.search(text) else part


def _from_to(text: str) -> _Hours | None:
    """Return two hours as from and to, each of the part of the day said before it; None when there are no two."""
    matches = list(_CLOCK.finditer(text))
    if len(matches) < 2 or not _RANGE.match(text[matches[0].end() :]):
        return None
    begin, end = matches[:2]
    part = _part_in(text[: begin.start()])
    later = _part_in(text[begin.end() : end.start()])
    if "night" in (part, later):
        return None
    firsts, lasts = _could_be(begin, part), _could_be(end, later or part)
    if part and not later:
        lasts = sorted({*lasts, *(_not_before(first, last) for first in firsts for last in lasts)})
    spans = [(first, last) for first in firsts for last in lasts if first < last]
    if not spans:  # 八点到十二点 at night ends when nobody comes any more
        return _Hours(part or _part_of(firsts[0]), firsts[0].strftime("%H:%M")) if firsts else None
    first, last = min(spans, key=lambda span: (_minutes(span[1]) - _minutes(span[0]), span))
    return _Hours(part or _part_of(first), first.strftime("%H:%M"), last.strftime("%H:%M"))


def _could_be(match: re.Match[str], part: str) -> list[time]:
    """Return the times of day an hour may be: the one of its part, else those at which somebody comes."""
    known = _clock(match, part)
    if known is not None:
        return [known]
    hour, minute = number(match.group(1)), _minute(match)
    if hour is None or hour > 12 or minute is None:
        return []
    return [
        time(value, minute)
        for value in sorted({hour, (hour + 12) % 24})
        if value >= VISIT_HOURS[0] and value < VISIT_HOURS[1]
    ]


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _minute(match: re.Match[str]) -> int | None:
    found = {"半": 30, "一刻": 15, "三刻": 45}.get(match.group(2) or "", number(match.group(3) or "零"))
    return found if found is not None and found < 60 else None


def _clock(match: re.Match[str], part: str) -> time | None:
    hour = number(match.group(1))
    minute = _minute(match)
    if hour is None or hour > 24 or minute is None:
        return None
    hour = hour % 24
    if part in ("evening", "night") and hour % 12 < _NIGHT_OVER - 1:
        hour %= 12  # after midnight
    elif part == "night":
        return None
    elif hour < {"afternoon": 12, "evening": 12, "noon": 3}.get(part, 0):
        hour += 12
    elif part in ("", "any") and hour <= 12:
        fitting = [value for value in {hour, (hour + 12) % 24} if VISIT_HOURS[0] <= value < VISIT_HOURS[1]]
        if len(fitting) != 1:
            return None
        hour = fitting[0]
    return time(hour, minute)


def _not_before(start: time, end: time) -> time:
    """Return `end` in the same half of the day as `start` (上午十点到一点 ends at 13:00)."""
    later = time((end.hour + 12) % 24, end.minute)
    return end if end > start or later <= start else later


def _part_of(moment: time) -> str:
    if moment.hour < 12:
        return "morning"
    if moment.hour < 13:
        return "noon"
    return "afternoon" if moment.hour < 18 else "evening"
