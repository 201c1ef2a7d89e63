"""Finds the administrative divisions an address begins with. A name that fits two places is asked, never guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from speech.packs import Division, Pack

_SUFFIX = re.compile(
    r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|地区|街道|省|市|区|县|镇|乡|盟|旗)$"
)
_PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
FIELDS = {1: "province", 2: "city", 3: "district", 4: "town"}


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
    """The divisions of a pack, indexed by what callers say (full names, and names without their last word)."""

    pack: Pack
    names: dict[str, tuple[Division, ...]] = field(default_factory=dict)
    longest: int = 0

    def find(self, text: str) -> list[Region]:
        """Return the readings of the divisions at the start of compact `text`; the longest reading only, several
        when a name fits several places."""
        best: list[Region] = []
        for start in range(min(len(text), 7)):  # skips a few words such as 我在, 就
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
            out.insert(0, self.pack.divisions[out[0].parent])
        return tuple(out)


def build_gazetteer(pack: Pack) -> Gazetteer:
    """Index a pack's divisions and its merged-district aliases."""
    names: dict[str, list[Division]] = {}
    for item in pack.divisions.values():
        if item.name in _PLACEHOLDERS:
            continue
        short = _SUFFIX.sub("", item.name)
        for name in {item.name, short} if len(short) >= 2 else {item.name}:
            names.setdefault(name, []).append(item)
    for former, code in pack.aliases.items():
        if code in pack.divisions:
            for name in {former, _SUFFIX.sub("", former)}:
                names.setdefault(name, []).append(pack.divisions[code])
    longest = max((len(name) for name in names), default=0)
    return Gazetteer(pack, {name: tuple(items) for name, items in names.items()}, longest)


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
