"""Mandarin numerals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.slots.numerals import cardinal, convert_before, digit_string, number_text

_WORDS = "零一二三四五六七八九"


def spoken(value: int) -> str:
    out, pending_zero = "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            out += ("零" if pending_zero and out else "") + _WORDS[digit] + word
            pending_zero = False
        else:
            pending_zero = True
    return out


@given(st.integers(10, 9999))
def test_every_cardinal_comes_back(value: int) -> None:
    assert cardinal(spoken(value)) == value


@given(st.text("0123456789", min_size=1, max_size=12))
def test_every_digit_string_keeps_its_zeros(digits: str) -> None:
    assert digit_string("".join(_WORDS[int(digit)] for digit in digits)) == digits


@pytest.mark.parametrize(
    ("text", "value"), [("十", 10), ("十八", 18), ("一百二", 120), ("三千五", 3500), ("两百零三", 203), ("二十", 20)]
)
def test_spoken_short_forms(text: str, value: int) -> None:
    assert cardinal(text) == value


@pytest.mark.parametrize("text", ["", "三", "百", "十百", "一一十", "零零十", "十甲", "二十零", "一百零零三", "五十百"])
def test_what_is_no_cardinal(text: str) -> None:
    assert cardinal(text) is None


def test_numbers_before_their_words_only() -> None:
    assert convert_before("五一路十八号三栋", "号|栋") == "五一路18号3栋"
    assert convert_before("三里屯百号", "号") == "三里屯百号"
    assert number_text("甲") is None
