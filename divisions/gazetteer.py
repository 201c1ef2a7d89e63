"""Finds the administrative divisions an address begins with. A name that fits two places is asked, never guessed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_SUFFIX = re.compile(
    r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|地区|街道|省|市|区|县|镇|乡|盟|旗)$"
)
_NUMERALS = "0-9零〇一二三四五六七八九十百两幺"
# What a short name is not a place before: it is a road's or an estate's (天河路, 幸福小区, 人民医院).
_NO_PLACE = re.compile(
    rf"[东南西北中]?(?:大道|[一二三四五六七八九十]?路|[大正横直后]街|街(?=[{_NUMERALS}东南西北中号])|巷|道(?!办)|桥)|门(?:[内外]|大街|路)|花园|花苑|小区|新村|新城(?!区)|村(?![\u4e00-\u9fff]{{1,3}}(?:路|街|巷))"
    "|苑|公?园|广场|大厦|公寓|商城|市场|酒店|饭店|宾馆|大学|医院|银行"
)
_IN_FULL = re.compile("(?<=市)场|(?<=[省县乡])道")  # and a whole name: 佛山市场
_COUNTED = re.compile(rf"[{_NUMERALS}]+[栋座幢号楼层室房组]")  # 三栋 is a building before it is a town
_APART = re.compile(  # what a short name may follow; behind anything else it is a piece of a name (恒大名都, 香港九龙)
    r"(?:[|\dA-Z就在是住于到址边里的呢吗吧啊嗯呃哦喂这那个了修说叫我们省]|[我你老]家|[你您]好|先生|女士|小姐|姓.{1,2}|叫.{2,3})$"
)
_GENERAL = re.compile("(?:经济|技术|高新|工业|产业|旅游)*(?:开发|新|园|城|产业园|工业园|高新|工业|度假)区")  # whose?
_PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_TOWN = 4
_TOWNS_KIND = re.compile("街道?|镇|乡")  # said for another: 大石街, 北滘街道
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

    former: names of districts that were merged into others. below: names of what lies in a division, by its code.
    """

    divisions: Mapping[str, Division]
    former: frozenset[str] = frozenset()
    names: Mapping[str, tuple[Division, ...]] = field(default_factory=dict)
    longest: int = 0
    below: Mapping[str, tuple[tuple[str, Division], ...]] = field(default_factory=dict)

    def find(self, text: str, skipped: int = 6) -> list[Region]:
        """Return the readings of the divisions at the start of compact `text`; the longest reading only, several
        when a name fits several places. skipped: so many characters may stand before it, such as 我在, 就."""
        best: list[Region] = []
        for start in range(min(len(text), skipped + 1)):
            best = [region for region in self._walk(text, start) if _stands_alone(region, text, start)]
            if best:
                break
        deepest = max((region.end for region in best), default=0)
        regions = [region for region in best if region.end == deepest]
        most = max((region.named for region in regions), default=0)
        return _without_ancestors(_without_towns([region for region in regions if region.named == most]))

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
            name, end = text[start : start + length], start + length
            for item in self.names.get(name, ()):
                after = may_end(text, name, item, end)
                if after is not None:
                    yield item, after

    def chain(self, division: Division) -> tuple[Division, ...]:
        """Return `division` with its ancestors, province first."""
        out = [division]
        while out[0].parent:
            out.insert(0, self.divisions[out[0].parent])
        return tuple(out)


def may_end(text: str, name: str, item: Division, end: int) -> int | None:
    """Return where a division called `name` ends in compact `text`, None when the name before `end` is another's."""
    if name == item.name:
        return None if _IN_FULL.match(text, end) else end
    if _NO_PLACE.match(text, end) or _COUNTED.fullmatch(name):
        return None
    kind = _TOWNS_KIND.match(text, end) if item.level == _TOWN else None
    return kind.end() if kind else end


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
        for name in {item.name, *(each for each in (short, short.removesuffix("新")) if len(each) >= 2)}:
            names.setdefault(name, []).append(item)
    for former, code in aliases.items():
        if code in divisions:
            for name in {former, _SUFFIX.sub("", former)}:
                names.setdefault(name, []).append(divisions[code])
    longest = max((len(name) for name in names), default=0)
    indexed = {name: tuple(items) for name, items in names.items()}
    return Gazetteer(divisions, frozenset(aliases), indexed, longest, _below(divisions, indexed))


def _below(
    divisions: Mapping[str, Division], names: Mapping[str, tuple[Division, ...]]
) -> dict[str, tuple[tuple[str, Division], ...]]:
    found: dict[str, list[tuple[str, Division]]] = {}
    for name, items in names.items():
        for item in items:
            upper = divisions.get(item.parent)
            while upper is not None:
                found.setdefault(upper.code, []).append((name, item))
                upper = divisions.get(upper.parent)
    return {code: tuple(rows) for code, rows in found.items()}


def _stands_alone(region: Region, text: str, start: int) -> bool:
    """Tell whether divisions named from `start` on are meant: what is said within another name is none.

    A short name alone behind other words (碧桂园, 恒大名都) is a part of them, and so is a general name (火炬开发区).
    """
    if region.named > 1 or not start:
        return True
    said, last = text[start : region.end], region.chain[-1]
    apart = _APART.search(text, 0, start) is not None
    return not _GENERAL.fullmatch(said) and ((said == last.name and len(said) > 2) or (apart and last.level < _TOWN))


def _without_towns(regions: list[Region]) -> list[Region]:
    """Leave out towns where the same words are a city or district too: 北京, 广州白云."""
    return [region for region in regions if region.chain[-1].level < _TOWN] or regions


def _without_ancestors(regions: list[Region]) -> list[Region]:
    """Keep one of two regions that lie in each other and have the same words.

    The upper one, as who says 南山 has named a district and not the street in it that is called so too; the lower one
    where both have one name (东莞市 the city, 东莞市 its county row).
    """

    def same_place(upper: Region, lower: Region) -> bool:
        return upper.chain[-1] in lower.chain[:-1]

    once = {region.chain[-1].code: region for region in regions}.values()  # one place may be come to by two ways
    return [
        region
        for region in once
        if not any(same_place(region, other) and region.chain[-1].name == other.chain[-1].name for other in once)
        and not any(same_place(other, region) and region.chain[-1].name != other.chain[-1].name for other in once)
    ]
