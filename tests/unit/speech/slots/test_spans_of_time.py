"""Hours from and to, days ahead and spans of purchase, said in the ways people say them."""

from datetime import datetime

import pytest

from speech.slots.calendar import CHINA
from speech.slots.purchase import read_past
from speech.slots.visit import read_visit

NOW = datetime(2026, 11, 28, 10, 0, tzinfo=CHINA)  # a Saturday


@pytest.mark.parametrize(
    ("said", "part", "start", "end"),
    [
        ("明天九点到下午三点", "morning", "09:00", "15:00"),
        ("明天上午九点到下午五点", "morning", "09:00", "17:00"),
        ("明天上午十点到一点", "morning", "10:00", "13:00"),
        ("明天八点到十点", "morning", "08:00", "10:00"),
        ("明天七点到八点", "evening", "19:00", "20:00"),
        ("明天下午两三点", "afternoon", "14:00", "15:00"),
        ("明天晚上七点半到八点", "evening", "19:30", "20:00"),
        ("明天二十三点", "evening", "23:00", "23:00"),
        ("明天上午或者下午", "any", "", ""),
        ("明天中午前", "morning", "", ""),
        ("明天中午以后", "afternoon", "", ""),
        ("明天晚一点", "", "", ""),
        ("明天二十五点到三点", "afternoon", "15:00", "15:00"),  # no such hour
        ("明天半夜一点到两点", "morning", "01:00", ""),
        ("今晚一点", "morning", "01:00", ""),
        ("明早八点", "morning", "08:00", "08:00"),
        ("明天十三点到十二点", "afternoon", "13:00", ""),  # what turns round is no span
    ],
)
def test_hours(said: str, part: str, start: str, end: str) -> None:
    (value,) = read_visit(said, NOW).values
    assert (value["date"], value["part"], value["from"], value["to"]) == ("2026-11-29", part, start, end)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("两个星期以后", "2026-12-12"),
        ("再过一个星期", "2026-12-05"),
        ("一周以后", "2026-12-05"),
        ("半个月以后", "2026-12-13"),
        ("再过半个月", "2026-12-13"),
        ("十二月三号", "2026-12-03"),
    ],
)
def test_days_ahead(said: str, day: str) -> None:
    assert [value["date"] for value in read_visit(said, NOW).values] == [day]


@pytest.mark.parametrize(
    ("said", "meaning"), [("一月三号", "too_far"), ("元月三号", "too_far"), ("十月三号", "too_late")]
)
def test_a_day_of_a_month_is_the_nearest_one(said: str, meaning: str) -> None:
    assert read_visit(said, NOW).meaning == meaning


@pytest.mark.parametrize("said", ["明天别来", "周末不行", "除了明天都行", "除了周末都行", "有一点", "早一点"])
def test_what_names_no_day_is_asked_again(said: str) -> None:
    assert read_visit(said, NOW).status == "no_match"


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("上半年买的", "2026-01-01", "2026-06-30"),
        ("下半年买的", "2026-07-01", "2026-11-28"),
        ("去年上半年", "2025-01-01", "2025-06-30"),
        ("两千零二十年", "2020-01-01", "2020-12-31"),
        ("二千零二十一年三月", "2021-03-01", "2021-03-31"),
        ("二零二十五年", "2025-01-01", "2025-12-31"),
        ("二零零八年", "2008-01-01", "2008-12-31"),
        ("一年十个月", "2025-01-13", "2025-02-12"),
        ("两年零八个月", "2024-03-13", "2024-04-12"),
        ("去年十一", "2025-10-01", "2025-10-07"),
        ("去年十一月", "2025-11-01", "2025-11-30"),
        ("去年三月十一", "2025-03-01", "2025-03-31"),
        ("二零二四年五月十一", "2024-05-01", "2024-05-31"),
        ("二零二四年三四月", "2024-01-01", "2024-12-31"),
        ("去年七八月", "2025-01-01", "2025-12-31"),
        ("三四个月", "2026-06-29", "2026-08-28"),
        ("去年双十一", "2025-11-01", "2025-11-15"),
        ("买了十一天", "2026-11-17", "2026-11-17"),
    ],
)
def test_when_it_was_bought(said: str, first: str, last: str) -> None:
    (value,) = read_past(said, NOW.date()).values
    assert (value["from"], value["to"]) == (first, last)


def test_months_that_make_no_sense_are_none() -> None:
    assert read_past("九十九年九十九个月", NOW.date()).status == "no_match"
    assert read_past("二零百年", NOW.date()).status == "no_match"
