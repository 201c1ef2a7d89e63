"""Pure: which meaning a sentence has, by how often its pieces stand in the sayings of each (naive Bayes).

A piece is a syllable without its tone (a recognizer that hears no tones writes 没 for 煤), a character, or up to three
neighbours of the first and two of the second. What counts is how much likelier a piece is in the sayings of one meaning
than in all the others'.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from pypinyin import Style, lazy_pinyin

NONE = "none"  # sayings that mean nothing at a question; at the question for a code: that there is none
OTHER = "another_answer"  # answers of another kind, such as codes, where NONE is a meaning
_UNSEEN = 0.05  # of a saying: how much every piece is taken to have been seen besides
_KNOWN = 0.4  # of the pieces of a sentence must stand in some saying
_EDGE = "^"


@dataclass(frozen=True, slots=True)
class Likeness:
    """meanings: their names; evidence: piece -> log odds for each of them."""

    meanings: tuple[str, ...]
    evidence: Mapping[str, tuple[float, ...]]

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return all meanings with their scores, the likeliest first; no scores for a sentence of unknown pieces."""
        said = tuple(dict.fromkeys(_pieces(text)))
        known = [self.evidence[piece] for piece in said if piece in self.evidence]
        if len(known) < _KNOWN * len(said) or not known:
            return []
        scores = [sum(column) / math.sqrt(len(said)) for column in zip(*known, strict=True)]
        return sorted(zip(self.meanings, scores, strict=True), key=lambda item: item[1], reverse=True)

    def clearly(self, text: str, *, least: float, margin: float) -> tuple[str, float]:
        """Return what compact `text` means and its score, ("", 0) when it is not clear.

        least: the score it must reach; margin: what the next meaning must be behind.
        """
        ranked = self.rank(text)
        clear = ranked and ranked[0][1] > least and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= margin)
        return ranked[0] if clear else ("", 0.0)


def learn(sayings: Mapping[str, Sequence[str]]) -> Likeness:
    """Return the likeness to `sayings`: meaning -> compact sentences."""
    counts = [Counter(piece for said in listed for piece in set(_pieces(said))) for listed in sayings.values()]
    sizes = tuple(len(listed) for listed in sayings.values())
    weighed = cache(partial(_log_odds, sizes))  # most pieces are as rare as many others: they share what they weigh
    seen = {piece: tuple(count[piece] for count in counts) for piece in set().union(*counts)}
    return Likeness(tuple(sayings), {piece: weighed(numbers) for piece, numbers in seen.items()})


def _log_odds(sizes: tuple[int, ...], seen: tuple[int, ...]) -> tuple[float, ...]:
    """Return for each meaning how much likelier a piece is in its sayings than in the others', as a logarithm.

    sizes: sayings of each meaning; seen: in how many of them the piece stands.
    """
    everywhere, everything = sum(seen), sum(sizes)
    return tuple(
        math.log((here + _UNSEEN) / (size + 2 * _UNSEEN))
        - math.log((everywhere - here + _UNSEEN) / (everything - size + 2 * _UNSEEN))
        for here, size in zip(seen, sizes, strict=True)
    )


def _pieces(text: str) -> Iterator[str]:
    sounds = lazy_pinyin(text, style=Style.NORMAL)
    yield from sounds
    yield from text
    for size, parts, between in ((2, sounds, " "), (3, sounds, " "), (2, list(text), "")):
        edged = [_EDGE, *parts, _EDGE]
        yield from (between.join(edged[start : start + size]) for start in range(len(edged) - size + 1))
