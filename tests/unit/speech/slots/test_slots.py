"""What callers say, and what it means: yes/no, addresses, menus, commands and danger words."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.contract import SlotKind, SlotSpec
from speech.packs import Pack
from speech.slots import Slots
from tests.unit.speech.slots.samples import ADDRESS, CODE, CONFIRM, CONFIRM_CODE, LEXICON, MENU, PACK

SLOTS = Slots(PACK)
BARE = Slots(Pack())


def test_where_one_asks_for_danger_the_grammar_comes_first() -> None:
    asked = replace(MENU, phrases={"yes": ("闻到了",), "no": ("没有闻到",)}, safety=True)
    texts = ("[unk] 闻到了", "没有闻到")
    assert SLOTS.interpret(asked, LEXICON, texts).meaning == "yes"
    assert SLOTS.interpret(replace(asked, safety=False), LEXICON, texts).meaning == "no"


def test_a_menu_may_name_its_meanings_as_it_likes() -> None:
    menu = SlotSpec("m", SlotKind.MENU, {"letter": ("写信",)})
    assert SLOTS.interpret(menu, LEXICON, ("写信", "写信 吧")).meaning == "letter"


@pytest.mark.parametrize(
    ("held", "said", "canonical"),
    [("E1", "后头 还有 个 零", "E10"), ("E1", "前面 还有 个 零", "E01"), ("F28", "不是 F 二 八 是 E 二 八", "E28")],
)
def test_a_part_of_a_code_is_corrected(held: str, said: str, canonical: str) -> None:
    result = BARE.interpret(replace(CONFIRM_CODE, current={"canonical": held}), LEXICON, (said,))
    assert (result.meaning, result.value["canonical"]) == ("correction", canonical)


@pytest.mark.parametrize(
    ("held", "said"), [("E123", "后头 还有 个 零"), ("E123", "前面 还有 个 零"), ("108", "前面 还有 个 零")]
)
def test_a_correction_that_makes_no_code_is_none(held: str, said: str) -> None:
    assert BARE.interpret(replace(CONFIRM_CODE, current={"canonical": held}), LEXICON, (said,)).meaning != "correction"


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_survived_by_every_slot(text: str) -> None:
    for kind in SlotKind:
        slot = SlotSpec("x", kind, {"a": ("报修",)}, correcting=SlotKind.ADDRESS if kind is SlotKind.YES_NO else None)
        assert SLOTS.interpret(slot, LEXICON, (text,)).status in ("match", "ambiguous", "no_match")
        SLOTS.is_complete(slot, text)
        SLOTS.is_filler(LEXICON, text)


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("对", "yes"),
        ("是 的", "yes"),
        ("没错", "yes"),
        ("嗯 对", "yes"),
        ("对 对 对", "yes"),
        ("不对", "no"),
        ("不是", "no"),
        ("错了 错了", "no"),
        ("对不起", ""),
        ("[unk] 是", ""),
        ("没 [unk]", ""),
        ("不是 [unk]", "no"),
        ("我们家那台机器是去年买的", ""),
    ],
)
def test_yes_and_no_are_judged_as_whole_sentences(said: str, meaning: str) -> None:
    assert SLOTS.interpret(CONFIRM, LEXICON, (said,)).meaning == meaning


@pytest.mark.parametrize("said", ["是 不 是", "对吗"])
def test_a_question_back_replays_the_read_back(said: str) -> None:
    assert SLOTS.interpret(CONFIRM, LEXICON, (said,)).command == "repeat"


@pytest.mark.parametrize(
    ("said", "canonical"), [("不是 E 一 是 F 一", "F1"), ("不对 F 二 八", "F28"), ("E 零 三", "E03")]
)
def test_a_correction_in_one_turn_carries_the_new_value(said: str, canonical: str) -> None:
    result = BARE.interpret(CONFIRM_CODE, LEXICON, (said,))
    assert (result.meaning, result.value["canonical"]) == ("correction", canonical)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("我家 漏气 了", "gas"),
        ("E 一 还有 煤气味", "gas"),
        ("头晕", "co"),
        ("着火了", "fire"),
        ("漏电", "electric"),
        ("没有 漏气", "check"),
        ("有股 怪味", "check"),
        ("打不着火", ""),
        ("点不着火", ""),
        ("对不起", ""),
    ],
)
def test_danger_words(said: str, kind: str) -> None:
    assert SLOTS.interpret(MENU, LEXICON, (said,)).safety == kind


def test_danger_in_any_hypothesis_counts() -> None:
    assert SLOTS.interpret(MENU, LEXICON, ("我 要 报修", "漏气")).safety == "gas"


def test_marks_written_inside_a_danger_word_are_not_heard() -> None:
    words = replace(LEXICON, safety={"co": ("CO·报警器响",)})
    assert SLOTS.interpret(MENU, words, ("家里 C O 报警器 响 了",)).safety == "co"
    assert SLOTS.interpret(MENU, words, ("报警器 响 了",)).safety == ""


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("我 要 报修", "repair"),
        ("报修", "repair"),
        ("没热水", "repair"),
        ("炉子 打不着火", "repair"),
        ("我 想 投诉", "complaint"),
        ("今天天气", ""),
    ],
)
def test_a_menu_is_chosen_by_meaning(said: str, meaning: str) -> None:
    assert SLOTS.interpret(MENU, LEXICON, (said,)).meaning == meaning


def test_a_correction_in_any_hypothesis_beats_a_bare_no() -> None:
    result = BARE.interpret(CONFIRM_CODE, LEXICON, ("不是 E 零 一 十 F 二 八", "不是 E 零 一 是 F 二 八"))
    assert (result.meaning, result.value["canonical"]) == ("correction", "F28")


def test_two_meanings_that_fit_alike_are_no_choice() -> None:
    menu = SlotSpec("m", SlotKind.MENU, {"a": ("明天上午",), "b": ("明天上午",)})
    assert SLOTS.interpret(menu, LEXICON, ("明天上午",)).status == "no_match"
    assert SLOTS.interpret(SlotSpec("m", SlotKind.MENU, {"a": ("",)}), LEXICON, ("明天",)).status == "no_match"


def test_an_ambiguous_code_while_confirming_is_no_answer() -> None:
    assert BARE.interpret(CONFIRM_CODE, LEXICON, ("一 零 一",)).status == "no_match"


def test_a_menu_phrase_beats_a_command_inside_it() -> None:
    menu = SlotSpec("m", SlotKind.MENU, {"agent_type": ("人工",)})
    assert SLOTS.interpret(menu, LEXICON, ("人工",)).meaning == "agent_type"


def test_a_part_is_corrected_behind_the_same_word() -> None:
    slot = SlotSpec("address_confirm", SlotKind.YES_NO, correcting=SlotKind.ADDRESS)
    result = SLOTS.interpret(slot, LEXICON, ("不是 三 栋 十三 栋",))
    assert (result.meaning, result.value["building"]) == ("correction", "13")


def address(said: str, kind: SlotKind = SlotKind.ADDRESS) -> dict[str, str]:
    result = SLOTS.interpret(SlotSpec("a", kind), LEXICON, (said,))
    assert result.status == "match", said
    return dict(result.value)


def test_a_whole_address() -> None:
    value = address("广东省 佛山市 顺德区 容桂街道 凤翔路 十八 号 三 栋 二 单元 五 零 二 室")
    assert (value["region"], value["road"], value["room"]) == (
        "广东省佛山市顺德区容桂街道",
        "凤翔路18号",
        "3栋2单元502室",
    )
    assert value["adcode"] == "440606"


@pytest.mark.parametrize(
    ("said", "part", "text"),
    [
        ("就 容桂 文海路 一百二十八 号", "road", "文海路128号"),
        ("佛山 顺德 容桂 幸福花园 三 栋 五零二", "road", "幸福花园"),
        ("佛山 顺德 容桂 嘉信城市花园 二十 栋 五零二", "road", "嘉信城市花园"),
        ("佛山 顺德 容桂 后花园 小区 二十 栋 五零二", "road", "后花园"),
        ("佛山 顺德 容桂 碧桂园 十二 座 八零三", "road", "碧桂园"),
        ("佛山 顺德 容桂 那个 红星市场 旁边", "road", "红星市场旁边"),
        ("北滘镇 林头村", "road", "林头村"),
        ("东莞市 长安镇 五一路 八 号", "road", "五一路8号"),
        ("东莞市 长安镇 五一路 八 号", "region", "广东省东莞市长安镇"),
        ("江干区", "region", "浙江省杭州市上城区"),
        ("北京市 朝阳区", "region", "北京市朝阳区"),
        ("佛山市 顺德区 容桂街道 华口社区 新发路 五 号", "road", "华口社区新发路5号"),
        ("顺德区 村前路 五 号", "road", "村前路5号"),
        ("容桂 建材市场 对面", "landmark", "对面"),
        ("凤翔路 五巷 三号", "road", "凤翔路五巷3号"),
        ("大石街 南大路 五号", "road", "大石街南大路5号"),
        ("小区 十二号", "road", "12号"),
        ("幸福小区 十二号 五零二", "road", "幸福小区12号"),
        ("幸福小区 十二号 五零二", "room", "502室"),
        ("幸福小区 五零二号", "room", "502室"),
        ("幸福花园 东区 三栋", "road", "幸福花园东区"),
        ("雅居乐 三期 五栋", "road", "雅居乐三期"),
        ("A 三 栋 一二零二", "room", "A3栋1202室"),
    ],
)
def test_parts_of_an_address(said: str, part: str, text: str) -> None:
    assert address(said)[part] == text


@pytest.mark.parametrize(
    ("said", "room"),
    [
        ("三栋二单元五零二", "3栋2单元502室"),
        ("五零二", "502室"),
        ("七座十二A", "7栋12A室"),
        ("一楼", "1楼"),
        ("A栋三零一房", "A栋301室"),
        ("E栋三零一房", "1栋301室"),  # no ear tells it from 一栋
        ("六 栋 三 单元 二 三 零 了", "6栋3单元2301室"),  # 了 is a last 幺 in noise
        ("二 单元 幺 区 零 六", "2单元1706室"),
        ("一 区 二 栋 三 零 二", "2栋302室"),  # but a part of an estate is one
        ("耳东 三单元 零 二 房", "2栋3单元02室"),  # so the recognizer writes 二栋, as a name is described
        ("E座三零一房", "E栋301室"),
    ],
)
def test_rooms(said: str, room: str) -> None:
    assert address(said, SlotKind.ROOM)["room"] == room


def test_a_district_that_fits_two_places_is_asked() -> None:
    result = SLOTS.interpret(ADDRESS, LEXICON, ("西湖区",))
    assert result.status == "ambiguous"
    assert [item["region"] for item in result.candidates] == ["浙江省杭州市西湖区", "江西省南昌市西湖区"]
    assert "district" not in result.value


def test_road_and_region_alone() -> None:
    assert address("文海路十八号", SlotKind.ROAD)["road"] == "文海路18号"
    assert address("广州番禺", SlotKind.REGION)["region"] == "广东省广州市番禺区"
    assert SLOTS.interpret(ADDRESS, LEXICON, ("人工",)).command == "agent"
    assert SLOTS.interpret(SlotSpec("a", SlotKind.REGION), LEXICON, ("五零二",)).status == "no_match"


def test_digits_and_statements() -> None:
    digits = SlotSpec("n", SlotKind.DIGITS, max_digits=11)
    assert SLOTS.interpret(digits, LEXICON, ("幺 三 八 零 零",)).value == {"digits": "13800"}
    assert SLOTS.interpret(digits, LEXICON, ("不知道",)).status == "no_match"
    said = SLOTS.interpret(SlotSpec("s", SlotKind.STATEMENT), LEXICON, ("昨天晚上开始的",))
    assert said.value == {"text": "昨天晚上开始的"}
    assert SLOTS.interpret(SlotSpec("s", SlotKind.STATEMENT), LEXICON, ("嗯",)).status == "no_match"


def test_a_value_is_complete_when_nothing_extends_it() -> None:
    assert not SLOTS.is_complete(CODE, "E 零")  # E03 is in the catalogue
    assert SLOTS.is_complete(CODE, "E 零 三")
    assert not BARE.is_complete(CODE, "E 一")
    assert BARE.is_complete(CODE, "E 零 幺")
    assert not SLOTS.is_complete(CODE, "")
    assert SLOTS.is_complete(ADDRESS, "三栋五零二室")
    assert not SLOTS.is_complete(ADDRESS, "佛山市")
    assert SLOTS.is_complete(MENU, "报修")


@pytest.mark.parametrize(
    ("kind", "text", "whole"),
    [
        (SlotKind.VISIT_TIME, "明天", False),
        (SlotKind.VISIT_TIME, "明天 下午", True),
        (SlotKind.VISIT_TIME, "越快越好", True),
        (SlotKind.PURCHASE_DATE, "去年", False),
        (SlotKind.PURCHASE_DATE, "去年 十一月", True),
        (SlotKind.PURCHASE_DATE, "不记得", True),
        (SlotKind.PHONE, "幺三八 零零", False),
        (SlotKind.PHONE, "幺三八 零零幺三 八零零零", True),
        (SlotKind.ADDRESS, "凤翔路十八号", False),
        (SlotKind.ADDRESS, "凤翔路十八号三栋二单元五零", False),
        (SlotKind.ADDRESS, "凤翔路十八号三栋二单元五零二", True),
        (SlotKind.ADDRESS, "凤翔路十八号三栋幺二零", False),
        (SlotKind.ADDRESS, "凤翔路十八号三栋幺二零四", True),
        (SlotKind.ADDRESS, "凤翔路十八号三栋五零二十", True),  # 室, until it is known that nothing follows
        (SlotKind.ADDRESS, "凤翔路五零二", False),  # may be a number of the road
        (SlotKind.ADDRESS, "三栋二单元二十", False),
        (SlotKind.ROOM, "五零二", True),
        (SlotKind.ROOM, "五零二房", True),
        (SlotKind.ROOM, "三栋", False),
        (SlotKind.REGION, "顺德", False),
        (SlotKind.ROAD, "文海路", False),
        (SlotKind.STATEMENT, "昨天", False),
        (SlotKind.DIGITS, "一二", False),
        (SlotKind.PRODUCT, "壁挂炉", True),
        (SlotKind.YES_NO, "对", True),
    ],
)
def test_when_a_turn_may_end_soon(kind: SlotKind, text: str, whole: bool) -> None:
    assert SLOTS.is_complete(SlotSpec("x", kind), text) is whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("对", True),
        ("不对", True),
        ("不是 的", True),
        ("不是 E 一", False),
        ("不是 E 一 是 F 二 八", True),
        ("不是 E 一 是 E", False),
    ],
)
def test_a_denial_is_waited_for_until_the_new_value_is_whole(text: str, whole: bool) -> None:
    assert SLOTS.is_complete(CONFIRM_CODE, text) is whole


@pytest.mark.parametrize("said", ["不是 E 一", "不是 F 二 八"])
def test_what_is_only_denied_is_no_new_value(said: str) -> None:
    assert BARE.interpret(CONFIRM_CODE, LEXICON, (said,)).meaning == "no"


def test_the_hypothesis_that_holds_more_is_captured() -> None:
    opening = SlotSpec("m", SlotKind.MENU, one_breath=True)
    texts = ("[unk] 没热水", "我 在 顺德 容桂 没热水")
    for order in (texts, texts[::-1]):
        assert set(SLOTS.interpret(opening, LEXICON, order).captured) == {"symptom", "address"}


def test_fillers_are_no_answer() -> None:
    assert SLOTS.is_filler(LEXICON, "嗯 那个 [unk]")
    assert not SLOTS.is_filler(LEXICON, "嗯 报修")


def test_grammars_use_only_the_recognizers_words() -> None:
    vocabulary = frozenset(["我", "要", "报修", "人工", "E", "零", "一", "二", "漏气", "对", "不是"])
    slots = Slots(PACK, vocabulary | {"没", "热水", "没热", "水", "了"})
    assert "没 热水 了" in slots.grammar(MENU, LEXICON) or "没热 水 了" in slots.grammar(MENU, LEXICON)
    menu = slots.grammar(MENU, LEXICON)
    assert "我 要 报修" in menu
    assert menu[-1] == "[unk]"
    codes = slots.grammar(CODE, LEXICON)
    assert {"E 零", "E 零 一", "漏气"} <= set(codes)
    assert all(word in vocabulary or word == "[unk]" for phrase in codes for word in phrase.split())
    assert {"对", "不是"} <= set(slots.grammar(CONFIRM_CODE, LEXICON))
    assert "不是 E 一 是 E 一" in SLOTS.grammar(CONFIRM_CODE, LEXICON)
    assert slots.grammar(SlotSpec("s", SlotKind.STATEMENT), LEXICON) == []
    assert slots.can_write("我要报修")
    assert not slots.can_write("我要投诉")
    assert "没 热 水 了" in SLOTS.grammar(MENU, LEXICON)


def test_a_sample_made_of_fillers_is_an_answer() -> None:
    menu = SlotSpec("m", SlotKind.MENU, {"own": ("就这个",)})
    lexicon = replace(LEXICON, fillers=("就是", "这个"))
    assert SLOTS.interpret(menu, lexicon, ("就这个",)).meaning == "own"
    assert SLOTS.interpret(menu, lexicon, ("这个",)).status == "no_match"
