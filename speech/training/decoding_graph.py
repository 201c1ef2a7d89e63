"""Pure: the decoding graph HCLr as OpenFst text: transition ids in, words out, open for a grammar to be composed with.

The lexicon is a tree of phones with each word's label on the first arc that only it can take, so it is determinized by
its making. Between words there may be silence. `[unk]` is a loop over all phones at a price: speech that fits no word.
Words that sound alike are told apart by disambiguation symbols behind their last phone.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from speech.training.units import PHONE_NUMBER, PHONES, SILENCE, SPOKEN_NOISE, UNITS, phones_of

UNKNOWN = "[unk]"
_HALF = math.log(2.0)  # cost of silence, and of no silence, after a word
_SILENCE_MARK, _UNKNOWN_MARK, _FIRST_MARK = 0, 1, 2  # disambiguation symbols
Pronunciations = Mapping[str, Sequence[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Arc:
    """source, target: states; phone: a phone number, or -1 - mark for a disambiguation symbol; word: 0 for none."""

    source: int
    target: int
    phone: int
    word: int
    cost: float


@dataclass(slots=True)
class LexiconFst:
    """Arcs over phones. State 0 starts, state 1 is between words and final; marks: disambiguation symbols used."""

    arcs: list[Arc] = field(default_factory=list)
    states: int = 4
    marks: int = 2

    def add(self, source: int, target: int, phone: int, word: int = 0, cost: float = 0.0) -> None:
        """Add an arc."""
        self.arcs.append(Arc(source, target, phone, word, cost))

    def new_state(self) -> int:
        """Return the number of a new state."""
        self.states += 1
        return self.states - 1

    def leave(self, source: int, phone: int, word: int = 0, cost: float = 0.0) -> None:
        """Add the last arc of a word: back between words, with silence or without."""
        self.add(source, _LOOP, phone, word, cost + _HALF)
        self.add(source, _AFTER, phone, word, cost + _HALF)


_START, _LOOP, _AFTER, _PAUSE = 0, 1, 2, 3


@dataclass(slots=True)
class _Node:
    state: int = 0
    words: set[int] = field(default_factory=set)  # words below this node
    ends: list[int] = field(default_factory=list)  # words whose last phone leads here
    below: dict[int, "_Node"] = field(default_factory=dict)


def lexicon_fst(words: Mapping[str, int], pronunciations: Pronunciations, filler_price: float) -> LexiconFst:
    """Return the lexicon of `words` (word -> label). filler_price: extra cost of each phone of `[unk]`."""
    fst = LexiconFst()
    fst.add(_START, _LOOP, 0, cost=_HALF)
    fst.add(_START, _AFTER, 0, cost=_HALF)
    fst.add(_AFTER, _PAUSE, PHONE_NUMBER[SILENCE])
    fst.add(_PAUSE, _LOOP, -1 - _SILENCE_MARK)
    root = _Node(_LOOP)
    for word, label in words.items():
        for units in dict.fromkeys(pronunciations.get(word, ())):
            _insert(root, phones_of(units), label)
    _grow(fst, root, 0)
    _filler(fst, words[UNKNOWN], filler_price)
    return fst


def _insert(root: _Node, phones: Sequence[int], label: int) -> None:
    node = root
    for phone in phones:
        node = node.below.setdefault(phone, _Node())
        node.words.add(label)
    if label not in node.ends:
        node.ends.append(label)


def _grow(fst: LexiconFst, node: _Node, given: int) -> None:
    """Add the arcs below `node`; given: the label already on the way here, 0 for none."""
    for phone, child in node.below.items():
        label = next(iter(child.words)) if not given and len(child.words) == 1 else 0
        sure = given or label
        if child.ends and len(child.ends) == 1 and not child.below:
            fst.leave(node.state, phone, 0 if given else child.ends[0])
            continue
        child.state = fst.new_state()
        fst.add(node.state, child.state, phone, label)
        for number, end in enumerate(child.ends):
            fst.leave(child.state, -1 - (_FIRST_MARK + number), 0 if sure else end)
            fst.marks = max(fst.marks, _FIRST_MARK + number + 1)
        _grow(fst, child, sure)


def _filler(fst: LexiconFst, label: int, price: float) -> None:
    begin, inside = fst.new_state(), fst.new_state()
    fst.add(_LOOP, begin, -1 - _UNKNOWN_MARK, label)
    each = 0.5 * math.log(len(UNITS) - 1) + price
    for unit in UNITS[1:]:
        cost = 0.0 if unit == SPOKEN_NOISE else each
        fst.leave(begin, PHONE_NUMBER[f"{unit}_S"], cost=cost + 1.0)
        fst.add(begin, inside, PHONE_NUMBER[f"{unit}_B"], cost=cost)
        fst.add(inside, inside, PHONE_NUMBER[f"{unit}_I"], cost=cost)
        fst.leave(inside, PHONE_NUMBER[f"{unit}_E"], cost=cost)


def transition_text(fst: LexiconFst) -> Iterator[str]:
    """Yield the graph over transition ids, in OpenFst's text form.

    A state is split by the phone that leads into it, and the split states stay on that phone.
    """
    arcs: dict[int, list[Arc]] = {}
    for arc in fst.arcs:
        arcs.setdefault(arc.source, []).append(arc)
    numbers: dict[tuple[int, int], int] = {(_START, 0): 0}
    waiting = [(_START, 0)]
    while waiting:
        state, phone = waiting.pop()
        number = numbers[state, phone]
        if phone:
            yield f"{number} {number} {2 * phone - 1} 0"
        for arc in arcs.get(state, []):
            entered = (arc.target, max(arc.phone, 0))
            if entered not in numbers:
                numbers[entered] = len(numbers)
                waiting.append(entered)
            label = 2 * arc.phone if arc.phone >= 0 else disambiguation_id(-1 - arc.phone)
            yield f"{number} {numbers[entered]} {label} {arc.word} {arc.cost:.5f}"
        if state == _LOOP:
            yield f"{number}"


def disambiguation_id(mark: int) -> int:
    """Return the transition id that stands for disambiguation symbol `mark`: behind all real ones."""
    return 2 * len(PHONES) + 1 + mark


def phones_txt() -> str:
    """Return graph/phones.txt."""
    return "<eps> 0\n" + "".join(f"{phone.name} {number}\n" for number, phone in enumerate(PHONES, 1))


def word_boundary_int() -> str:
    """Return graph/phones/word_boundary.int, from which Vosk knows where words begin."""
    return "".join(f"{number} {phone.place}\n" for number, phone in enumerate(PHONES, 1))


def words_txt(labels: Mapping[str, int]) -> str:
    """Return graph/words.txt: Vosk looks a grammar's words up here and takes the ids as labels of the graph."""
    last = max(labels.values())
    lines = [f"{word} {label}\n" for word, label in sorted(labels.items(), key=lambda item: item[1])]
    return "<eps> 0\n" + "".join(lines) + f"#0 {last + 1}\n<s> {last + 2}\n</s> {last + 3}\n"
