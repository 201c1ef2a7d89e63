"""Pure: the pieces that come again and again in many sentences, which are worth a word of their own."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable

_LENGTHS = (2, 3, 4)  # characters


def frequent(sentences: Iterable[str], least: int, allowed: Callable[[str], object]) -> list[str]:
    """Return the pieces of two to four characters that come `least` times and are `allowed`, as they come first.

    A piece that nearly always stands in the same longer one is left out: 表扬一 says no more than 表扬 does.
    """
    count: Counter[str] = Counter()
    for sentence in sentences:
        count.update(_pieces(sentence, allowed))
    often = {piece: times for piece, times in count.items() if times >= least}
    inside: Counter[str] = Counter()
    for piece, times in often.items():
        for part in {piece[1:], piece[:-1]}:
            inside[part] = max(inside[part], times)
    return [piece for piece, times in often.items() if times - inside[piece] >= least]


def _pieces(sentence: str, allowed: Callable[[str], object]) -> Iterable[str]:
    for length, start in itertools.product(_LENGTHS, range(len(sentence))):
        piece = sentence[start : start + length]
        if len(piece) == length and allowed(piece):
            yield piece
