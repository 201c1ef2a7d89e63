"""Words and how they sound: readings as tone-numbered pinyin, and the units of every pronunciation."""

import functools
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pypinyin import Style, lazy_pinyin
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.pinyin_dict import pinyin_dict

from speech.training.units import NotASyllable, split_syllable

READINGS_FILE = Path(__file__).parent / "data" / "readings.yaml"
_MOST_WAYS = 4  # of saying one name
_RARE = frozenset(
    ("m", "n", "ng", "hm", "hng", "ê", "yai", "lo", "yo", "cei", "den", "dia", "eng", "fiao", "nun", "tei", "zhei",
     "shei", "nou", "rua")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to say a word: what espeak-ng is given, and the units that it should then say."""

    pinyin: tuple[str, ...]  # empty for a letter said by its name
    units: tuple[str, ...]


class Lexicon:
    """Readings of words and of names of places; what cannot be read (no Han, no letter) has none."""

    def __init__(self, words: Iterable[str], places: Iterable[str] = ()) -> None:
        found = {word: readings_of(word) for word in dict.fromkeys(words)}
        found |= {name: place_readings_of(name) for name in dict.fromkeys(places)}
        self.readings = {word: readings for word, readings in found.items() if readings}

    def __contains__(self, word: str) -> bool:
        return word in self.readings

    def words(self) -> list[str]:
        """Return the words that have a reading, in the order given."""
        return list(self.readings)

    def pronunciations(self, word: str) -> list[tuple[str, ...]]:
        """Return the units of each way to say `word`, each once."""
        return list(dict.fromkeys(reading.units for reading in self.readings[word]))


@functools.cache
def _table() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(READINGS_FILE.read_text("utf-8"))
    return loaded


@functools.cache
def readings_of(word: str) -> tuple[Reading, ...]:
    """Return the ways to say a word, the usual one first; () when it cannot be said."""
    letters = _table()["letters"]
    if word in letters:
        entry = letters[word]
        named = [Reading((), tuple(units.split())) for units in entry["units"]]
        return (*named, *(_reading(pinyin) for pinyin in entry["pinyin"]))
    if word in _table() and word not in {"letters", "places"}:
        return tuple(_reading(pinyin) for pinyin in _table()[word])
    return _read_as(_syllables(word))


@functools.cache
def place_readings_of(name: str) -> tuple[Reading, ...]:
    """Return the ways to say the name of a place, the right one first: the dictionary takes many for other words
    (花都 by 都 of 都是), and callers from elsewhere, or a synthesizer, read some characters as they look.
    """
    if name in _table():
        return readings_of(name)
    syllables = _syllables(name)
    if not syllables:
        return ()
    slots: list[list[tuple[str, ...]]] = []
    start = 0
    while start < len(name):
        part = next((part for part in _table()["places"] if name.startswith(part, start)), "")
        options = _table()["places"][part] if part else [syllables[start]]
        slots.append([tuple(option.split()) for option in options])
        start += len(part) or 1
    ways = itertools.islice(itertools.product(*slots), _MOST_WAYS)
    return tuple(dict.fromkeys(way for parts in ways for way in _read_as(list(itertools.chain(*parts)))))


def _syllables(word: str) -> list[str]:
    """Return the dictionary's reading, [] when a character has none: Latin letters and signs come out as one piece."""
    syllables = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
    return syllables if len(syllables) == len(word) else []


def _read_as(syllables: list[str]) -> tuple[Reading, ...]:
    try:
        return (_reading(" ".join(syllables)),) if syllables else ()
    except NotASyllable:
        return ()


def _reading(pinyin: str) -> Reading:
    syllables = tuple(pinyin.split())
    return Reading(syllables, tuple(unit for syllable in syllables for unit in split_syllable(syllable)))


@functools.cache
def all_syllables() -> tuple[str, ...]:
    """Return every toneless syllable of Mandarin, sorted, so that the network hears more than the vocabulary."""
    marked = {item for items in pinyin_dict.values() for item in items.split(",")}
    plain = {to_normal(item, v_to_u=False) for item in marked}
    found = {bare for bare in plain if bare.isascii() and bare.isalpha() and bare not in _RARE}
    return tuple(sorted(syllable for syllable in found if _splits(syllable)))


def _splits(syllable: str) -> bool:
    try:
        split_syllable(syllable)
    except NotASyllable:
        return False
    return True
