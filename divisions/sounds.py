"""A district or town in other characters of the same sound (顺德荣桂), within the city or district before it."""

from collections.abc import Iterator
from functools import lru_cache

from pypinyin import lazy_pinyin

from divisions.gazetteer import Gazetteer, Region, may_end

_UPPER = (2, 3)  # a city or a district
_STEPS = 2  # a district, and a town in it


def find_alike(gazetteer: Gazetteer, text: str) -> list[Region]:
    """Return the readings of the divisions at the start of compact `text`, also of such as only sound like it.

    A recognizer without tones writes a name it does not know in words that it knows. Only where the city or district
    is named, and only what nothing else there sounds like: nothing is guessed.
    """
    regions = gazetteer.find(text)
    for _ in range(_STEPS):
        names = set(_alike(gazetteer, regions[0], text)) if len(regions) == 1 else set()
        longest = [name for name in names if len(name) == max(map(len, names))]
        if len(longest) != 1:
            break
        end = regions[0].end
        text = text[:end] + longest[0] + text[end + len(longest[0]) :]
        regions = gazetteer.find(text)
    return regions


def _alike(gazetteer: Gazetteer, region: Region, text: str) -> Iterator[str]:
    upper = region.chain[-1]
    for name, item in gazetteer.below.get(upper.code, ()) if upper.level in _UPPER else ():
        end = region.end + len(name)
        said = text[region.end : end]
        # the very name stands there as a road's (天河路), else it would have been found
        same_sound = len(said) == len(name) and said != name and _syllables(said) == _syllables(name)
        if same_sound and may_end(text, name, item, end) is not None:
            yield name


@lru_cache(maxsize=50_000)
def _syllables(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text))
