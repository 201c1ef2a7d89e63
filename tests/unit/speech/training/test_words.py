"""Units, readings, the rules' grammar, numbers, places: everything that is text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.training.lexicon import all_syllables, place_readings_of, readings_of
from speech.training.pieces import frequent
from speech.training.places import forms_of
from speech.training.rules import BadRule, Grammar, Word
from speech.training.sentences import Danger, Talk, cut_phrase, danger_of, phrases_of, spoken_number
from speech.training.units import PDFS, PHONE_NUMBER, PHONES, UNITS, NotASyllable, phones_of, split_syllable
from tests.unit.speech.training.small import small_places, small_talk


@pytest.mark.parametrize(
    ("syllable", "units"),
    [
        ("zhang4", ("zh", "ang")), ("lü4", ("l", "v")), ("lv4", ("l", "v")), ("xue2", ("x", "ve")),
        ("yuan2", ("y", "van")),
        ("yan2", ("y", "ian")), ("ye4", ("y", "ie")), ("yong3", ("y", "iong")), ("zi3", ("z", "ii")),
        ("shi4", ("sh", "iii")),
        ("er4", ("er",)), ("a1", ("a",)), ("nüe4", ("n", "ve")), ("quan2", ("q", "van")), ("wen2", ("w", "en")),
    ],
)  # fmt: skip
def test_syllables_split_into_units(syllable: str, units: tuple[str, ...]) -> None:
    assert split_syllable(syllable) == units


@pytest.mark.parametrize("text", ["", "4", "hello", "zhx", "m2"])
def test_what_is_no_syllable_is_refused(text: str) -> None:
    with pytest.raises(NotASyllable):
        split_syllable(text)


def test_every_syllable_of_mandarin_is_made_of_units() -> None:
    syllables = all_syllables()
    assert len(syllables) > 380
    assert {unit for syllable in syllables for unit in split_syllable(syllable)} == set(UNITS[2:])


def test_phones_carry_their_place_in_the_word() -> None:
    assert phones_of(("y", "i")) == (PHONE_NUMBER["y_B"], PHONE_NUMBER["i_E"])
    assert phones_of(("er",)) == (PHONE_NUMBER["er_S"],)
    assert [PHONES[number - 1].place for number in phones_of(("zh", "ang", "m", "a"))] == [
        "begin", "internal", "internal", "end",
    ]  # fmt: skip
    assert {phone.unit for phone in PHONES} == set(range(len(UNITS)))
    assert PDFS == 2 * len(UNITS) <= 256, "labels are bytes"


def test_readings() -> None:
    assert readings_of("重说")[0].pinyin == ("chong2", "shuo1")
    assert place_readings_of("北滘")[0].pinyin == ("bei3", "jiao4"), "by the character's own reading"
    assert [way.pinyin[1] for way in place_readings_of("花都区")] == ["du1", "dou1"], "right, and as many read it"
    assert place_readings_of("长子县")[0].pinyin == ("zhang3", "zi3", "xian4"), "the longer part before the character"
    assert readings_of("都对")[0].pinyin == ("dou1", "dui4"), "no name of a place"
    assert place_readings_of("K9") == ()
    assert readings_of("E")[0].units == ("y", "i")
    assert {reading.units for reading in readings_of("F")} >= {("ai", "f"), ("ai", "f", "u")}
    assert readings_of("嗯")[1].units == ("en",), "hummed, without a vowel"
    assert readings_of("K9") == ()
    assert readings_of("?") == ()


def test_rules_choose_by_weight_and_call_builtins() -> None:
    grammar = Grammar({"top": ["3* a (b|c d|) {low}", "{two:7}"], "low": ["x"]}, {"two": lambda _c, text: [Word(text)]})
    chance = np.random.default_rng(0)
    drawn = [" ".join(word.text for word in grammar.sample("top", chance)) for _ in range(400)]
    assert set(drawn) == {"a b x", "a c d x", "a x", "7"}
    assert 60 < drawn.count("7") < 140
    assert set(grammar.words()) == {"a", "b", "c", "d", "x"}


@pytest.mark.parametrize("rule", ["a (b", "a b)", "{nothing}"])
def test_rules_that_cannot_be_read_are_refused(rule: str) -> None:
    with pytest.raises(BadRule):
        Grammar({"top": [rule]}, {})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "零"), (7, "七"), (10, "十"), (18, "十 八"), (20, "二 十"),
        (28, "二 十 八"), (100, "一 百"), (101, "一 百 零 一"),
        (110, "一 百 一 十"), (128, "一 百 二 十 八"), (1002, "一 千 零 二"), (2050, "二 千 零 五 十"),
    ],
)  # fmt: skip
def test_numbers_are_spoken(value: int, words: str) -> None:
    assert spoken_number(value) == words.split()


def test_two_hundred_has_two_forms() -> None:
    assert spoken_number(200, liang=True) == ["两", "百"]
    assert spoken_number(22, liang=True) == ["二", "十", "二"]
    with pytest.raises(ValueError, match="10000"):
        spoken_number(10_000)


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_different_numbers_are_spoken_differently(one: int, other: int) -> None:
    assert (one == other) == (spoken_number(one) == spoken_number(other))


def test_phrases_of_the_flows_are_cut_into_words() -> None:
    known = frozenset({"师傅", "还没来", "报修"})
    assert cut_phrase("师傅咋还没来?", known) == ["师傅", "咋", "还没来"]
    assert cut_phrase("打12315,E一", known) == ["打", "一", "二", "三", "一", "五", "E", "一"]


def test_what_is_no_word_is_joined_into_words_but_numbers_are_not() -> None:
    known = frozenset({"煤气", "报警器", "一氧化碳", "了"})
    assert cut_phrase("漏咗煤气", known, joined=True) == ["漏咗", "煤气"]
    assert cut_phrase("不省人事", known, joined=True) == ["不省人事"]
    assert cut_phrase("报警器响", known, joined=True) == ["报警器", "响"]
    assert cut_phrase("打12315", known, joined=True) == ["打", "一", "二", "三", "一", "五"]


def test_phrases_are_found_in_flows_and_lexicon() -> None:
    flow = {
        "nodes": {"menu": {"kind": "menu", "hear": {"repair": ["我要报修", "炉子(不着|坏)了"]}, "to": {"repair": "x"}}}
    }
    lexicon = {"yes": ["对"], "safety": {"gas": ["煤气…漏"]}}
    assert phrases_of([flow, lexicon]) == ["我要报修", "炉子不着了", "炉子坏了", "对", "煤气 漏"]


def test_danger_is_every_way_to_say_its_patterns() -> None:
    document = {
        "kinds": {"gas": ["(煤气|燃气)…味"], "fire": ["着火"]},
        "look_alikes": ["打不(着|燃)"], "doubt_before": ["(没|没有)"],
    }  # fmt: skip
    danger = danger_of(document)
    assert danger.phrases == [["煤气 味", "燃气 味"], ["着火"], ["打不着", "打不燃"]]
    assert danger.doubts == ["没", "没有"]


def test_words_of_danger_are_known_and_said() -> None:
    danger = Danger([["糊味"], ["窜火", "蹿火"]], ["并没"])
    talk = Talk(small_places(), [], danger)
    assert {"糊", "窜", "蹿", "并"} <= set(talk.lexicon.words())
    chance = np.random.default_rng(1)
    said = ["".join(word.text for word in talk.sample_kind(chance, "safety")) for _ in range(600)]
    assert any("糊味" in text for text in said)
    assert any("并没" in text for text in said)
    assert sum("糊味" in text for text in said) > sum("窜火" in text for text in said), "patterns are equally likely"


def test_what_comes_often_in_the_sayings_is_a_word_and_the_rest_characters() -> None:
    chance = np.random.default_rng(2)
    talk = small_talk()
    assert {"瞅着", "瞅", "怪", "别", "扭"} <= set(talk.lexicon.words())
    assert not {"帮我瞅瞅", "瞅瞅", "别扭", "零三", "E零三"} & set(talk.lexicon.words())
    said = [[word.text for word in talk.sample_kind(chance, "saying")] for _ in range(200)]
    assert any(words[-2:] == ["瞅着", "怪"] for words in said)
    assert any(words[-3:] == ["E", "零", "三"] for words in said)


def test_numbers_and_letters_of_sayings_stay_single_however_often_they_come() -> None:
    talk = Talk(small_places(), [], sayings=["报E零三啦", "按一下啦", "第二台啦", "就那一个啦"] * 20)
    long = {word for word in talk.lexicon.words() if len(word) > 1}
    assert not {"零三", "E零三", "报E", "二台", "二台啦"} & long
    assert "按一下啦" in long, "nobody reads that out"


def test_without_sayings_there_is_still_something_to_say() -> None:
    talk = Talk(small_places(), [])
    assert talk.sample_kind(np.random.default_rng(0), "saying"), "a filler"
    assert "瞅着" not in talk.lexicon


def test_pieces_that_come_often_are_found_but_not_parts_of_the_same_longer_one() -> None:
    said = ["想表扬师傅", "来表扬老板", "表扬客服", "要表扬", "没师傅", "想吃饭"]
    assert frequent(said, 2, str.isalpha) == ["表扬", "师傅"]
    assert frequent(said, 4, str.isalpha) == ["表扬"]
    assert frequent(said, 5, str.isalpha) == []
    assert frequent(["冷冻机", "冷冻机"], 2, str.isalpha) == ["冷冻机"]
    assert frequent(["冷冻机", "冷冻机"], 2, lambda piece: "机" not in piece) == ["冷冻"]


def test_without_words_of_danger_there_is_still_something_to_say() -> None:
    talk = Talk(small_places(), [])
    assert all(talk.sample_kind(np.random.default_rng(number), "safety") for number in range(60))


@pytest.mark.parametrize(
    ("name", "level", "forms"),
    [
        ("顺德区", 3, ("顺德区", "顺德")), ("容桂街道办事处", 4, ("容桂街道", "容桂")), ("易县", 3, ("易县",)),
        ("市辖区", 2, ()), ("广西壮族自治区", 1, ("广西壮族自治区", "广西")), ("浦东新区", 3, ("浦东新区",)),
        ("恩施土家族苗族自治州", 2, ("恩施土家族苗族自治州", "恩施")), ("华口社区居民委员会", 5, ("华口",)),
        ("马冈村民委员会", 5, ("马冈",)), ("大发埔社区里石排", 5, ()),
    ],
)  # fmt: skip
def test_forms_of_places(name: str, level: int, forms: tuple[str, ...]) -> None:
    assert forms_of(name, level) == forms


def test_places_are_named_in_chains() -> None:
    chance = np.random.default_rng(3)
    chains = [small_places().sample(chance) for _ in range(800)]
    said = {"".join(word.text for word in chain) for chain in chains}
    assert {"广东省佛山市顺德区", "佛山市顺德区容桂街道"} <= said
    assert any("华口社区" in text for text in said)
    assert any("顺德市" in text for text in said), "a former name"
    places = {word.place for chain in chains for word in chain}
    assert {"village/440606003", "town/440606", "county/4406"} <= places


def test_every_word_that_can_be_said_has_a_reading() -> None:
    talk = small_talk()
    chance = np.random.default_rng(4)
    for kind in talk.kinds():
        for _ in range(30):
            sentence = talk.sample_kind(chance, kind)
            assert sentence
            assert all(word.text in talk.lexicon for word in sentence)
    words = set(talk.lexicon.words())
    assert {"E", "幺", "嗯对", "唔系", "煤气味", "碧桂园", "报修", "容桂", "北京", "人民路", "双十一"} <= words


def test_both_uses_draw_from_all_kinds() -> None:
    chance = np.random.default_rng(5)
    for use in ("model", "audio"):
        assert len({" ".join(word.text for word in small_talk().sample(chance, use)) for _ in range(200)}) > 120
