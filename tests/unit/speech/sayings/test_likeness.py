"""Which meaning a sentence has, by the sayings it is like."""

import pytest

from speech.sayings.likeness import NONE, learn

BOOK = learn(
    {
        "repair": ("炉子打不着火了", "暖气一直不热", "热水器漏水了", "来个人修一下炉子"),
        "install": ("新买的炉子要装", "约个师傅来安装", "机器到货了还没装上"),
        NONE: ("今天天气真好", "我在等公交车", "你吃饭了没有"),
    }
)


def meant(said: str, least: float = 2.0, margin: float = 1.0) -> str:
    return BOOK.clearly(said, least=least, margin=margin)[0]


@pytest.mark.parametrize(
    ("said", "meaning"),
    [("我家的炉子漏水了", "repair"), ("炉子到货了约个时间来装", "install"), ("今天天气好", NONE), ("来装来修", "")],
)
def test_a_sentence_means_what_those_mean_that_it_is_like(said: str, meaning: str) -> None:
    assert meant(said) == meaning


def test_what_sounds_the_same_is_alike() -> None:
    """A recognizer that hears no tones writes other signs of the same sound."""
    assert meant("路子大不着货了") == meant("炉子打不着火了") == "repair"


@pytest.mark.parametrize("said", ["", "乒乓球拍卖完", "ABC"])
def test_a_sentence_of_unknown_pieces_means_nothing(said: str) -> None:
    assert BOOK.rank(said) == []
    assert BOOK.clearly(said, least=0, margin=0) == ("", 0.0)


def test_what_is_asked_for_more_evidence_is_less_often_clear() -> None:
    (_, score), (_, second), _ = BOOK.rank("暖气不热")
    assert meant("暖气不热", least=score - 0.1) == "repair"
    assert meant("暖气不热", least=score) == ""
    assert meant("暖气不热", margin=score - second + 0.1) == ""


def test_one_meaning_alone_has_no_rival() -> None:
    assert learn({"repair": ("炉子坏了",)}).clearly("炉子坏了", least=-1.0, margin=9.0)[0] == "repair"
