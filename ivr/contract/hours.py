"""When people answer which queue, and which days are worked: a dated calendar with 调休, and how long it lasts. Pure.

Days off and the working weekends that make up for them are announced by the State Council a year at a time; the
library chinesecalendar carries them up to the year that was announced when it was released. After that a day is what
its weekday says, unless the setting says otherwise, and `warning` tells people before it comes to that.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from chinese_calendar import constants

OVERFLOW = "repair"
DATED_QUEUES = frozenset({"consult", "complaint"})  # the others have somebody at all hours
# 〔设定,可改〕 the hours of working days are the dialogues', those of days off the office hours of the service document
DEFAULT_HOURS = "work=08:00-22:00 weekend=09:00-18:00 holiday=09:00-18:00"
WARN_BEFORE = timedelta(days=45)  # the next year is announced in November
_LIBRARY_ENDS = date(max(constants.holidays).year, 12, 31)
_HOURS = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")
_MINUTES_A_DAY = 24 * 60
_LONGEST_SPAN = timedelta(days=366)
_SATURDAY = 5  # date.weekday


class DayKind(StrEnum):
    """What a day is."""

    WORK = "work"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


_KINDS = {kind.value: kind for kind in DayKind}


class BadHours(ValueError):
    """A setting of the hours that cannot be used; the text (Chinese) names the entry."""


@dataclass(frozen=True, slots=True)
class Open:
    """Minutes of the day in which people answer, end not included; begin == end is a closed day."""

    begin: int
    end: int


_CLOSED = Open(0, 0)


@dataclass(frozen=True, slots=True)
class EndOfData:
    """The data end soon, or have ended. ends_on: their last day."""

    ends_on: date
    over: bool


@dataclass(frozen=True, slots=True)
class HumanHours:
    """The hours of consult and complaint, dated in `zone`. `parse_hours` makes one from the setting.

    kinds: hours of each kind of day. days: what the setting says of single days, a kind or hours of their own.
    until: the last day for which days off are known.
    """

    zone: tzinfo
    kinds: Mapping[DayKind, Open]
    days: Mapping[date, DayKind | Open]
    until: date = _LIBRARY_ENDS

    def kind(self, day: date) -> DayKind:
        """Return what kind of day it is: as set, else as announced, else by its weekday."""
        told = self.days.get(day)
        if isinstance(told, DayKind):
            return told
        if day in constants.workdays:
            return DayKind.WORK
        if day in constants.holidays:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.weekday() >= _SATURDAY else DayKind.WORK

    def hours(self, day: date) -> Open:
        """Return the hours of a day."""
        told = self.days.get(day)
        return told if isinstance(told, Open) else self.kinds[self.kind(day)]

    def works(self, day: date, weekdays: Collection[int]) -> bool:
        """Tell whether an office of these ISO weekdays works on a day: not on a day off, but on a weekend that makes up
        for one, whatever its weekday. A day that the setting closes is one off."""
        if self.days.get(day) == _CLOSED or self.kind(day) is DayKind.HOLIDAY:
            return False
        made_up = self.kind(day) is DayKind.WORK and day.weekday() >= _SATURDAY
        return made_up or day.isoweekday() in weekdays

    def queue_for(self, queue: str, now: datetime) -> str:
        """Return the queue that takes this queue's callers at `now` (aware)."""
        if queue not in DATED_QUEUES:
            return queue
        local = now.astimezone(self.zone)
        span, minute = self.hours(local.date()), local.hour * 60 + local.minute
        return queue if span.begin <= minute < span.end else OVERFLOW

    def open_from(self, queue: str, local: datetime) -> datetime:
        """Return the first moment from `local` (without zone) on when this queue's own people answer.

        `local` itself where somebody answers at all hours, or where no day of the next year has any.
        """
        if queue not in DATED_QUEUES:
            return local
        midnight = datetime.combine(local.date(), time())
        for days in range(_LONGEST_SPAN.days):
            day = midnight + timedelta(days=days)
            span = self.hours(day.date())
            moment = max(local, day + timedelta(minutes=span.begin))
            if moment < day + timedelta(minutes=span.end):
                return moment
        return local

    def warning(self, now: datetime) -> EndOfData | None:
        """Tell that the data of days off end within WARN_BEFORE, or have ended; None while they last."""
        today = now.astimezone(self.zone).date()
        if today <= self.until - WARN_BEFORE:
            return None
        return EndOfData(self.until, over=today > self.until)


def parse_hours(text: str, zone: tzinfo) -> HumanHours:
    """Parse the setting; raises BadHours.

    Entries are divided by blanks: `work|weekend|holiday=HH:MM-HH:MM` (needed, or `closed`); `DAY=` or `DAY..DAY=` with
    hours, `closed`, or the kind of day it is (a working Sunday: `2027-02-14=work`); `until=DAY` once the days off of a
    year that the library does not know are all entered.
    """
    kinds: dict[DayKind, Open] = {}
    days: dict[date, DayKind | Open] = {}
    until = _LIBRARY_ENDS
    for entry in text.split():
        name, _, value = entry.partition("=")
        if name == "until":
            until = max(until, _day(value, entry))
        elif name in _KINDS:
            kinds[_KINDS[name]] = _open(value, entry)
        else:
            told: DayKind | Open = _KINDS.get(value) or _open(value, entry)
            days |= dict.fromkeys(_span(name, entry), told)
    missing = [kind.value for kind in DayKind if kind not in kinds]
    if missing:
        raise BadHours(f"没有写时段:{'、'.join(missing)}")
    return HumanHours(zone, kinds, days, until)


def _open(value: str, entry: str) -> Open:
    if value == "closed":
        return _CLOSED
    found = _HOURS.fullmatch(value)
    if found is None:
        raise BadHours(f"时段要写成 08:00-22:00 或 closed:{entry}")
    begin, end = (int(found[i]) * 60 + int(found[i + 1]) for i in (1, 3))
    if not begin < end <= _MINUTES_A_DAY:
        raise BadHours(f"时段的结束要晚于开始,最晚 24:00:{entry}")
    return Open(begin, end)


def _span(name: str, entry: str) -> list[date]:
    first, _, last = name.partition("..")
    begin = _day(first, entry)
    end = _day(last, entry) if last else begin
    if not begin <= end <= begin + _LONGEST_SPAN:
        raise BadHours(f"日期的先后不对,或超过一年:{entry}")
    return [begin + timedelta(days=count) for count in range((end - begin).days + 1)]


def _day(text: str, entry: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadHours(f"不认识的写法:{entry}") from None


def warning_text(warning: EndOfData) -> str:
    """Return the alarm as people read it."""
    if warning.over:
        what = "咨询、投诉的时段和按工作日算的时限只看星期"
        return f"节假日数据已于 {warning.ends_on} 到期：{what}，请补 HOTLINE_HUMAN_HOURS"
    return f"节假日数据 {warning.ends_on} 到期，请尽快升级或补 HOTLINE_HUMAN_HOURS"
