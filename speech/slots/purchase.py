"""When it was bought, or since when it has been broken: "去年双十一", "二零二四年三月", "刚买五天" -> a span of days.

Nothing is guessed: a month without a year fits two and is asked, "好几年" is no answer. How wide a span is says how
sure its words are (两年前: half a year more or less), so that a warranty is judged only where both ends agree.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from speech.slots.calendar import COUNT, WEEKDAYS, Span, make_day, month_end, month_span, months_before, number
from speech.slots.numerals import digit_string

OLDEST_YEAR = 1990  # older is misheard: such boilers were not sold

_UNKNOWN = re.compile(
    "不记得|记不得|记不清|记不住|忘了|不清楚|不知道|不晓得|想不起|说不清|搬家那年|搞不清|房东买的|前任房主"
)
_DAYS = (
    ("大前天", 3),
    ("前天|前日|前儿", 2),
    ("昨天|昨日|昨晚|昨儿|寻日|昨夜", 1),
    ("今天|今日|今早|今晚|今儿|刚刚|刚才", 0),
)
_YEARS_AGO = {"今年": 0, "去年": 1, "旧年": 1, "前年": 2, "大前年": 3, "明年": -1, "后年": -2}
# No year has three digits: nothing parts 二二 when it is spoken, and its second half is lost.
_YEAR_2022 = re.compile("(?<![零〇一二两三四五六七八九])二[零〇]二年")
# 二千零二十一年, 二零二十五年: the tens of the year said as a count.
_COUNTED_YEAR = re.compile(rf"(?:[二两]千[零〇]?|二[零〇])({COUNT})(?=年)")
_YEARS_AND_MONTHS = re.compile(rf"({COUNT})年(?:零|又|加)?({COUNT})个月")
_HALF_OF_THE_YEAR = re.compile("上半年|下半年")
_YEAR = re.compile(
    r"大前年|前年|去年|旧年|今年|明年|后年|([零〇一二三四五六七八九幺0-9]{4}|[零〇一二三四五六七八九0-9]{2})年"
)
_MONTH = re.compile(rf"({COUNT})月份?(初|中旬?|底|末|({COUNT})[号日])?")
_RELATIVE_MONTH = re.compile(rf"(上上个?|上个?|这个?|本)月份?(初|中旬?|底|末|({COUNT})[号日])?")
_WEEKDAY = re.compile(r"(上上个?|上个?|这个?|本)(?:星期|礼拜|周)([一二三四五六日天])?")
_AGO = re.compile(
    r"(不到|快|将近|差不多|大概)?((?<![上下])半|[零〇一二两三四五六七八九十百0-9]{1,3})(?:来)?(个半|个多|个|多)?(天|星期|礼拜|周|月|年)"
    r"(半|多)?(以内|之内|内|以上|之前|以前|前|了)?"
)
_TWO_NUMBERS = re.compile(r"([一二两三四五六七八])([二两三四五六七八九])(天|个?月|年)(了|多|前)?")
_SPANS: tuple[tuple[str, tuple[int, int], tuple[int, int], str], ...] = (
    ("双十一|双11", (11, 1), (11, 15), "range"), ("双十二|双12", (12, 1), (12, 15), "range"),
    ("六一八|618", (6, 1), (6, 20), "range"),
    ("国庆|十一长假|十一黄金周|(?<![双月二三四五六七八九])十一(?![月号日个几点年天])", (10, 1), (10, 7), "range"),
    ("五一(?!路)|劳动节", (5, 1), (5, 5), "range"), ("元旦", (1, 1), (1, 3), "range"),
    ("春节|过年|大年", (1, 15), (2, 28), "range"), ("中秋", (9, 7), (10, 8), "range"),
    ("端午", (5, 28), (6, 25), "range"),
    ("清明", (4, 4), (4, 6), "range"), ("年初|开年", (1, 1), (3, 31), "season"),
    ("年底|年末|年尾", (11, 1), (12, 31), "season"),
    ("年中", (5, 1), (8, 31), "season"), ("上半年", (1, 1), (6, 30), "season"), ("下半年", (7, 1), (12, 31), "season"),
    ("春天|春季", (3, 1), (5, 31), "season"), ("夏天|夏季|热天", (6, 1), (8, 31), "season"),
    ("秋天|秋季", (9, 1), (11, 30), "season"),
)  # fmt: skip
_WINTER = re.compile("冬天|冬季|冷天|供暖季|采暖季")
_UNITS = {"天": 1, "星期": 7, "礼拜": 7, "周": 7, "月": 30, "年": 365}


_Reader = Callable[[str, date], list[Span] | None]


@dataclass(frozen=True, slots=True)
class Past:
    """What was said. status: match, ambiguous, no_match; meaning "unknown" when the caller does not know."""

    status: str
    meaning: str = ""
    values: tuple[dict[str, str], ...] = ()


def read_past(text: str, today: date | None) -> Past:
    """Read compact `text`; without `today` only 不记得 is understood."""
    spans = _spans(text, today) if today is not None else []
    kept = [cut for span in spans if today is not None and (cut := _cut(span, today)) is not None]
    if not kept:
        return Past("match", "unknown") if _UNKNOWN.search(text) else Past("no_match")
    values = tuple(_value(span, text) for span in kept[:3])
    return Past("match" if len(values) == 1 else "ambiguous", "", values)


def _cut(span: Span, today: date) -> Span | None:
    """Return the span as far as it is past; None when all of it is to come, or it is too old to be meant."""
    if span.last.year < OLDEST_YEAR or (span.first is not None and span.first > today):
        return None
    return Span(span.first, min(span.last, today), span.precision)


def _value(span: Span, raw: str) -> dict[str, str]:
    first = span.first.isoformat() if span.first else ""
    return {"date": span.last.isoformat(), "from": first, "to": span.last.isoformat(), "precision": span.precision,
            "raw": raw}  # fmt: skip


def _spans(text: str, today: date) -> list[Span]:
    """Return the reading of the first kind of words found; two when a year is missing.

    A reader returns None when its words are not there, [] when they are and make no sense: then nothing else is tried.
    """
    text = _COUNTED_YEAR.sub(_year_in_digits, text)
    readers: tuple[_Reader, ...] = (_between, _by_year, _by_month, _by_week, _by_day, _ago, _no_year)
    return next((spans for reader in readers if (spans := reader(text, today)) is not None), [])


# ---- a year, with or without a part of it ----


def _year_in_digits(match: re.Match[str]) -> str:
    tens = number(match.group(1))
    return str(2000 + tens) if tens is not None and 10 <= tens <= 99 else match.group()


def _by_year(text: str, today: date) -> list[Span] | None:
    match = _YEAR.search(_YEAR_2022.sub("二零二二年", text))
    if match is None:
        return None
    year = _year(match, today)
    if year is None:
        return []
    span = _within(match.string[match.end() :], year)
    return [span or Span(date(year, 1, 1), date(year, 12, 31), "year")]


def _year(match: re.Match[str], today: date) -> int | None:
    if match.group() in _YEARS_AGO:
        year = today.year - _YEARS_AGO[match.group()]
    else:
        digits = digit_string(match.group(1)) or ""
        year = int(digits) + (2000 if len(digits) == 2 else 0)
    return year if OLDEST_YEAR <= year <= today.year else None


def _within(text: str, year: int) -> Span | None:
    """Return the part of the year named in `text`, None when none is."""
    for pattern, first, last, precision in _SPANS:
        if re.search(pattern, text):
            return Span(date(year, *first), date(year, *last), precision)
    if _WINTER.search(text):
        return Span(date(year, 11, 1), month_end(year + 1, 2), "season")
    match = _MONTH.search(text)
    month = number(match.group(1)) if match else None
    if match is None or month is None or not 1 <= month <= 12:
        return None
    return _part_of_month(year, month, match.group(2), match.group(3))


def _part_of_month(year: int, month: int, part: str | None, day_said: str | None) -> Span | None:
    if day_said:
        day = make_day(year, month, number(day_said) or 0)
        return Span(day, day, "day") if day else None
    whole = month_span(year, month)
    if not part:
        return whole
    first, last = {"初": (1, 10), "中": (11, 20), "中旬": (11, 20)}.get(part, (21, whole.last.day))
    return Span(date(year, month, first), date(year, month, last), "range")


# ---- counted back from today ----


def _by_month(text: str, today: date) -> list[Span] | None:
    match = _RELATIVE_MONTH.search(text)
    if match is None:
        return None
    back = {"上上": 2, "上": 1}.get(match.group(1).rstrip("个"), 0)
    start = months_before(today.replace(day=1), back)
    span = _part_of_month(start.year, start.month, match.group(2), match.group(3))
    return [span] if span else []


def _by_week(text: str, today: date) -> list[Span] | None:
    match = _WEEKDAY.search(text)
    if match is None:
        return None
    back = {"上上": 14, "上": 7}.get(match.group(1).rstrip("个"), 0)
    monday = today - timedelta(days=today.weekday() + back)
    if not match.group(2):
        return [Span(monday, monday + timedelta(days=6), "range")]
    day = monday + timedelta(days=WEEKDAYS[match.group(2)])
    return [Span(day, day, "day")]


def _by_day(text: str, today: date) -> list[Span] | None:
    for pattern, back in _DAYS:
        if re.search(pattern, text):
            day = today - timedelta(days=back)
            return [Span(day, day, "day")]
    return None


def _between(text: str, today: date) -> list[Span] | None:
    """三四年 is three to four years; 二三年 is the year 2023 unless 了, 多 or 前 follows."""
    match = _TWO_NUMBERS.search(text)
    if match is None:
        return None
    low, high, unit = number(match.group(1)), number(match.group(2)), match.group(3).removeprefix("个")
    a_year = unit == "年" and not match.group(4) and "两" not in match.group() and 2000 + 10 * (low or 0) <= today.year
    before = text[: match.start()]
    if match.group(3) == "月":
        return None  # 三四月 are March and April
    if low is None or high != low + 1 or a_year or digit_string(before[-1:]):
        return None
    return [Span(_back(today, high + 1, unit) + timedelta(days=1), _back(today, low, unit), "range")]


def _ago(text: str, today: date) -> list[Span] | None:
    both = _YEARS_AND_MONTHS.search(text)
    if both is not None:
        months = 12 * (number(both.group(1)) or 0) + (number(both.group(2)) or 0)
        return [_about(today, float(months), "月", "", "")] if 0 < months < 12 * 100 else []
    match = _AGO.search(text)
    if match is None:
        return None
    about, said, middle, unit, more, bound = match.groups()
    if unit == "月" and not (middle or "").startswith("个"):
        return None  # 三月 is March
    count = 0.5 if said == "半" else float(number(said) or 0)
    if not count or (unit == "年" and middle == "个"):
        return None
    count += 0.5 if more == "半" or middle == "个半" else 0.0
    fuzzy = "more" if more == "多" or middle in ("多", "个多") else "less" if about in ("不到", "快", "将近") else ""
    return [_about(today, count, unit, bound or "", fuzzy)]


def _about(today: date, count: float, unit: str, bound: str, fuzzy: str) -> Span:
    there = _back(today, count, unit)
    if bound in ("以内", "之内", "内"):
        return Span(there, today, "range")
    if bound == "以上":
        return Span(None, there, "range")
    if fuzzy == "more":
        return Span(_back(today, count * 2 if count < 1 else count + 1, unit), there, "range")
    if fuzzy == "less":
        return Span(there, _back(today, count - 1 if count > 1 else 0, unit), "range")
    if unit == "天":
        return Span(there, there, "day")
    slack = timedelta(days=round(_UNITS[unit] * (0.5 if count >= 1 else 0.25)))
    return Span(there - slack, there + slack, "range")


def _back(today: date, count: float, unit: str) -> date:
    if unit == "年":
        return months_before(today, round(count * 12))
    if unit == "月" and count == int(count):
        return months_before(today, int(count))
    return today - timedelta(days=round(count * _UNITS[unit]))


# ---- a month or feast without a year fits this year and the last ----


def _no_year(text: str, today: date) -> list[Span]:
    years = (today.year, today.year - 1, today.year - 2)
    if _HALF_OF_THE_YEAR.search(text) and (half := _within(text, today.year)) and half.first and half.first <= today:
        return [half]  # the one that runs or has just been
    spans = [span for year in years if (span := _within(text, year))]
    return [span for span in spans if span.first is not None and span.first <= today][:2]
