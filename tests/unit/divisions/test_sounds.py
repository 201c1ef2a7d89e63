"""Divisions written in other characters of the same sound, below one that is named."""

import pytest

from divisions.gazetteer import Division, build_gazetteer
from divisions.sounds import find_alike

_ROWS = (
    ("44", "广东省", 1, ""), ("4406", "佛山市", 2, "44"), ("440606", "顺德区", 3, "4406"),
    ("440606003", "容桂街道", 4, "440606"), ("440606102", "北滘镇", 4, "440606"), ("440606103", "龙江镇", 4, "440606"),
    ("440605", "南海区", 3, "4406"), ("440605124", "狮山镇", 4, "440605"), ("440607", "三水区", 3, "4406"),
    ("440607100", "师山镇", 4, "440607"), ("4401", "广州市", 2, "44"), ("440106", "天河区", 3, "4401"),
)  # fmt: skip
GAZETTEER = build_gazetteer({row[0]: Division(*row) for row in _ROWS}, {})


def found(text: str) -> list[tuple[str, int]]:
    return [(region.chain[-1].name, region.end) for region in find_alike(GAZETTEER, text)]


@pytest.mark.parametrize(
    ("text", "name", "end"),
    [
        ("顺德荣桂", "容桂街道", 4),
        ("顺德荣贵街道凤翔路", "容桂街道", 6),
        ("佛山荣桂凤翔路", "容桂街道", 4),
        ("佛山顺的容桂凤翔路", "容桂街道", 6),
        ("佛山顺的北教镇", "北滘镇", 7),
        ("顺德容桂街道", "容桂街道", 6),
    ],
)
def test_what_sounds_like_one_place_there_is_it(text: str, name: str, end: int) -> None:
    assert found(text) == [(name, end)]


@pytest.mark.parametrize(
    ("text", "name", "end"),
    [
        ("荣桂凤翔路", "", 0),  # nobody said where
        ("广东荣桂凤翔路", "广东省", 2),  # a province is too large
        ("佛山诗山凤翔路", "佛山市", 2),  # two places sound like it
        ("顺德龙将花园三栋", "顺德区", 2),
        ("顺德荣桂大道五号", "顺德区", 2),
        ("广州天河路一百号", "广州市", 2),
        ("顺德", "顺德区", 2),
    ],
)
def test_what_may_be_something_else_is_left(text: str, name: str, end: int) -> None:
    assert found(text) == ([(name, end)] if name else [])
