"""Fault codes as they are said and heard, and which of two hypotheses counts."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.packs import Pack
from speech.slots import Slots
from tests.unit.speech.slots.samples import CODE, LEXICON, MENU, PACK

SLOTS = Slots(PACK)
BARE = Slots(Pack())


def code(text: str) -> tuple[str, str]:
    result = BARE.interpret(CODE, LEXICON, (text,))
    return result.status, result.value.get("canonical", "")


@pytest.mark.parametrize(
    ("said", "canonical"),
    [
        ("E 一", "E1"),
        ("E 零 三", "E03"),
        ("显示 一个 E 零 三", "E03"),
        ("F 幺 零 幺", "F101"),
        ("F 点 二 八", "F28"),
        ("佛山 的 F 二 十 八", "F28"),
        ("俄罗斯 的 E 零 三", "E03"),
        ("佛山 的 佛 二 八", "F28"),
        ("幺 零 八", "108"),
        ("五 P 一", "5P1"),
        ("易零三 那个", "E03"),
        ("故障代码 E 杠 零 二", "E02"),
        ("一直 滴滴 响 E 六", "E6"),
        ("艾弗 二 八", "F28"),
        ("依 幺", "E1"),
        ("F A", "FA"),
        ("E 拐", "E7"),
        ("F 洞 勾", "F09"),
        ("E 三 不是 E 零 三", "E3"),
    ],
)
def test_a_code_is_read_as_printed(said: str, canonical: str) -> None:
    assert code(said) == ("match", canonical)


@pytest.mark.parametrize("said", ["今天天气很好", "有一点", "喂", ""])
def test_what_is_no_code_is_no_match(said: str) -> None:
    assert code(said)[0] == "no_match"


@pytest.mark.parametrize("said", ["三十五", "就 写 个 三十五", "三十五 度"])
def test_a_bare_count_is_most_likely_the_temperature(said: str) -> None:
    assert BARE.interpret(CODE, LEXICON, (said,)).meaning == "temperature"


@pytest.mark.parametrize(("said", "letter"), [("E", "E"), ("佛山 的 F", "F"), ("是 F", "F")])
def test_a_letter_alone_waits_for_its_digits(said: str, letter: str) -> None:
    result = BARE.interpret(CODE, LEXICON, (said,))
    assert (result.meaning, result.candidates[0]["letter"]) == ("letter", letter)
    digits = replace(CODE, current=result.candidates[0])
    assert BARE.interpret(digits, LEXICON, ("二 八",)).value["canonical"] == f"{letter}28"
    assert BARE.interpret(digits, LEXICON, ("F 零 三",)).value["canonical"] == "F03"


@pytest.mark.parametrize(
    ("heard", "canonical"),
    [
        ("十 E 七 二", "E72"),
        ("十 F 二 十", "F20"),
        ("代码 十 三 五 零", "350"),
        ("十 四 零 H", "407"),
        ("E 九 十 H", "E97"),
        ("十 一 九", "E9"),
        ("十 二 P 幺", "2P1"),
        ("十 H 三 七", "H37"),
        ("十 H 叫 幺", "H11"),
        ("故障 代码 H 叫 八", "H18"),
        ("故障 代码 H 了 四", "H14"),
        ("代码 是 E H 三", "E73"),
        ("C 区", "C7"),
        ("故障码 F 区 五 九", "F759"),
        ("N H 三", "H3"),
        ("N F 六 三", "F63"),
        ("N 六 P 七", "6P7"),
        ("代码 N E 零 三", "E03"),
        ("N 四", "N4"),  # may well be one
    ],
)
def test_what_sounds_alike_beside_a_code_is_read_as_what_was_said(heard: str, canonical: str) -> None:
    assert code(heard) == ("match", canonical)


@pytest.mark.parametrize("heard", ["十 五 六 度", "三 十 五 度", "十 一", "二 十 五"])
def test_a_count_is_no_code(heard: str) -> None:
    assert code(heard)[1] == ""


@pytest.mark.parametrize(
    ("texts", "meaning", "canonical"),
    [
        (("F [unk]", "F 勾"), "", "F9"),
        (("十 一 [unk]", "是 E 勾"), "", "E9"),
        (("故障 代码 H", "故障代码 A 七"), "", "A7"),
        (("F", "F 勾"), "letter", ""),  # nothing unknown behind it: the digits are asked for
        (("H", "F 七"), "letter", ""),
        (("F [unk]", "没有 代码"), "letter", ""),
    ],
)
def test_a_whole_code_of_one_hypothesis_beats_a_part_with_an_unknown_sound(
    texts: tuple[str, ...], meaning: str, canonical: str
) -> None:
    result = BARE.interpret(CODE, LEXICON, texts)
    assert (result.meaning, result.value.get("canonical", "")) == (meaning, canonical)


@pytest.mark.parametrize(
    ("texts", "command"),
    [
        (("L [unk]", "没听清"), "repeat"),
        (("[unk] 返回 [unk]", "没听清"), "repeat"),
        (("[unk] 返回", "[unk] 没听清"), "back"),  # neither is whole
        (("[unk] 返回", "E 零 三"), "back"),
        (("L", "没听清"), ""),  # nothing unknown beside it
    ],
)
def test_a_command_heard_whole_beats_a_part_of_a_code_and_a_scrap(texts: tuple[str, ...], command: str) -> None:
    assert BARE.interpret(CODE, LEXICON, texts).command == command


@pytest.mark.parametrize(
    ("texts", "meaning"),
    [
        (("[unk] 投诉", "昨天 又 打不着火"), "repair"),
        (("我要 投诉", "昨天 又 打不着火"), "complaint"),  # the grammar knows all of it
        (("[unk] 投诉", "[unk] 打不着火"), "complaint"),  # neither is whole
        (("[unk] 投诉", "今天 天气"), "complaint"),
    ],
)
def test_at_a_menu_a_whole_sentence_comes_before_scraps_of_the_grammar(texts: tuple[str, ...], meaning: str) -> None:
    assert SLOTS.interpret(MENU, LEXICON, texts).meaning == meaning


def test_yi_may_be_e_or_one_and_is_then_asked() -> None:
    result = BARE.interpret(CODE, LEXICON, ("一 零 一",))
    assert result.status == "ambiguous"
    assert {item["canonical"] for item in result.candidates} == {"101", "E01"}


def test_the_catalogue_decides_between_readings() -> None:
    result = SLOTS.interpret(CODE, LEXICON, ("一 零 三",))
    assert (result.status, result.value["canonical"]) == ("match", "E03")


def test_a_sourced_meaning_travels_with_the_code() -> None:
    assert SLOTS.interpret(CODE, LEXICON, ("F 二 八",)).value["meaning_zh"] == "点火失败"


def test_no_code_and_commands_are_heard_at_the_code_question() -> None:
    assert SLOTS.interpret(CODE, LEXICON, ("没有 代码",)).meaning == "none"
    assert SLOTS.interpret(CODE, LEXICON, ("转 人工",)).command == "agent"


@settings(deadline=None)
@given(
    letter=st.sampled_from("EFAHPLCD"), digits=st.text("0123456789", min_size=1, max_size=2), style=st.integers(0, 3)
)
def test_every_spelling_of_a_code_comes_back(letter: str, digits: str, style: int) -> None:
    words = ["零一二三四五六七八九", "洞幺二三四五六拐八勾"][style % 2]
    said = letter + " " + " ".join(words[int(digit)] for digit in digits)
    assert code(said if style < 2 else f"显示 {said}") == ("match", letter + digits)


@pytest.mark.parametrize(("said", "canonical"), [("E 零 散", "E03"), ("依 零 散", "E03"), ("艾 弗 二 吧", "F28")])
def test_homophones_of_digits_in_a_model_without_tones(said: str, canonical: str) -> None:
    assert code(said) == ("match", canonical)
