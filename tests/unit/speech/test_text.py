"""Recognised text brought into one form."""

import pytest

from speech.text import strip_fillers

FILLERS = ("嗯", "这个", "那个", "啊")


@pytest.mark.parametrize(
    ("said", "left"),
    [("嗯这个五号啊", "五号"), ("这个月五号", "这个月五号"), ("嗯那个星期天", "那个星期天"), ("嗯啊这个", "")],
)
def test_fillers_go_but_not_what_belongs_to_the_next_word(said: str, left: str) -> None:
    assert strip_fillers(said, FILLERS) == left
