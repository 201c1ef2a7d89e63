"""Pure: the language model of free listening, a bigram with classes, as OpenFst text.

Words of a class (roads, towns, villages of one town ...) share what follows them and what leads to them; within a
class all are equally likely. Counts come from sampled sentences, smoothed by absolute discount and back-off.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from speech.training.rules import Word

_DISCOUNT = 0.6
_BEGIN, _END = "<s>", "</s>"
_SMALLEST = 1e-4


class LanguageModel:
    """Counts sentences and writes them as a grammar. classes: class -> members; a place class may have a parent part
    ("village/440606007"), whose sentences also count for the class without it.
    """

    def __init__(self, classes: Mapping[str, Sequence[str]]) -> None:
        self._classes = {name: list(dict.fromkeys(members)) for name, members in classes.items() if members}
        self._pairs: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._single: Counter[str] = Counter()

    def learn(self, sentence: Sequence[Word], weight: float = 1.0) -> None:
        """Count one sentence."""
        before = _BEGIN
        for word in sentence:
            token = self._token(word)
            self._count(before, token, weight)
            before = token.split("/")[0] if token.startswith("@") else token
        self._count(before, _END, weight)

    def _count(self, before: str, token: str, weight: float) -> None:
        general = token.split("/")[0] if token.startswith("@") else token
        self._pairs[before][general] += weight  # type: ignore[assignment]  # Counter is typed for int, floats add the same
        self._single[general] += weight  # type: ignore[assignment]  # as above

    def _token(self, word: Word) -> str:
        name = word.place.split("/")[0]
        return f"@{name}" if name in self._classes else word.text

    def text(self, labels: Mapping[str, int], chains: Iterable[tuple[str, Sequence[str], float]]) -> Iterator[str]:
        """Yield the grammar as an acceptor over word labels.

        chains: (word, words that may follow it as its own places, share of that), such as a town and its villages.
        """
        yield from _Writer(self._pairs, self._single, self._classes, labels).lines(chains)


class _Writer:
    def __init__(
        self,
        pairs: Mapping[str, Counter[str]],
        single: Counter[str],
        classes: Mapping[str, Sequence[str]],
        labels: Mapping[str, int],
    ) -> None:
        self._pairs, self._classes, self._labels = pairs, classes, labels
        self._single = Counter({token: count for token, count in single.items() if self._known(token)})
        for word in labels:
            self._single[word] += 0.5  # type: ignore[assignment]  # every word can be said
        self._states: dict[str, int] = {_BEGIN: 0, "": 1}
        self._own: dict[str, int] = {}  # words with a state of their own: those that lead to places of theirs

    def _known(self, token: str) -> bool:
        return token.startswith("@") or token == _END or token in self._labels

    def lines(self, chains: Iterable[tuple[str, Sequence[str], float]]) -> Iterator[str]:
        chained = [(word, followers, share) for word, followers, share in chains if word in self._labels and followers]
        for history in self._pairs:
            if self._known(history):
                self._state(history)
        for word, _followers, _share in chained:
            self._own.setdefault(word, self._state(f"own {word}"))
        yield from self._history("")
        for history in list(self._pairs):
            if history != "" and (history == _BEGIN or self._known(history)):
                yield from self._history(history)
        yield from self._class_entries()
        yield from self._chains(chained)

    def _state(self, name: str) -> int:
        return self._states.setdefault(name, len(self._states))

    def _after(self, word: str, class_name: str = "") -> int:
        """Return the state after a word, that of its own places, its class or its own bigrams."""
        if word in self._own:
            return self._own[word]
        # "" is the name of the back-off's state: a word of no class must not lead there past its own bigrams
        return self._states.get(class_name or word, self._states.get(word, 1))

    def _history(self, history: str) -> Iterator[str]:
        state = self._states[history]
        if history == "":
            counts, back = self._single, 0.0
            total = sum(counts.values())
            shares = {token: count / total for token, count in counts.items()}
        else:
            known = {token: count for token, count in self._pairs[history].items() if self._known(token)}
            total = sum(known.values())
            kept = {token: count for token, count in known.items() if count > 1 or history == _BEGIN}
            shares = {token: (count - min(_DISCOUNT, count / 2)) / total for token, count in kept.items()}
            back = max(1 - sum(shares.values()), _SMALLEST)
        for token, share in shares.items():
            yield from self._arc(state, token, -math.log(share))
        if back:
            yield f"{state} 1 0 0 {-math.log(back):.4f}"

    def _arc(self, state: int, token: str, cost: float) -> Iterator[str]:
        if token == _END:
            yield f"{state} {cost:.4f}"
        elif token.startswith("@"):
            yield f"{state} {self._state('entry ' + token)} 0 0 {cost:.4f}"
        else:
            label = self._labels[token]
            yield f"{state} {self._after(token)} {label} {label} {cost:.4f}"

    def _class_entries(self) -> Iterator[str]:
        for name, members in self._classes.items():
            entry = self._states.get(f"entry @{name}")
            if entry is not None:
                yield from self._members(entry, members, f"@{name}")

    def _members(self, entry: int, members: Sequence[str], class_name: str) -> Iterator[str]:
        known = [word for word in members if word in self._labels]
        for word in known:
            label = self._labels[word]
            yield f"{entry} {self._after(word, class_name)} {label} {label} {math.log(len(known)):.4f}"

    def _chains(self, chained: Sequence[tuple[str, Sequence[str], float]]) -> Iterator[str]:
        class_of = {word: f"@{name}" for name, members in self._classes.items() for word in members}
        totals: defaultdict[str, float] = defaultdict(float)
        for number, (word, followers, share) in enumerate(chained):
            entry = self._state(f"chain {number}")
            yield f"{self._own[word]} {entry} 0 0 {-math.log(share):.4f}"
            totals[word] += share
            yield from self._members(entry, followers, class_of.get(followers[0], ""))
        for word, share in totals.items():
            back = self._states.get(class_of.get(word, word), self._states.get(word, 1))
            yield f"{self._own[word]} {back} 0 0 {-math.log(max(1 - share, _SMALLEST)):.4f}"
