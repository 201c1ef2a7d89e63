"""The division of an address that somebody wrote: found where it is certain, else left for a person to complete.

Nobody reads a written address back to who wrote it, so more is asked of it than of a spoken one: a town's name
standing alone, or a district's short name without a road behind it, is a proposal only.
"""

import re
from collections.abc import Mapping

from divisions.gazetteer import FIELDS, Gazetteer, Region

_APART = re.compile(r"[\s,，、.。;；:：/\\|]+")
_LEAD = re.compile(r"^(?:我|家|住|址|地|在|是|位于|中国)*")
_ROAD = re.compile(r"[^\d]{2,7}?(?:大道|路|街|巷)")
_TAILS = {2: "区", 4: "镇"}  # 佛山市区; 大良镇, which is a 街道 today
_CITY = 2
_DISTRICT = 3
_CHOICES = 3


def recognized(value: Mapping[str, str], gazetteer: Gazetteer) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return an address slot's value with its division, and what it may be where that is not certain.

    A value with an adcode stays as it is. Places that are fields get their adcode only; of a bare text the divisions
    become fields and what follows them the road.
    """
    if value.get("adcode"):
        return dict(value), []
    places = "".join(value.get(name, "") for name in FIELDS.values())
    line = places or value.get("text") or value.get("raw_text") or value.get("raw", "")
    readings, rest, certain = _read(line, gazetteer)
    if places:
        return {**value, **({"adcode": readings[0]["adcode"]} if certain else {})}, []
    kept = {name: text for name, text in value.items() if name not in ("text", "raw")}
    whole = [kept | {"raw_text": line} | reading | ({"road": rest} if rest else {}) for reading in readings]
    return (whole[0], []) if certain else (dict(value), whole[:_CHOICES])


def _read(line: str, gazetteer: Gazetteer) -> tuple[list[dict[str, str]], str, bool]:
    """Return the readings of a line's divisions as fields, what follows them, and whether it is certainly the one."""
    letters = [at for at, letter in enumerate(line) if not _APART.match(letter)]
    text = "".join(line[at] for at in letters)
    begin = len(text) - len(_LEAD.sub("", text))
    found = gazetteer.find(text[begin:], skipped=0)
    if not found:
        return [], line, False
    end = begin + found[0].end
    certain = len(found) == 1 and _is_certain(found[0], text[begin:end], text[end:], gazetteer)
    rest = line[letters[end] :].strip() if end < len(letters) else ""
    rest = rest.removeprefix(_TAILS.get(found[0].chain[-1].level, ""))
    return [region.fields() for region in found], rest, certain


def _in_full(said: str, region: Region, gazetteer: Gazetteer) -> bool:
    return said.endswith((region.chain[-1].name, *gazetteer.former))


def _is_certain(region: Region, said: str, rest: str, gazetteer: Gazetteer) -> bool:
    level = region.chain[-1].level
    district = level == _DISTRICT and (_in_full(said, region, gazetteer) or bool(_ROAD.match(rest)))
    return region.named > 1 or level <= _CITY or district
