"""Letters for a model that has no Latin letters as words: it hears their sound, and the slots read the letter."""

import pytest

from speech.slots.faultcode import read_codes
from speech.slots.grammar import code_phrases, letter_words

HAN = frozenset("零一幺二三四五六七八九十显示故障代码是不易依艾弗爱福屁地西诶")


def test_a_letter_that_is_a_word_stands_for_itself() -> None:
    assert letter_words(HAN | {"E"})["E"] == [["E"]]
    assert letter_words(frozenset())["F"] == [["F"]]


@pytest.mark.parametrize(
    ("letter", "words"),
    [("E", [["易"], ["依"]]), ("F", [["艾", "弗"], ["爱", "福"], ["艾", "福"]]), ("U", []), ("L", [])],
)
def test_another_is_what_sounds_like_it_in_the_models_words(letter: str, words: list[list[str]]) -> None:
    assert letter_words(HAN)[letter] == words


def test_every_such_sound_is_read_as_its_letter() -> None:
    every = letter_words(frozenset("易依伊艾弗爱福夫诶吃曲去屁批皮路乐西系地弟必比"))
    sounds = [(letter, "".join(words)) for letter, ways in every.items() for words in ways]
    assert len(sounds) > 20
    for letter, sound in sounds:
        assert f"{letter}03" in read_codes(f"{sound}零三", {}), sound


def test_codes_are_expected_in_such_a_models_words() -> None:
    phrases = {" ".join(phrase) for phrase in code_phrases(HAN, ())}
    assert {"易 零 三", "艾 弗 二 八", "三 屁 一"} <= phrases
    assert not any(char.isascii() and char.isalpha() for phrase in phrases for char in phrase)
