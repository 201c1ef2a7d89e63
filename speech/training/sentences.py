"""What callers say: the rules of data/sentences.yaml with the builtins for numbers, places, streets and phrases."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from speech.training.lexicon import Lexicon
from speech.training.pieces import frequent
from speech.training.places import Gazetteer
from speech.training.rules import Grammar, Word

_DATA = Path(__file__).parent / "data"
_DIGITS = "零一二三四五六七八九"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER_WORDS = (*_DIGITS, "两", "幺", "十", "百", "千", "万", "点")
_DOUBLED = 0.35  # of digits repeat the one before, besides those that do so by chance
_LONGEST = 8
_NEW_WORD_COSTS = {2: 2.0, 3: 2.5, 4: 3.2}  # against 1.5 for a character alone, 1 for a known word
_NEW_WORD = re.compile(r"(?!.*[零二三四五六七八九]|.*一$)[\u4e00-\u9fff]+")  # numbers stay digit by digit
_OFTEN = 6  # times that a piece comes in the sayings to be a word


@dataclass(frozen=True, slots=True)
class Danger:
    """The flows' words of danger. phrases: per pattern every way to say it, dangers and look-alikes; doubts: what may
    stand before a danger and makes it doubtful.
    """

    phrases: Sequence[Sequence[str]] = ()
    doubts: Sequence[str] = ()


class Talk:
    """Samples sentences. phrases: what the flows listen for, as written there; danger: their words of danger; sayings:
    what callers say in their own words.

    use: "model" or "audio", which share of the kinds counts.
    """

    def __init__(
        self,
        places: Gazetteer,
        phrases: Iterable[str],
        danger: "Danger | None" = None,
        sayings: Sequence[str] = (),
    ) -> None:
        document = yaml.safe_load((_DATA / "sentences.yaml").read_text("utf-8"))
        streets = {
            name: text.split() for name, text in yaml.safe_load((_DATA / "streets.yaml").read_text("utf-8")).items()
        }
        self._streets = streets
        self._grammar = Grammar(document["rules"], self._builtins(places))
        self._kinds: Mapping[str, Mapping[str, float]] = document["kinds"]
        own = [*self._grammar.words(), *_NUMBER_WORDS, *_LETTERS]
        named = [*itertools.chain.from_iterable(streets.values()), *(f"{base}路" for base in streets["road_bases"])]
        own += named
        vocabulary, danger = frozenset(own), danger or Danger()
        # Joined for the turns' grammars, which are pairs of words: of single characters they would let anything
        # through. The characters are words too, for what no phrase foresaw.
        self._phrases = [cut for phrase in phrases if (cut := cut_phrase(phrase, vocabulary, joined=True))]
        self._dangers = [[cut_phrase(way, vocabulary, joined=True) for way in ways] for ways in danger.phrases]
        self._doubts = [cut_phrase(phrase, vocabulary, joined=True) for phrase in danger.doubts]
        self._sayings = _cut_sayings(sayings, vocabulary)
        for words in itertools.chain(self._phrases, *self._dangers, self._doubts, self._sayings):
            own += words
            own += itertools.chain.from_iterable(words)
        self.lexicon = Lexicon(own, [*places.words(), *named])
        self._own = [word for word in dict.fromkeys(own) if word in self.lexicon]

    def kinds(self) -> list[str]:
        """Return the names of the kinds of sentences."""
        return list(self._kinds)

    def sample(self, chance: np.random.Generator, use: str) -> list[Word]:
        """Return one sentence of a kind drawn by its share in `use`."""
        shares = np.cumsum([kind[use] for kind in self._kinds.values()])
        drawn = int(np.searchsorted(shares / shares[-1], chance.random(), side="right"))
        return self.sample_kind(chance, list(self._kinds)[drawn])

    def sample_kind(self, chance: np.random.Generator, kind: str) -> list[Word]:
        """Return one sentence of the rule `kind`, words without a reading left out; never an empty one."""
        while True:
            words = [word for word in self._grammar.sample(kind, chance) if word.text in self.lexicon]
            if words:
                return words

    def _builtins(self, places: Gazetteer) -> dict[str, Any]:
        return {
            "digits": _digits, "number": _number, "letter": _letter, "place": places.sample,
            "town_or_village": places.any_name, "road": self._road, "road_base": partial(self._pick, "road_bases"),
            "avenue": partial(self._pick, "avenues"), "road_kind": partial(self._pick, "road_kinds"),
            "estate_name": partial(self._pick, "estate_names"), "estate_base": partial(self._pick, "estate_bases"),
            "estate_kind": partial(self._pick, "estate_kinds"), "flow_phrase": self._flow_phrase,
            "any_words": self._any_words, "danger_phrase": self._danger_phrase, "doubt": self._doubt,
            "any_saying": self._any_saying,
        }  # fmt: skip

    def _pick(self, name: str, chance: np.random.Generator, _argument: str) -> list[Word]:
        pool = self._streets[name]
        return [Word(pool[int(chance.integers(len(pool)))], name)]

    def _road(self, chance: np.random.Generator, _argument: str) -> list[Word]:
        pool = self._streets["road_bases"]
        return [Word(pool[int(chance.integers(len(pool)))] + "路", "road")]

    def _flow_phrase(self, chance: np.random.Generator, _argument: str) -> list[Word]:
        if not self._phrases:
            return []
        return [Word(text) for text in self._phrases[int(chance.integers(len(self._phrases)))]]

    def _any_saying(self, chance: np.random.Generator, _argument: str) -> list[Word]:
        if not self._sayings:
            return []
        return [Word(text) for text in self._sayings[int(chance.integers(len(self._sayings)))]]

    def _danger_phrase(self, chance: np.random.Generator, _argument: str) -> list[Word]:
        """Return one way to say one pattern of danger: patterns are equally likely, however many ways they hold."""
        if not self._dangers:
            return []
        ways = self._dangers[int(chance.integers(len(self._dangers)))]
        return [Word(text) for text in ways[int(chance.integers(len(ways)))]]

    def _doubt(self, chance: np.random.Generator, _argument: str) -> list[Word]:
        if not self._doubts:
            return []
        return [Word(text) for text in self._doubts[int(chance.integers(len(self._doubts)))]]

    def _any_words(self, chance: np.random.Generator, _argument: str) -> list[Word]:
        return [Word(self._own[int(chance.integers(len(self._own)))]) for _ in range(int(chance.integers(1, 5)))]

    def classes(self) -> dict[str, list[str]]:
        """Return the members of the word classes whose members are equally likely (roads, estates)."""
        roads = [f"{base}路" for base in self._streets["road_bases"]]
        return {"road": roads, **{name: list(words) for name, words in self._streets.items()}}


def cut_phrase(phrase: str, vocabulary: frozenset[str], *, joined: bool = False) -> list[str]:
    """Return a phrase of the flows as the fewest words, single characters for the rest; digits are read out.

    joined: what is no word becomes words of up to four characters.
    """
    out: list[str] = []
    for piece in re.findall(r"[\u4e00-\u9fffA-Za-z0-9]+", phrase):
        spelled = "".join(_DIGITS[int(char)] if char.isdecimal() and char.isascii() else char for char in piece)
        out += _fewest(spelled.upper(), vocabulary, joined=joined)
    return out


def _cut_sayings(sayings: Sequence[str], vocabulary: frozenset[str]) -> list[list[str]]:
    """Return the sayings in words. What is no word but comes often becomes one; the rest stays single characters: of
    what is said once, four characters in a row are seldom said again.
    """
    pieces = itertools.chain.from_iterable(re.findall(r"[\u4e00-\u9fff]+", saying) for saying in sayings)
    known = vocabulary.union(frequent(pieces, _OFTEN, _NEW_WORD.fullmatch))
    return [cut for saying in sayings if (cut := cut_phrase(saying, known))]


def _fewest(text: str, vocabulary: frozenset[str], *, joined: bool) -> list[str]:
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(text) + 1):
        options = []
        for start in range(max(0, end - _LONGEST), end):
            word = text[start:end]
            cost = _word_cost(word, vocabulary, joined=joined)
            if cost:
                options.append((best[start][0] + cost, [*best[start][1], word]))
        best.append(min(options, key=lambda option: option[0]))
    return best[-1][1]


def _word_cost(word: str, vocabulary: frozenset[str], *, joined: bool) -> float:
    """Return what a word costs in a cut, 0 where it may not be: known words are cheap, new ones by their length."""
    if word in vocabulary:
        return 1.5 if joined and len(word) == 1 else 1.0
    if len(word) == 1:
        return 1.5 if joined else 1.0
    return _NEW_WORD_COSTS.get(len(word), 0.0) if joined and _NEW_WORD.fullmatch(word) else 0.0


def _digits(chance: np.random.Generator, argument: str) -> list[Word]:
    """Return digits said one by one; doubled ones are more than chance has them, as they are in numbers and rooms, and
    run into each other when spoken (二二零二).
    """
    drawn: list[int] = []
    for digit in chance.integers(0, 10, int(argument)):
        drawn.append(drawn[-1] if drawn and chance.random() < _DOUBLED else int(digit))
    return [Word("幺" if digit == 1 and chance.random() < 0.5 else _DIGITS[digit]) for digit in drawn]


def _letter(chance: np.random.Generator, _argument: str) -> list[Word]:
    return [Word(_LETTERS[int(chance.integers(26))])]


def _number(chance: np.random.Generator, argument: str) -> list[Word]:
    low, _, high = argument.partition("-")
    # even over lengths, so that one and two digits are as frequent as three
    lengths = range(len(low), len(high) + 1)
    length = lengths[int(chance.integers(len(lengths)))]
    smallest = max(int(low), 10 ** (length - 1))
    value = int(chance.integers(smallest, min(int(high), 10**length - 1) + 1))
    return [Word(text) for text in spoken_number(value, liang=bool(chance.random() < 0.5))]


def spoken_number(value: int, *, liang: bool = False) -> list[str]:
    """Return a cardinal below 10 000 as spoken words: 128 -> 一 百 二 十 八; liang: 两百 instead of 二百."""
    if not 0 <= value < 10_000:
        raise ValueError(value)
    if value < 10:
        return [_DIGITS[value]]
    out: list[str] = []
    gap = False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if not digit:
            gap = bool(out)
            continue
        if gap:
            out.append("零")
            gap = False
        if power == 10 and digit == 1 and not out:
            out.append("十")
            continue
        out.append("两" if liang and digit == 2 and power >= 100 else _DIGITS[digit])
        out += [name] if name else []
    return out


def phrases_of(documents: Sequence[Any]) -> list[str]:
    """Return every phrase that call flows listen for, from their YAML (`hear` of nodes, lists of the lexicon)."""
    found: dict[str, None] = {}

    def take(node: Any, listening: bool) -> None:
        if isinstance(node, Mapping):
            for key, value in node.items():
                take(value, listening or key == "hear")
        elif isinstance(node, list):
            for item in node:
                take(item, listening)
        elif isinstance(node, str) and listening:
            found.update(dict.fromkeys(_spelled_out(node)))

    for document in documents:
        take(document, not (isinstance(document, Mapping) and "nodes" in document))
    return list(found)


def danger_of(document: Mapping[str, Any]) -> Danger:
    """Return the words of danger of danger/words.yaml."""
    patterns = [*itertools.chain.from_iterable(document["kinds"].values()), *document["look_alikes"]]
    doubts = itertools.chain.from_iterable(map(_spelled_out, document["doubt_before"]))
    return Danger([list(_spelled_out(pattern)) for pattern in patterns], list(doubts))


def _spelled_out(phrase: str) -> Iterator[str]:
    """Yield what a phrase with "(a|b)" choices and "…" gaps stands for; a gap is nothing said."""
    choice = re.search(r"\(([^()]*)\)", phrase)
    if choice is None:
        yield phrase.replace("…", " ")
        return
    for option in choice.group(1).split("|"):
        yield from _spelled_out(phrase[: choice.start()] + option + phrase[choice.end() :])
