"""Telephone numbers, names, devices and symptoms."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.contract import Interpretation, SlotKind, SlotSpec
from speech.packs import Pack
from speech.slots import Slots
from speech.slots.products import read_symptom
from tests.unit.speech.slots.samples import LEXICON

SLOTS = Slots(Pack())
HELD = {"number": "+8613800138000"}
PHONE = SlotSpec("contact_number", SlotKind.PHONE)
CONFIRM = SlotSpec("contact_confirm", SlotKind.YES_NO, correcting=SlotKind.PHONE, current=HELD)
_WORDS = ("零一二三四五六七八九", "洞幺两三四五六拐八勾")


def hear(said: str, slot: SlotSpec = PHONE) -> Interpretation:
    return SLOTS.interpret(slot, LEXICON, (said,))


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("幺三八 零零幺三 八零零零", "+8613800138000"),
        ("零七五七 六六八八 三三五八", "+8675766883358"),
        ("零幺零 六六八八 三三五八", "+861066883358"),
        ("我给你报哈 幺三九 幺二三四 五六七八", "+8613912345678"),
        ("要三八 零零要三 八零零零", "+8613800138000"),
        ("E三八 零零E三 八零零零", "+8613800138000"),
        ("叫三八 零零幺三 八零零零", "+8613800138000"),
        ("幺三八 四个零 幺三八零", "+8613800001380"),
        ("幺三八零零幺三八零零零 幺三八零零幺三八零零零", "+8613800138000"),
        ("13800138000", "+8613800138000"),
    ],
)
def test_a_number_is_put_together(said: str, number: str) -> None:
    assert hear(said).value["number"] == number


@settings(deadline=None)
@given(
    digits=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
    | st.from_regex(r"0(10|2[0-9])[2-8][0-9]{7}", fullmatch=True),
    style=st.integers(0, 1),
    groups=st.sampled_from([(3, 7), (4, 8), (3, 6), (2, 4)]),
)
def test_every_number_comes_back(digits: str, style: int, groups: tuple[int, int]) -> None:
    words = [_WORDS[style][int(digit)] for digit in digits]
    said = " ".join("".join(part) for part in (words[: groups[0]], words[groups[0] : groups[1]], words[groups[1] :]))
    assert hear(said).value["digits"] == digits


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("就 这个 号", "own"),
        ("幺三八 零零", "begun"),
        ("我 给 你 报 哈 幺三九", "begun"),
        ("零七五七", "begun"),
        ("六六八八 三三五八", "short"),
    ],
)
def test_no_number_but_an_answer(said: str, meaning: str) -> None:
    assert hear(said).meaning == meaning


@pytest.mark.parametrize(("begun", "said", "meaning", "digits"), [
    ("138", "零零幺三", "begun", "1380013"), ("1380013", "八零零零", "", "13800138000"), ("138", "九", "begun", "1389"),
    ("1380", "幺三八零零", "begun", "13800"), ("138", "幺三九零零幺三八零零零", "", "13900138000"),
    ("0757", "六六八八三三五八", "", "075766883358"),
    ("138", "就这个号", "own", ""), ("138", "不知道", "", ""), ("1380013", "八零零零零零", "short", "800000"),
])  # fmt: skip
def test_a_number_said_in_breaths_is_joined(begun: str, said: str, meaning: str, digits: str) -> None:
    result = hear(said, SlotSpec("contact_number_rest", SlotKind.PHONE, current={"begun": begun}))
    got = result.candidates[0]["digits"] if result.candidates else result.value.get("digits", "")
    assert (result.meaning, got) == (meaning, digits)


@pytest.mark.parametrize(
    "said",
    ["不是 这个 号", "不用 这个 号", "别打 这个 号", "不要 用 来电 的 号码", "就 这个 号 不行", "现在 这个 不用 了"],
)
def test_a_number_that_is_denied_is_not_the_callers_own(said: str) -> None:
    assert hear(said).status == "no_match"


@pytest.mark.parametrize(
    "said", ["不是 就 这个 号", "不用 换 打 这个 号", "没错 这个 号 本机", "我 没有 别的 号 打 来电 这个"]
)
def test_a_negation_of_something_else_leaves_the_number_the_callers_own(said: str) -> None:
    assert hear(said).meaning == "own"


def test_a_number_behind_a_denial_of_the_own_is_heard() -> None:
    assert hear("不是 这个 号 是 幺三八 零零幺三 八零零零").value["number"] == "+8613800138000"


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("零七五七 六六八八 三三五", ""),  # Foshan has eight digits
        ("零七五七 六六八八 三三五八", "075766883358"),
        ("零九三五 六六八 八三三五", "09356688335"),  # Jinchang has seven
        ("零九三五 六六八八 三三五五", ""),
        ("零幺零 六六八八 三三五", ""),
    ],
)
def test_a_landline_is_as_long_as_those_of_its_area(said: str, digits: str) -> None:
    assert hear(said).value.get("digits", "") == digits
    assert SLOTS.is_complete(PHONE, said) is bool(digits)


@pytest.mark.parametrize("said", ["不知道", "幺二", "九九九九九九九九九九九九", "幺三八 我想想 零零"])
def test_what_is_no_number(said: str) -> None:
    assert hear(said).status == "no_match"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("最后 一位 是 九", "+8613800138009"),
        ("最后 是 九", "+8613800138009"),
        ("尾号 是 八零零一", "+8613800138001"),
        ("后 四位 是 八零零一", "+8613800138001"),
        ("不是 八零零零 是 八零零一", "+8613800138001"),
        ("不对 第三位 是 九", "+8613900138000"),
        ("中间 是 零零一二", "+8613800128000"),
        ("开头 三位 是 幺三九", "+8613900138000"),
        ("幺三九 零零幺三 八零零零", "+8613900138000"),
        ("不对 幺三九 零零幺三 八零零零", "+8613900138000"),
    ],
)
def test_a_part_of_a_number_is_corrected(said: str, number: str) -> None:
    result = hear(said, CONFIRM)
    assert (result.meaning, result.value["number"]) == ("correction", number)


@pytest.mark.parametrize(
    "said",
    ["不是 九 是 八", "不是 零 是 八", "第一位 是 九", "最后 两位 是 九", "最后 一位 是 零", "中间 两位 是 三三"],
)
def test_a_correction_that_does_not_fit_changes_nothing(said: str) -> None:
    assert hear(said, CONFIRM).meaning != "correction"


def test_a_landline_read_back_is_corrected() -> None:
    slot = SlotSpec("c", SlotKind.YES_NO, correcting=SlotKind.PHONE, current={"number": "+8675766883358"})
    assert hear("最后 一位 是 九", slot).value["number"] == "+8675766883359"
    assert hear("中间 是 零零一二", slot).meaning != "correction"
    said = SlotSpec("c", SlotKind.YES_NO, correcting=SlotKind.PHONE, current={"digits": "075766883358"})
    assert hear("最后 一位 是 九", said).value["digits"] == "075766883359"


@pytest.mark.parametrize("said", ["对", "是 的", "不对"])
def test_yes_and_no_stay_what_they_are(said: str) -> None:
    assert hear(said, CONFIRM).meaning in ("yes", "no")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("免贵 姓 陈", "陈"),
        ("我 姓 王", "王"),
        ("陈", "陈"),
        ("耳东 陈", "陈"),
        ("耳东 成", "陈"),
        ("草头 黄", "黄"),
        ("叫 我 李 阿姨", "李阿姨"),
        ("欧阳", "欧阳"),
        ("老 张", "张"),
    ],
)
def test_names(said: str, name: str) -> None:
    assert hear(said, SlotSpec("n", SlotKind.NAME)).value["name"] == name


def test_no_name() -> None:
    assert hear("不告诉你", SlotSpec("n", SlotKind.NAME)).status == "no_match"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("壁挂炉", "boiler"),
        ("挂墙上 那个", "boiler"),
        ("供暖 那个 热水器", "boiler"),
        ("温控器", "other"),
        ("地暖", "other"),
        ("不晓得叫啥", "unknown"),
    ],
)
def test_devices(said: str, value: str) -> None:
    assert hear(said, SlotSpec("p", SlotKind.PRODUCT)).value["value"] == value


def test_another_makers_device_is_asked_about() -> None:
    result = hear("万和 的 壁挂炉", SlotSpec("p", SlotKind.PRODUCT))
    assert (result.meaning, result.value["brand"], result.value["value"]) == ("other_brand", "万和", "boiler")
    assert hear("别的牌子 的", SlotSpec("p", SlotKind.PRODUCT)).meaning == "other_brand"
    assert hear("今天天气", SlotSpec("p", SlotKind.PRODUCT)).status == "no_match"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("打不着火", "no_ignition"),
        ("洗澡水冰的", "no_hot_water"),
        ("地暖不热", "no_heating"),
        ("底下滴水", "leak"),
        ("嗡嗡响", "noise"),
        ("冻住了", "other"),
        ("你好", ""),
    ],
)
def test_symptoms(said: str, value: str) -> None:
    assert read_symptom(said).get("value", "") == value


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        (("零 七 五 七 六 幺 六 二 二五三", "零 七 五 七 六 幺 六 二 二 二 五 三"), "+8675761622253"),
        (("幺 三 八 零 零 幺 三 八", "幺 三 八 零 零 幺 三 八 零 零 零"), "+8613800138000"),
        (("幺 五 九 H 九 二 九 四 九 五二",), "+8615979294952"),
        (("幺 四 二 六 九 区 幺 零 幺 四 区",), "+8614269710147"),
    ],
)
def test_the_hypothesis_with_all_digits_is_taken(texts: tuple[str, ...], number: str) -> None:
    assert SLOTS.interpret(PHONE, LEXICON, texts).value["number"] == number
