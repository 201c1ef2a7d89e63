"""Hours of consult and complaint by a dated calendar; repair and emergency have somebody at all hours."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.contract.hours import (
    DEFAULT_HOURS,
    BadHours,
    DayKind,
    EndOfData,
    HumanHours,
    parse_hours,
    warning_text,
)

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = parse_hours(DEFAULT_HOURS, ZONE)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(clock).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("clock", "queue", "answers"),
    [
        ("2026-11-23T07:59", "consult", "repair"),
        ("2026-11-23T08:00", "consult", "consult"),
        ("2026-11-23T21:59", "complaint", "complaint"),
        ("2026-11-23T22:00", "complaint", "repair"),
        ("2026-11-22T08:30", "consult", "repair"),  # a Sunday
        ("2026-11-22T17:59", "consult", "consult"),
        ("2026-10-10T20:00", "consult", "consult"),  # a Saturday that makes up for National Day
        ("2026-09-20T08:00", "complaint", "complaint"),  # a working Sunday
        ("2026-10-01T20:00", "complaint", "repair"),  # National Day, a Thursday
        ("2026-10-01T09:00", "complaint", "complaint"),
        ("2026-10-01T03:00", "repair", "repair"),
        ("2026-10-01T03:00", "emergency", "emergency"),
    ],
)
def test_who_answers_when(clock: str, queue: str, answers: str) -> None:
    assert HOURS.queue_for(queue, at(clock)) == answers


@pytest.mark.parametrize(
    ("queue", "asked", "from_then_on"),
    [
        ("consult", "2026-11-23T10:30", "2026-11-23T10:30"),
        ("consult", "2026-11-23T07:00", "2026-11-23T08:00"),
        ("complaint", "2026-11-23T22:00", "2026-11-24T08:00"),
        ("complaint", "2026-11-20T23:00", "2026-11-21T09:00"),  # the next day is a Saturday
        ("repair", "2026-11-23T03:00", "2026-11-23T03:00"),
    ],
)
def test_from_when_on_people_answer(queue: str, asked: str, from_then_on: str) -> None:
    assert HOURS.open_from(queue, datetime.fromisoformat(asked)) == datetime.fromisoformat(from_then_on)


def test_a_queue_that_is_closed_for_ever_moves_nobody() -> None:
    closed = parse_hours("work=closed weekend=closed holiday=closed", ZONE)
    asked = datetime.fromisoformat("2026-11-23T10:30")
    assert closed.open_from("consult", asked) == asked


def test_the_day_is_that_of_the_hotline() -> None:
    assert HOURS.queue_for("consult", datetime.fromisoformat("2026-11-22T23:30:00+00:00")) == "repair"
    assert HOURS.queue_for("consult", datetime.fromisoformat("2026-11-23T00:30:00+00:00")) == "consult"


def test_after_the_data_a_day_is_what_its_weekday_says() -> None:
    assert HOURS.kind(date(2027, 2, 6)) is DayKind.WEEKEND
    assert HOURS.kind(date(2027, 10, 1)) is DayKind.WORK  # National Day, and nobody has told us


def test_the_setting_tells_of_single_days_and_spans() -> None:
    said = " 2027-02-05..2027-02-11=holiday 2027-02-14=work 2026-12-31=08:00-12:00 2027-01-01=closed"
    told = parse_hours(DEFAULT_HOURS + said, ZONE)
    assert [told.kind(date(2027, 2, day)) for day in (5, 11, 12, 14)] == [
        DayKind.HOLIDAY,
        DayKind.HOLIDAY,
        DayKind.WORK,
        DayKind.WORK,
    ]
    assert told.queue_for("consult", at("2027-02-14T20:00")) == "consult"
    assert told.queue_for("consult", at("2026-12-31T11:59")) == "consult"
    assert told.queue_for("consult", at("2026-12-31T12:00")) == "repair"
    assert told.queue_for("consult", at("2027-01-01T12:00")) == "repair"
    assert told.kind(date(2026, 12, 31)) is DayKind.WORK


def test_it_warns_before_the_data_end_and_after() -> None:
    ends_on = date(2026, 12, 31)
    assert HOURS.warning(at("2026-11-16T23:59")) is None
    assert HOURS.warning(at("2026-11-17T00:00")) == EndOfData(ends_on, over=False)
    assert HOURS.warning(at("2026-12-31T23:59")) == EndOfData(ends_on, over=False)
    assert HOURS.warning(at("2027-01-01T00:00")) == EndOfData(ends_on, over=True)
    assert "2026-12-31 到期，请" in warning_text(EndOfData(ends_on, over=False))
    assert "只看星期" in warning_text(EndOfData(ends_on, over=True))


def test_days_entered_by_hand_quiet_the_warning() -> None:
    told = parse_hours(f"{DEFAULT_HOURS} until=2027-12-31", ZONE)
    assert told.warning(at("2027-01-01T00:00")) is None
    early = parse_hours(f"{DEFAULT_HOURS} until=2020-12-31", ZONE)
    assert early.until == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("setting", "names"),
    [
        ("work=08:00-22:00 weekend=closed", "holiday"),
        (f"{DEFAULT_HOURS} work=8-22", "work=8-22"),
        (f"{DEFAULT_HOURS} work=22:00-08:00", "work=22:00-08:00"),
        (f"{DEFAULT_HOURS} work=08:00-24:01", "work=08:00-24:01"),
        (f"{DEFAULT_HOURS} sunday=closed", "sunday=closed"),
        (f"{DEFAULT_HOURS} 2027-02-30=work", "2027-02-30=work"),
        (f"{DEFAULT_HOURS} 2027-02-03=feast", "2027-02-03=feast"),
        (f"{DEFAULT_HOURS} 2027-02-03..2027-02-01=work", "2027-02-03..2027-02-01=work"),
        (f"{DEFAULT_HOURS} 2027-02-03..2029-02-01=work", "2027-02-03..2029-02-01=work"),
        (f"{DEFAULT_HOURS} until=", "until="),
    ],
)
def test_a_bad_setting_is_refused_by_name(setting: str, names: str) -> None:
    with pytest.raises(BadHours) as refused:
        parse_hours(setting, ZONE)
    assert names in str(refused.value)


def test_whole_days() -> None:
    always: HumanHours = parse_hours("work=00:00-24:00 weekend=00:00-24:00 holiday=00:00-24:00", ZONE)
    assert always.queue_for("complaint", at("2026-10-01T23:59")) == "complaint"


@pytest.mark.parametrize(
    ("day", "works"),
    [("2026-09-30", True), ("2026-10-01", False), ("2026-10-07", False), ("2026-10-08", True),  # National Day
     ("2026-10-10", True),  # a Saturday that makes up for it
     ("2026-09-20", True),  # a Sunday that makes up for Mid-Autumn
     ("2026-11-21", True), ("2026-11-22", False)],  # an office that is open on Saturdays
)  # fmt: skip
def test_which_days_an_office_of_saturdays_works(day: str, *, works: bool) -> None:
    assert HOURS.works(date.fromisoformat(day), frozenset(range(1, 7))) is works


def test_what_the_setting_says_of_a_day_holds_for_the_office_too() -> None:
    told = parse_hours(f"{DEFAULT_HOURS} 2026-11-24=closed 2026-11-25=holiday 2026-11-22=work", ZONE)
    days = [date(2026, 11, day) for day in (22, 23, 24, 25)]
    assert [told.works(day, frozenset(range(1, 6))) for day in days] == [True, True, False, False]
