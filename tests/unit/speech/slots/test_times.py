"""Days and spans: when somebody may come, when it was bought."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.contract import MAX_VISIT_DAYS, Interpretation, SlotKind, SlotSpec
from speech.packs import Pack
from speech.slots import Slots
from speech.slots.calendar import CHINA
from tests.unit.speech.slots.samples import LEXICON
from tests.unit.speech.slots.test_numerals import spoken

SLOTS = Slots(Pack())
NOW = datetime(2026, 7, 24, 10, 0, tzinfo=CHINA)  # a Friday
VISIT = SlotSpec("visit_day", SlotKind.VISIT_TIME)
PURCHASE = SlotSpec("purchase_date", SlotKind.PURCHASE_DATE)


def visit(said: str, now: datetime | None = NOW, **current: str) -> Interpretation:
    return SLOTS.interpret(SlotSpec("v", SlotKind.VISIT_TIME, current=current), LEXICON, (said,), now)


def purchase(said: str, now: datetime | None = NOW) -> Interpretation:
    return SLOTS.interpret(PURCHASE, LEXICON, (said,), now)


@pytest.mark.parametrize(
    ("said", "day", "part", "start", "end"),
    [
        ("明天 下午 三点 以后", "2026-07-25", "afternoon", "15:00", ""),
        ("明天 下午 三 点 一 号", "2026-07-25", "afternoon", "15:00", ""),
        ("明天 下午 三 点 半 一 号", "2026-07-25", "afternoon", "15:30", ""),
        ("后天 上午", "2026-07-26", "morning", "", ""),
        ("星期六", "2026-07-25", "", "", ""),
        ("礼拜六 上午", "2026-07-25", "morning", "", ""),
        ("周五", "2026-07-31", "", "", ""),
        ("这 周五", "2026-07-24", "", "", ""),
        ("下 星期三", "2026-07-29", "", "", ""),
        ("下下 周一", "2026-08-03", "", "", ""),
        ("改成 后天", "2026-07-26", "", "", ""),
        ("不是 明天 是 后天", "2026-07-26", "", "", ""),
        ("明天 不行 后天 吧", "2026-07-26", "", "", ""),
        ("今天 能 来 不", "2026-07-24", "", "", ""),
        ("今天 下午", "2026-07-24", "afternoon", "", ""),
        ("听日 下昼", "2026-07-25", "afternoon", "", ""),
        ("后儿个 早上", "2026-07-26", "morning", "", ""),
        ("大后天", "2026-07-27", "", "", ""),
        ("明晚", "2026-07-25", "evening", "", ""),
        ("二十八 号", "2026-07-28", "", "", ""),
        ("五 号", "2026-08-05", "", "", ""),
        ("下个月 五 号", "2026-08-05", "", "", ""),
        ("七月 二十六 号 下午", "2026-07-26", "afternoon", "", ""),
        ("三 天 以后", "2026-07-27", "", "", ""),
        ("一个 星期 以后", "2026-07-31", "", "", ""),
        ("明天 三点 到 五点", "2026-07-25", "afternoon", "15:00", "17:00"),
        ("明天 上午 十点 到 一点", "2026-07-25", "morning", "10:00", "13:00"),
        ("明天 下午 五点 前", "2026-07-25", "afternoon", "", "17:00"),
        ("明天 中午 十二点 半", "2026-07-25", "noon", "12:30", "12:30"),
        ("明天 中午 一点", "2026-07-25", "noon", "13:00", "13:00"),
        ("明天 十点 一刻", "2026-07-25", "morning", "10:15", "10:15"),
        ("明天 十二点", "2026-07-25", "noon", "12:00", "12:00"),
        ("礼拜天 晚上 八点", "2026-07-26", "evening", "20:00", "20:00"),
        ("明天 七点", "2026-07-25", "evening", "19:00", "19:00"),
        ("明天 八点", "2026-07-25", "", "", ""),  # morning or evening: not known
        ("明天 五十点", "2026-07-25", "", "", ""),
        ("明天 十点 七十分", "2026-07-25", "", "", ""),
        ("明天 随时", "2026-07-25", "any", "", ""),
        ("零 天 以后 明天", "2026-07-25", "", "", ""),
        ("过 三天 再来", "2026-07-27", "", "", ""),
        ("后天 早上 九点 往后 都行", "2026-07-26", "morning", "09:00", ""),
        ("后天 吃过 午饭 再来", "2026-07-26", "afternoon", "", ""),
        ("礼拜六 头午 来 下午 要 出门", "2026-07-25", "morning", "", ""),
        ("礼拜五 天黑 以后", "2026-07-31", "evening", "", ""),
        ("明天 晚上 八点 前后", "2026-07-25", "evening", "20:00", "20:00"),
        ("明天 晚上 八点 到 十二点", "2026-07-25", "evening", "20:00", ""),
        ("今天 晚上 十二点 以后", "2026-07-25", "morning", "00:00", ""),
        ("今晚 一点", "2026-07-25", "morning", "01:00", ""),
        ("今天 夜里 两点", "2026-07-25", "morning", "02:00", ""),
        ("明天 半夜 十二点", "2026-07-26", "morning", "00:00", ""),
        ("明天 凌晨 两点", "2026-07-25", "morning", "02:00", ""),
        ("明天 凌晨 十二点", "2026-07-25", "morning", "00:00", ""),
        ("明天 凌晨", "2026-07-25", "", "", ""),
        ("明天 凌晨 九点", "2026-07-25", "", "", ""),
    ],
)
def test_a_visit_has_a_day_and_a_part(said: str, day: str, part: str, start: str, end: str) -> None:
    value = visit(said).value
    assert (value["value"], value["date"]) == ("date", day)
    assert (value["part"], value["from"], value["to"]) == (part, start, end)


@pytest.mark.parametrize(
    ("said", "value", "part", "start"),
    [
        ("越快越好 冻死 了", "asap", "", ""),
        ("随便 哪天", "any", "", ""),
        ("什么 时候 都 行", "any", "any", ""),
        ("我 白天 上班 晚上 七点 后 才 有 人", "any", "evening", "19:00"),
    ],
)
def test_a_visit_without_a_day(said: str, value: str, part: str, start: str) -> None:
    for now in (NOW, None):
        found = visit(said, now).value
        assert (found["value"], found["part"], found["from"]) == (value, part, start)


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("这 周一", "too_late"),
        ("七月 一 号", "too_late"),
        ("今天 早上", ""),
        ("八月 三十 号", "too_far"),
        ("一百 天 以后", "too_far"),
    ],
)
def test_what_is_past_or_too_far_is_refused(said: str, meaning: str) -> None:
    assert visit(said).meaning == meaning


@pytest.mark.parametrize(
    ("said", "hour", "late"), [("今天", 18, True), ("今天", 17, False), ("今天 早上", 12, True), ("今晚", 20, False)]
)
def test_today_can_be_too_late(said: str, hour: int, late: bool) -> None:
    assert (visit(said, NOW.replace(hour=hour)).meaning == "too_late") == late


def test_the_end_said_decides_whether_today_is_too_late() -> None:
    assert visit("今天 下午 两点 前", NOW.replace(hour=15)).meaning == "too_late"
    assert visit("今天 下午 两点 以后", NOW.replace(hour=15)).meaning == ""


@pytest.mark.parametrize(
    ("said", "day", "start"),
    [
        ("半 小时 以后", 24, "12:30"),
        ("半 个 钟头 后 再打", 24, "12:30"),
        ("过 两 个 小时", 24, "14:00"),
        ("两 个 半 小时 后 打 给 我", 24, "14:30"),
        ("一 个 半 钟 后", 24, "13:30"),
        ("十 分钟 之后", 24, "12:30"),
        ("三 刻钟 以后", 24, "13:00"),
        ("等 一 个 小时 再 打 来", 24, "13:00"),
        ("过 十二 个 小时", 25, "00:00"),
        ("过 零 小时", 24, "12:00"),
        ("九千 小时 以后", None, ""),
    ],
)
def test_a_wait_ends_on_the_next_half_hour(said: str, day: int | None, start: str) -> None:
    found = visit(said, NOW.replace(hour=12)).value
    wanted = {"date": f"2026-07-{day}", "from": start, "to": ""} if day else {}
    assert {name: found[name] for name in ("date", "from", "to") if name in found} == wanted


def test_a_wait_is_never_shorter_than_it_was_said() -> None:
    assert visit("半 小时 以后", NOW.replace(minute=0, second=1)).value["from"] == "11:00"
    assert visit("半 小时 以后", NOW.replace(minute=59)).value["from"] == "11:30"


@pytest.mark.parametrize("said", ["我 等 两 个 小时 了", "一 个 小时 内 到", "半 小时"])
def test_a_duration_is_no_wait(said: str) -> None:
    assert visit(said).status == "no_match"


@pytest.mark.parametrize(
    "said", ["昨天", "半夜", "明天 我 不在家", "等 一下", "三十二 月 五 号", "九十 号", "零 号", "二月 三十 号"]
)
def test_what_is_no_visit(said: str) -> None:
    assert visit(said).status == "no_match"


@pytest.mark.parametrize(
    ("said", "today", "date", "meaning"),
    [
        ("这个月 三十 号", "2026-12-31", "", "too_late"),
        ("本月 三十一 号", "2026-12-30", "2026-12-31", ""),
        ("三十 号", "2026-12-31", "2027-01-30", ""),
        ("下个月 一 号", "2026-12-31", "2027-01-01", ""),
        ("这个月 三十 号", "2027-02-28", "", ""),
    ],
)
def test_this_month_is_not_the_next(said: str, today: str, date: str, meaning: str) -> None:
    found = visit(said, datetime.fromisoformat(today).replace(hour=9, tzinfo=CHINA))
    assert (found.value.get("date", ""), found.meaning) == (date, meaning)


def test_two_days_are_asked() -> None:
    both = visit("明后天 上午")
    assert [row["date"] for row in both.candidates] == ["2026-07-25", "2026-07-26"]
    assert visit("我都在家").value["value"] == "any"
    result = visit("周末")
    assert (result.status, [item["date"] for item in result.candidates]) == ("ambiguous", ["2026-07-25", "2026-07-26"])
    assert len(visit("明天 或者 后天").candidates) == 2
    assert visit("下 周末").candidates[0]["date"] == "2026-08-01"


def test_a_year_of_three_digits_is_2022() -> None:
    """Nothing parts 二二 when it is spoken: its second half is lost, and 02 is no year to be taken for it."""
    assert purchase("二 零 二 年 三 月").value["from"] == "2022-03-01"
    assert purchase("二 零 零 二 年 三 月").value["from"] == "2002-03-01"
    assert purchase("二 零 二 零 年 三 月").value["from"] == "2020-03-01"


def test_without_a_clock_no_day_is_understood() -> None:
    assert visit("明天", None).status == "no_match"
    assert purchase("昨天", None).status == "no_match"


def test_the_year_turns() -> None:
    december = datetime(2026, 12, 20, 9, 0, tzinfo=CHINA)
    assert visit("一月 三 号", december).value["date"] == "2027-01-03"
    assert visit("三 号", december).value["date"] == "2027-01-03"
    assert visit("三十一 号", datetime(2026, 6, 20, tzinfo=UTC)).meaning == "too_far"  # June has none


def test_the_part_of_a_day_said_before() -> None:
    value = visit("三点 到 五点", date="2026-07-26").value
    assert (value["date"], value["from"], value["to"]) == ("2026-07-26", "15:00", "17:00")
    assert visit("头晌", date="2026-07-26").value["part"] == "morning"


def test_days_are_counted_in_china() -> None:
    late_in_london = datetime(2026, 7, 24, 17, 0, tzinfo=UTC)  # 01:00 of the next day in China
    assert visit("明天", late_in_london).value["date"] == "2026-07-26"


@settings(deadline=None)
@given(days=st.integers(0, MAX_VISIT_DAYS), hour=st.integers(0, 17))
def test_every_day_of_the_month_ahead_comes_back(days: int, hour: int) -> None:
    now = NOW.replace(hour=hour)
    day = now.date() + timedelta(days=days)
    said = f"{_count(day.month)}月{_count(day.day)}号"
    assert visit(said, now).value["date"] == day.isoformat()


def _count(value: int) -> str:
    words = spoken(value) if value >= 10 else "零一二三四五六七八九"[value]
    return words.removeprefix("一") if words.startswith("一十") else words


@pytest.mark.parametrize(
    ("said", "first", "last", "precision"),
    [
        ("去年 双十一 买 的", "2025-11-01", "2025-11-15", "range"),
        ("前年 冬天 装 的", "2024-11-01", "2025-02-28", "season"),
        ("去年 夏天", "2025-06-01", "2025-08-31", "season"),
        ("二零二四 年 三月", "2024-03-01", "2024-03-31", "month"),
        ("二二 年 十月", "2022-10-01", "2022-10-31", "month"),
        ("二零二三 年 五月 六 号", "2023-05-06", "2023-05-06", "day"),
        ("二零二三 年 二月 三十 号", "2023-01-01", "2023-12-31", "year"),
        ("二零二三 年 十五 月", "2023-01-01", "2023-12-31", "year"),
        ("去年 十一月 初", "2025-11-01", "2025-11-10", "range"),
        ("去年 十一月 中旬", "2025-11-11", "2025-11-20", "range"),
        ("去年 十一月 底", "2025-11-21", "2025-11-30", "range"),
        ("18年", "2018-01-01", "2018-12-31", "year"),
        ("大前年", "2023-01-01", "2023-12-31", "year"),
        ("今年", "2026-01-01", "2026-07-24", "year"),
        ("上个月 底", "2026-06-21", "2026-06-30", "range"),
        ("上个月", "2026-06-01", "2026-06-30", "month"),
        ("这个月 五 号", "2026-07-05", "2026-07-05", "day"),
        ("上上个月", "2026-05-01", "2026-05-31", "month"),
        ("上 礼拜三", "2026-07-15", "2026-07-15", "day"),
        ("上 礼拜", "2026-07-13", "2026-07-19", "range"),
        ("昨天", "2026-07-23", "2026-07-23", "day"),
        ("刚 买 五 天", "2026-07-19", "2026-07-19", "day"),
        ("三四 年 了", "2021-07-25", "2023-07-24", "range"),
        ("一两 年", "2023-07-25", "2025-07-24", "range"),
        ("二三 年 了", "2022-07-25", "2024-07-24", "range"),
        ("二三 年 买 的", "2023-01-01", "2023-12-31", "year"),
        ("两三 个月 前", "2026-03-25", "2026-05-24", "range"),
        ("半个月 内", "2026-07-09", "2026-07-24", "range"),
        ("两年 多", "2023-07-24", "2024-07-24", "range"),
        ("半年 多", "2025-07-24", "2026-01-24", "range"),
        ("不到 一年", "2025-07-24", "2026-07-24", "range"),
        ("不到 两年", "2024-07-24", "2025-07-24", "range"),
        ("一个 多 月", "2026-05-24", "2026-06-24", "range"),
        ("三年 以上", "", "2023-07-24", "range"),
        ("两年 前", "2024-01-24", "2025-01-22", "range"),
    ],
)
def test_a_purchase_is_a_span_of_days(said: str, first: str, last: str, precision: str) -> None:
    value = purchase(said).value
    assert (value["from"], value["to"], value["precision"]) == (first, last, precision)
    assert value["date"] == last


def test_a_month_without_a_year_is_asked() -> None:
    result = purchase("十一月 份")
    assert (result.status, [item["date"] for item in result.candidates]) == ("ambiguous", ["2025-11-30", "2024-11-30"])
    assert [item["date"] for item in purchase("七月 买 的").candidates] == ["2026-07-24", "2025-07-31"]


@pytest.mark.parametrize("said", ["不记得 了", "搬家 那年", "忘了"])
def test_not_remembering_is_an_answer(said: str) -> None:
    assert purchase(said).meaning == "unknown"
    assert purchase(said, None).meaning == "unknown"


@pytest.mark.parametrize(
    "said",
    [
        "十几年 了",
        "好几年 了",
        "明年 三月",
        "二零三五 年",
        "一九七零 年",
        "三五 年",
        "零 天",
        "两个 年",
        "上个月 三十一 号",
        "四十 年 前",
    ],
)
def test_no_purchase_is_guessed(said: str) -> None:
    assert purchase(said).status == "no_match"


@settings(deadline=None)
@given(st.dates(date(1991, 1, 1), NOW.date()))
def test_every_past_day_said_in_full_comes_back(day: date) -> None:
    year = "".join("零一二三四五六七八九"[int(digit)] for digit in str(day.year))
    value = purchase(f"{year}年{_count(day.month)}月{_count(day.day)}号").value
    assert (value["date"], value["precision"]) == (day.isoformat(), "day")


@settings(deadline=None)
@given(st.text("一二三四五六七八九十半个多年月天号上下去前今买了前后0123", max_size=10))
def test_a_span_never_reaches_into_the_future(said: str) -> None:
    for value in (purchase(said).value, *purchase(said).candidates):
        if value:
            assert value["from"] <= value["to"] <= NOW.date().isoformat()
