"""Recognizers between utterances: those that were used are kept, and some are made ahead.

A recognizer expands the decoding graph as it hears, and the next utterance finds what it has expanded: with 29 000
words that is three quarters of the work of hearing openly. How many are kept bounds the memory, some 45 MB each.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

MAX_KEPT = {0: 6}  # of a grammar; 0 is open listening, where whoever speaks at the same moment needs one
_MAX_OF_ONE = 2
MAX_GRAMMARS = 32  # the least lately used go

_Listener = TypeVar("_Listener")


class Shelf(Generic[_Listener]):
    """Gives and takes recognizers by the number of their grammar; `make` makes one."""

    def __init__(self, make: Callable[[int], _Listener]) -> None:
        self._make = make
        self._kept: OrderedDict[int, list[_Listener]] = OrderedDict()  # the last used grammar last, as in each list
        self._wanted: list[int] = []

    def want(self, number: int) -> None:
        """Have one made ahead."""
        if number not in self._wanted:
            self._wanted.append(number)

    def take(self, number: int) -> _Listener:
        """Return the one that was used last, which knows most of the graph; when it was the last, want another."""
        kept = self._kept_of(number)
        taken = kept.pop() if kept else self._make(number)
        if not kept:
            self.want(number)
        return taken

    def put_back(self, number: int, listener: _Listener) -> None:
        """Keep one for the next utterance, unless there are enough."""
        kept = self._kept_of(number)
        if len(kept) < MAX_KEPT.get(number, _MAX_OF_ONE):
            kept.append(listener)

    def make_ahead(self) -> bool:
        """Make one that is wanted and not there; False when there is nothing to do. For idle moments."""
        while self._wanted:
            number = self._wanted.pop(0)
            if not self._kept_of(number):
                self._kept[number].append(self._make(number))
                return True
        return False

    def _kept_of(self, number: int) -> list[_Listener]:
        kept = self._kept.setdefault(number, [])
        self._kept.move_to_end(number)
        while len(self._kept) > MAX_GRAMMARS:
            self._kept.popitem(last=False)
        return kept
