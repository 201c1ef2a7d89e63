"""Danger as it is written by a recognizer: 煤气 and 没气 have the same syllables, 着火 may be said as it is read."""

import pytest

from ivr.flows.load import load_program
from speech.slots import Slots
from speech.text import as_meant
from tests.unit.speech.slots.samples import MENU

LEXICON = load_program().lexicon


@pytest.mark.parametrize(
    ("text", "safety"),
    [
        ("一 一 闻到 没气了", "gas"),
        ("闻 着 没 气 呢", "gas"),
        ("满屋 都 是 没气 的 味道", "gas"),
        ("满屋 头 是 没 气 得 味道", "gas"),
        ("有股 没气 的 味道", "gas"),
        ("没有 闻到 没气", "check"),
        ("没气了", ""),  # the supply is cut off
        ("家里 没气", ""),
        ("没气 的 味道", ""),  # may well deny it
        ("没 闻到 气", ""),
        ("闻到 没 气味", "check"),
        ("家里 这 火 了", "fire"),
        ("锅炉 这火 啦", "fire"),
        ("打 不 这 火", ""),
        ("点 不 这 火 了", ""),
        ("这 火 是不是 太小了", ""),
        ("你 看看 这火", ""),
    ],
)
def test_nobody_smells_that_there_is_no_gas(text: str, safety: str) -> None:
    assert Slots().interpret(MENU, LEXICON, (text,)).safety == safety


def test_the_rest_stays_as_it_was() -> None:
    assert as_meant("我家 闻到 没 气 了 没气了") == "我家 闻到 煤气 了 没气了"
    assert as_meant("没气了 是 没 味道") == "没气了 是 没 味道"


@pytest.mark.parametrize(
    ("heard", "safety"),
    [
        (("[unk] 漏气", "楼道 里 有 人"), "check"),  # scraps of the grammar beside a whole sentence: one question
        (("我要 [unk] 漏气", "我要 报修 家里 楼 七"), "gas"),  # as much of it is explained by the scraps
        (("[unk] 着火", "家里"), "fire"),
        (("[unk] 漏气", "[unk] 楼 七 有 人 来"), "gas"),  # nothing whole says otherwise
        (("漏气", "楼 七"), "gas"),  # whole, and the shorter way to say it
        (("漏气", "楼道 里 有 人"), "gas"),  # no scrap: all of it was heard so
        (("[unk] 漏气", "家里 漏气"), "gas"),
        (("[unk] 煤气味", "着火 了"), "fire"),  # the whole one names a danger too
    ],
)
def test_danger_among_scraps_is_doubtful_where_a_whole_sentence_names_none(heard: tuple[str, ...], safety: str) -> None:
    assert Slots().interpret(MENU, LEXICON, heard).safety == safety
