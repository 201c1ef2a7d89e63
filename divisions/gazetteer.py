"""Finds the administrative divisions an address begins with. A name that fits two places is asked, never guessed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_SUFFIX = re.compile(
    r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|地区|街道|省|市|区|县|镇|乡|盟|旗)$"
)
_PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
FIELDS = {1: "province", 2: "city", 3: "district", 4: "town"}


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division. level: 1 province, 2 city, 3 district or county, 4 town or street."""

    code: str
    name: str
    level: int
    parent: str  # code of the parent, "" for a province


@dataclass(frozen=True, slots=True)
class Region:
    """A chain of divisions from province down, and where in the text they ended."""

    chain: tuple[Division, ...]
    named: int  # how many of the chain's names were said
    end: int

    def fields(self) -> dict[str, str]:
        """Return province, city, district, town (those known) and adcode (6 digits, of the district or city)."""
        out = {FIELDS[item.level]: item.name for item in self.chain if item.name not in _PLACEHOLDERS}
        if "city" in out and out.get("district") == out["city"]:
            del out["district"]  # 东莞市, 中山市: a city without districts
        deepest = self.chain[min(len(self.chain), 3) - 1]
        out["adcode"] = deepest.code.ljust(6, "0")[:6]
        return out


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Divisions by code, indexed by what people call them (full names, and names without their last word).

    former: names of districts that were merged into others.
    """

    divisions: Mapping[str, Division]
    former: frozenset[str] = frozenset()
    names: Mapping[str, tuple[Division, ...]] = field(default_factory=dict)
    longest: int = 0

    def find(self, text: str, skipped: int = 6) -> list[Region]:
        """Return the readings of the divisions at the start of compact `text`; the longest reading only, several
        when a name fits several places. skipped: so many characters may stand before it, such as 我在, 就."""
        best: list[Region] = []
        for start in range(min(len(text), skipped + 1)):
            best = self._walk(text, start)
            if best:
                break
        deepest = max((region.end for region in best), default=0)
        regions = [region for region in best if region.end == deepest]
        most = max((region.named for region in regions), default=0)
        return _without_ancestors([region for region in regions if region.named == most])

    def starts(self, text: str, start: int) -> bool:
        """Tell whether a division's name begins at `start` of compact `text`."""
        return any(True for _found in self._at(text, start))

    def _walk(self, text: str, start: int) -> list[Region]:
        found = [Region(self.chain(item), 1, end) for item, end in self._at(text, start)]
        finished: list[Region] = []
        while found:
            grown: list[Region] = []
            for region in found:
                nexts = [
                    Region(self.chain(item), region.named + 1, end)
                    for item, end in self._at(text, region.end)
                    if region.chain[-1] in self.chain(item)[:-1]
                ]
                grown.extend(nexts)
                if not nexts:
                    finished.append(region)
            found = grown
        return finished

    def _at(self, text: str, start: int) -> Iterable[tuple[Division, int]]:
        for length in range(min(self.longest, len(text) - start), 1, -1):
            for item in self.names.get(text[start : start + length], ()):
                yield item, start + length

    def chain(self, division: Division) -> tuple[Division, ...]:
        """Return `division` with its ancestors, province first."""
        out = [division]
        while out[0].parent:
            out.insert(0, self.divisions[out[0].parent])
        return tuple(out)


def divisions_of(rows: Iterable[Sequence[Any]]) -> dict[str, Division]:
    """Return divisions by code from a pack's rows (code, name, level, parent)."""
    return {row[0]: Division(row[0], row[1], int(row[2]), row[3]) for row in rows}


def build_gazetteer(divisions: Mapping[str, Division], aliases: Mapping[str, str]) -> Gazetteer:
    """Index divisions and former names. aliases: former district name -> code of the district it is now part of."""
    names: dict[str, list[Division]] = {}
    for item in divisions.values():
        if item.name in _PLACEHOLDERS:
            continue
        short = _SUFFIX.sub("", item.name)
        for name in {item.name, short} if len(short) >= 2 else {item.name}:
            names.setdefault(name, []).append(item)
    for former, code in aliases.items():
        if code in divisions:
            for name in {former, _SUFFIX.sub("", former)}:
                names.setdefault(name, []).append(divisions[code])
    longest = max((len(name) for name in names), default=0)
    indexed = {name: tuple(items) for name, items in names.items()}
    return Gazetteer(divisions, frozenset(aliases), indexed, longest)


def _without_ancestors(regions: list[Region]) -> list[Region]:
    """Keep one of two regions that lie in each other and have the same words.

    The upper one, as who says 南山 has named a district and not the street in it that is called so too; the lower one
    where both have one name (东莞市 the city, 东莞市 its county row).
    """

    def same_place(upper: Region, lower: Region) -> bool:
        return upper.chain[-1] in lower.chain[:-1]

    def one_name(upper: Region, lower: Region) -> bool:
        return upper.chain[-1].name == lower.chain[-1].name

    once = {region.chain[-1].code: region for region in regions}.values()  # one place may be come to by two ways
    return [
        region
        for region in once
        if not any(same_place(region, other) and one_name(region, other) for other in once)
        and not any(same_place(other, region) and not one_name(other, region) for other in once)
    ]
