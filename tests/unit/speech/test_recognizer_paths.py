"""Which alternative is taken, and the model's file of words that are heard once when said twice."""

import json
from pathlib import Path

import pytest

from speech.recognizers.paths import REPEATS_FILE, RepeatsInvalid, likeliest, read_repeats

REPEATS = {"二": 1.2}


def result(*paths: tuple[str, float]) -> str:
    return json.dumps({"alternatives": [{"text": f" {text}", "confidence": score} for text, score in paths]})


@pytest.mark.parametrize(
    ("paths", "taken"),
    [
        ((("三 单元 二 零 二", 242.3), ("三 单元 二 二 零 二", 241.2)), "三 单元 二 二 零 二"),
        ((("三 单元 二 零 二", 242.3), ("三 单元 二 二 零 二", 241.0)), "三 单元 二 零 二"),
        ((("二 二 零 二", 9.0), ("二 二 二 零 二", 8.0), ("二 零 二", 8.9)), "二 二 二 零 二"),
        ((("八二 幺", 9.0), ("八二 二 幺", 8.9)), "八二 二 幺"),
        ((("号 二 十 六 栋", 9.0), ("号 二 二 十 六 栋", 8.9)), "号 二 十 六 栋"),
        ((("号 二 栋 四 单元", 9.0), ("号 二 二 栋 四 单元", 8.9)), "号 二 栋 四 单元"),
        ((("栋 二 单元", 9.0), ("栋 二 二 单元", 8.9)), "栋 二 单元"),
        ((("八 零 六", 9.0), ("八 八 零 六", 8.9)), "八 零 六"),
        ((("", 3.0),), ""),
        ((), ""),
    ],
)
def test_a_repeated_word_gets_what_it_lacks(paths: tuple[tuple[str, float], ...], taken: str) -> None:
    assert likeliest(result(*paths), REPEATS) == taken


def test_without_repeats_the_first_path_is_taken() -> None:
    assert likeliest(result(("二 零 二", 242.3), ("二 二 零 二", 242.2)), {}) == "二 零 二"


def test_nothing_heard_has_no_alternatives() -> None:
    assert likeliest('{"text": ""}', REPEATS) == ""


def test_the_model_says_which_words_lack_what(tmp_path: Path) -> None:
    assert read_repeats(tmp_path) == {}
    (tmp_path / "conf").mkdir()
    (tmp_path / REPEATS_FILE).write_text('{"二": 1.2}', "utf-8")
    assert read_repeats(tmp_path) == {"二": 1.2}


@pytest.mark.parametrize("text", ["", "[1]", '{"二": "much"}'])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / REPEATS_FILE).write_text(text, "utf-8")
    with pytest.raises(RepeatsInvalid, match=REPEATS_FILE):
        read_repeats(tmp_path)
