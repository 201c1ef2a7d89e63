"""One sentence that holds several slots: an opening, and a correction of a summary."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.contract import Interpretation, SlotKind, SlotSpec
from speech.slots import Slots
from speech.slots.calendar import CHINA
from tests.unit.speech.slots.samples import LEXICON, PACK

SLOTS = Slots(PACK)
NOW = datetime(2026, 7, 24, 10, 0, tzinfo=CHINA)
OPENING = SlotSpec("main_menu", SlotKind.MENU, {"repair": ("我要报修", "没热水")}, one_breath=True)
SUMMARY = SlotSpec("summary_confirm", SlotKind.YES_NO, {"no": ("要改",)}, one_breath=True, anew=True)
FIX = SlotSpec("summary_fix", SlotKind.MENU, {"visit": ("时间", "时间要改")}, one_breath=True, anew=True)


def hear(said: str, slot: SlotSpec = OPENING, now: datetime | None = NOW) -> Interpretation:
    return SLOTS.interpret(slot, LEXICON, (said,), now)


def fields(result: Interpretation, name: str, field: str) -> str:
    return result.captured[name].value[field]


def test_an_opening_fills_what_it_holds() -> None:
    result = hear("我在顺德容桂,壁挂炉报E1没热水")
    assert result.meaning == "repair"
    assert set(result.captured) == {"product", "fault_code", "symptom", "address"}
    assert all(item.sure for item in result.captured.values())
    assert fields(result, "fault_code", "canonical") == "E1"
    assert fields(result, "address", "town") == "容桂街道"
    assert fields(result, "symptom", "value") == "no_hot_water"


def test_a_long_opening() -> None:
    result = hear("我 姓 陈 容桂 幸福花园 的 昨天 起 暖气 就 不热 屏幕 闪 F 二 八")
    assert set(result.captured) == {"name", "fault_code", "symptom", "address", "since"}
    assert fields(result, "name", "surname") == "陈"
    assert fields(result, "address", "road") == "幸福花园"
    assert fields(result, "since", "date") == "2026-07-23"
    assert fields(result, "fault_code", "meaning_zh") == "点火失败"


def test_an_opening_may_offer_a_day_and_a_number() -> None:
    result = hear("我在顺德容桂,壁挂炉报E1没热水,电话一三八零零一三八零零零,明天下午三点以后来")
    assert set(result.captured) == {"product", "fault_code", "symptom", "address", "visit", "contact"}
    assert fields(result, "visit", "date") == "2026-07-25"
    assert fields(result, "visit", "from") == "15:00"
    assert fields(result, "contact", "number") == "+8613800138000"
    assert fields(result, "address", "region").endswith("容桂街道")


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("我要报修星期六我都在家", "2026-07-25"),
        ("我要报修,大后天早上能派人来吗", "2026-07-27"),
        ("我要报修明天有人", "2026-07-25"),
    ],
)
def test_a_day_on_which_somebody_may_come_is_one(said: str, day: str) -> None:
    assert fields(hear(said), "visit", "date") == day


@pytest.mark.parametrize(
    "said",
    ["你们说今天来怎么还没来我要报修", "昨天晚上坏的我要报修", "今天来的师傅没修好我要报修", "我要报修明天再打给你",
     "今天来过了我要报修", "约了明天上门我要报修", "明天能上门吗"],
)  # fmt: skip
def test_what_was_promised_or_has_happened_is_no_wish(said: str) -> None:
    assert "visit" not in hear(said).captured


def test_a_number_alone_does_not_tell_what_somebody_wants() -> None:
    assert hear("我的电话是一三八零零一三八零零零").captured == {}


def test_a_room_is_no_code_and_a_code_no_room() -> None:
    result = hear("广州番禺三栋二单元五零二壁挂炉漏水")
    assert "fault_code" not in result.captured
    assert fields(result, "address", "room") == "3栋2单元502室"
    assert fields(hear("北滘镇林头村显示易零三"), "fault_code", "canonical") == "E03"


@pytest.mark.parametrize("said", ["我要报修", "你好", "壁挂炉显示三五", "我家的事", "朝阳的房间"])
def test_nothing_is_captured_where_nothing_was_said(said: str) -> None:
    assert "address" not in hear(said).captured
    assert "fault_code" not in hear(said).captured


def test_what_fits_two_is_not_sure() -> None:
    result = hear("西湖区的,没热水")
    assert not result.captured["address"].sure
    assert len(result.captured["address"].candidates) == 2
    assert not hear("万和的壁挂炉").captured["product"].sure


def test_a_command_holds_no_slots_and_a_danger_keeps_them() -> None:
    assert hear("转人工").captured == {}
    danger = hear("我在顺德容桂,壁挂炉报E1还有煤气味")
    assert (danger.safety, fields(danger, "fault_code", "canonical")) == ("gas", "E1")
    assert hear("我在顺德容桂没热水", now=None).captured["address"].sure


@pytest.mark.parametrize(
    ("said", "name", "field", "value"),
    [
        ("时间 改成 后天", "visit", "date", "2026-07-26"),
        ("是 F 一 别的 都 对", "fault_code", "canonical", "F1"),
        ("电话 错了 是 幺三九零零幺三八零零零", "contact", "number", "+8613900138000"),
        ("不是 容桂 是 北滘", "address", "town", "北滘镇"),
        ("改成 下午", "visit", "part", "afternoon"),
        ("时间 改到 晚上", "visit", "part", "evening"),
        ("是 去年 双十一 买 的", "purchase", "precision", "range"),
    ],
)
def test_a_summary_is_corrected_at_once(said: str, name: str, field: str, value: str) -> None:
    result = hear(said, SUMMARY)
    assert (result.meaning, fields(result, name, field)) == ("correction", value)


@pytest.mark.parametrize(("said", "meaning"), [("对", "yes"), ("对对对", "yes"), ("不对", "no"), ("要改", "no")])
def test_a_plain_answer_corrects_nothing(said: str, meaning: str) -> None:
    result = hear(said, SUMMARY)
    assert (result.meaning, dict(result.captured)) == (meaning, {})


@pytest.mark.parametrize(("said", "date", "part"), [
    ("时间改成后天", "2026-07-26", ""), ("后天吧", "2026-07-26", ""), ("星期天下午", "2026-07-26", "afternoon"),
    ("改到明天上午", "2026-07-25", "morning"),
])  # fmt: skip
def test_a_menu_of_what_to_change_takes_the_change_itself(said: str, date: str, part: str) -> None:
    result = hear(said, FIX)
    assert (result.status, fields(result, "visit", "date"), fields(result, "visit", "part")) == ("match", date, part)
    assert "visit" not in hear("时间要改", FIX).captured
    assert "visit" not in hear("昨天晚上坏的", FIX).captured
    assert "visit" not in hear(said, OPENING).captured


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "我在",
                "顺德",
                "容桂",
                "西湖区",
                "壁挂炉",
                "报",
                "E",
                "一",
                "零",
                "三栋",
                "五零二",
                "昨天",
                "起",
                "没热水",
                "我姓",
                "陈",
                "的",
            ]
        ),
        max_size=12,
    )
)
def test_any_order_of_words_is_survived(words: list[str]) -> None:
    for item in hear("".join(words)).captured.values():
        assert item.value or item.candidates
