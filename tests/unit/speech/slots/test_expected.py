"""What callers are expected to say for each kind of value, in the recognizer's own words."""

import pytest

from divisions.gazetteer import build_gazetteer
from speech.contract import SlotKind, SlotSpec
from speech.slots import Slots
from speech.slots.expected import MAX_VOCABULARY, expected
from tests.unit.speech.slots.samples import LEXICON, PACK

PLACES = build_gazetteer(PACK.divisions, PACK.aliases)
WORDS = frozenset("零一幺二三四五六七八九十百两点号栋楼室房的月年天份初底到是不对") | frozenset(
    ["单元", "广东省", "佛山市", "佛山", "顺德区", "顺德", "容桂街道", "容桂", "西湖区", "西湖", "西", "明天", "下午",
     "以后", "上午", "去年", "买", "了", "壁挂炉", "不是", "人工"]
)  # fmt: skip
SLOTS = Slots(PACK, WORDS)


def phrases(kind: SlotKind, correcting: SlotKind | None = None) -> set[str]:
    return set(SLOTS.grammar(SlotSpec("x", kind, correcting=correcting), LEXICON))


@pytest.mark.parametrize(
    ("kind", "sample"),
    [
        (SlotKind.PHONE, "幺 三 八"),
        (SlotKind.VISIT_TIME, "明天 下午"),
        (SlotKind.VISIT_TIME, "三 点 以后"),
        (SlotKind.VISIT_TIME, "七 月 二 十 六 号"),
        (SlotKind.PURCHASE_DATE, "去年 十 一 月"),
        (SlotKind.PURCHASE_DATE, "买 了 五 天"),
        (SlotKind.PRODUCT, "壁挂炉"),
        (SlotKind.REGION, "广东省 佛山市 顺德区 容桂街道"),
        (SlotKind.REGION, "佛山 顺德 容桂"),
        (SlotKind.ROOM, "三 栋 一 单元"),
        (SlotKind.ROOM, "二 单元 五 零 二"),
    ],
)
def test_a_sample_of_each_kind_is_expected(kind: SlotKind, sample: str) -> None:
    found = phrases(kind)
    assert sample in found
    assert "人工" in found
    assert "[unk]" in found


def test_only_words_the_recognizer_has() -> None:
    for kind in SlotKind:
        assert all(word in WORDS or word == "[unk]" for phrase in phrases(kind) for word in phrase.split())


def test_a_name_is_not_cut_to_one_character() -> None:
    assert "西" not in phrases(SlotKind.REGION)
    assert "西湖" in phrases(SlotKind.REGION)


def test_a_read_back_of_an_address_expects_a_yes_and_a_correction() -> None:
    found = phrases(SlotKind.YES_NO, SlotKind.ADDRESS)
    assert {"对", "不是", "二 单元 五 零 二"} <= found


@pytest.mark.parametrize("vocabulary", [frozenset[str](), frozenset(map(str, range(MAX_VOCABULARY + 1)))])
def test_a_large_vocabulary_hears_places_openly(vocabulary: frozenset[str]) -> None:
    assert expected(SlotKind.REGION, vocabulary, PLACES) == []
    assert Slots(PACK, vocabulary).grammar(SlotSpec("a", SlotKind.REGION), LEXICON) == []


@pytest.mark.parametrize("kind", [SlotKind.STATEMENT, SlotKind.ADDRESS, SlotKind.ROAD, SlotKind.NAME])
def test_open_speech(kind: SlotKind) -> None:
    assert expected(kind, WORDS, PLACES) == []
    assert phrases(kind) == set()
