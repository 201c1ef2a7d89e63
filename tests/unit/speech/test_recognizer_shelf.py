"""Which recognizer is used next, which are kept, which are made ahead."""

from itertools import count

import pytest

from speech.recognizers import shelf as shelf_module
from speech.recognizers.shelf import MAX_KEPT, Shelf


@pytest.fixture
def shelf() -> Shelf[tuple[int, int]]:
    """A shelf of (grammar, number of the making)."""
    numbers = count(1)
    return Shelf(lambda grammar: (grammar, next(numbers)))


def test_the_one_that_was_used_last_is_used_next(shelf: Shelf[tuple[int, int]]) -> None:
    first, second = shelf.take(7), shelf.take(7)
    assert (first, second) == ((7, 1), (7, 2))
    shelf.put_back(7, second)
    shelf.put_back(7, first)
    assert shelf.take(7) == first
    assert shelf.take(7) == second
    assert shelf.take(8) == (8, 3)


def test_one_is_made_ahead_where_none_is_left(shelf: Shelf[tuple[int, int]]) -> None:
    assert not shelf.make_ahead()
    shelf.want(3)
    shelf.want(3)
    assert shelf.make_ahead()
    assert not shelf.make_ahead()
    taken = shelf.take(3)
    assert taken == (3, 1)
    assert shelf.make_ahead()  # whoever comes while it is at work finds another
    shelf.put_back(3, taken)
    assert shelf.take(3) == taken
    assert shelf.take(3) == (3, 2)
    shelf.put_back(3, taken)
    assert not shelf.make_ahead()  # one is there again


def test_no_more_are_kept_than_the_memory_is_good_for(
    shelf: Shelf[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for grammar, most in ((0, MAX_KEPT[0]), (5, 2)):
        taken = [shelf.take(grammar) for _ in range(most + 2)]
        for item in taken:
            shelf.put_back(grammar, item)
        again = [shelf.take(grammar) for _ in range(most + 1)]
        assert set(again[:most]) == set(taken[:most])
        assert again[most] not in taken
    monkeypatch.setattr(shelf_module, "MAX_GRAMMARS", 2)
    for grammar in (11, 12, 11, 13):
        shelf.put_back(grammar, (grammar, 0))
    assert shelf.take(11) == (11, 0)
    assert shelf.take(12) != (12, 0)  # the least lately used was let go
