"""Addresses as people say them: divisions, road and number or estate, building, unit, room.

Numerals become digits only before 号 栋 座 单元 室 ...; names keep theirs (五一路, 三里屯).
Nothing is guessed: what was not said stays empty, a district that fits two places is a choice for the caller.
"""

import re
from collections.abc import Mapping

from divisions.gazetteer import Gazetteer
from divisions.sounds import find_alike
from speech.slots.numerals import DIGITS, NUMERAL, NUMERAL_CHARS, convert_before, digit_string, number_text

_LEAD = re.compile(r"^(我家?|就|在|是|住|地址|那个|呃|嗯|啊|喂|的|这是|到|改成|应该是|不是.{0,24}是)+")
# One road may lead off another (凤翔路五巷).
_ROAD = re.compile(
    r"^(.{1,12}?(?:大道[东西南北中]?|路[东西南北中]?|街(?!道)|巷|弄|胡同)"
    rf"(?:(?:{NUMERAL}|[^{NUMERAL_CHARS}号旁对附隔]{{1,5}}?)(?:巷|弄|街(?!道)|路(?!口)|大道)[东西南北中]?)*)"
)
_NUMBER = re.compile(rf"^(\d+(?:之\d+)?|{NUMERAL}(?:之{NUMERAL})?)号(?!楼|房)(?:之(\d+|{NUMERAL}))?")
_COMMUNITY = re.compile(r"^([^\d]{2,8}?(?:社区|村委会|村民委员会|村委|村(?!路)))")
_PHASE = f"(?:{NUMERAL}期|(?:[东南西北A-Z]|{NUMERAL})区)*"
_ESTATE_WORD = (
    "花园|花苑|家园|豪苑|雅苑|名苑|公寓|山庄|大厦|广场|华府|新村|新城|城市?"
    rf"|[苑府居湾坊](?=$|小区|[旁对附隔门楼那第A-Z]|{NUMERAL})"  # 居 in 雅居乐 ends no name
    "|工业区|工业园|科技园|产业园|软件园|宿舍|酒店|医院|学校|商场|市场"
)
_ESTATE = re.compile(rf"^([^\d]{{1,12}}?(?:小区|(?:{_ESTATE_WORD})(?:{_ESTATE_WORD})*){_PHASE})(?:小区)?")
# Behind an estate a short number is a house's and no door's.
_HOUSE = re.compile(r"^([一二三四五六七八九]{1,2}|[二三四五六七八九]?十[一二三四五六七八九]?|\d{1,2})号(?!楼|房)")
# Any other name is one too when a building is counted right behind it (碧桂园十二座).
_NAME = re.compile(rf"^([^{NUMERAL_CHARS}A-Z]{{2,12}}{_PHASE})(?=(?:[A-Z]|{NUMERAL}[A-Z]?)(?:号楼|栋|座|幢|单元))")
_BUILDING = re.compile(rf"(?P<building>[A-Z]?{NUMERAL}[A-Z]?|[A-Z])(?:号楼|栋|座|幢)")
_UNIT = re.compile(rf"(?P<unit>{NUMERAL})单元")
_FLOOR = re.compile(rf"(?P<floor>负?{NUMERAL})(?:楼|层)")
_ROOM = re.compile(rf"(?P<room>[A-Z]?{NUMERAL}[A-Z]?)(?:室|房|号房|号)?$")
_ROOM_MARKED = re.compile(rf"(?P<room>[A-Z]?{NUMERAL}[A-Z]?)(?:室|号房|房)")
_ONE_DIGIT = f"[{''.join(DIGITS)}]"
# A door that is named to its end: 室 or 房, or a floor, 零 and the door's own digit, behind what doors are counted in.
# A recognizer hears 室 as 十 until it knows that nothing follows.
_WHOLE_ROOM = re.compile(
    rf"(?:室|号房|{_ONE_DIGIT}房)$|(?:^|栋|座|幢|单元|楼|层|号){_ONE_DIGIT}{{1,2}}[零洞]{_ONE_DIGIT}十?$"
    rf"|(?:栋|座|幢|单元){_ONE_DIGIT}{{3,4}}十$"
)
# 是 before a numeral is easily heard as 十. Nobody says 十 before another ten.
_TEN_OF_TENS = re.compile(r"^十(?=[二三四五六七八九]?十)")
_TEN = re.compile(r"^十(?=[一二三四五六七八九](?:号楼|栋|座|幢))")
# In noise a last 幺 of a door is heard as 了 and a 七 before 零 as 区; neither stands there in a sentence.
_LAST_ONE = re.compile(rf"(?<={_ONE_DIGIT}[零洞])了$")
_SEVEN = re.compile(rf"(?<={_ONE_DIGIT})区(?=[零洞]{_ONE_DIGIT})")
_HIGHEST, _MOST_DOORS = "60", "30"  # floor, and door on it
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LANDMARK = re.compile(r"(?:旁边|对面|附近|隔壁|第[一二三]家|楼上|门口)")


def as_said(text: str) -> str:
    """Return compact `text` with what only sounds like a part of an address put right: 耳东 describes a name."""
    return _SEVEN.sub("七", _LAST_ONE.sub("幺", text.replace("耳东", "二栋")))


def denied(text: str, current: Mapping[str, str]) -> str:
    """Return compact `text`, what was said behind a no to the address `current`, without a first 十 that was a 是.

    "房号错了,是五栋二单元三零一" is heard as 十五栋. It is 是 before another ten, where the 十 would say once more
    what is denied, and where it would change the building besides what follows while 五栋 is what was read back.
    """
    if _TEN_OF_TENS.match(text):
        return text[1:]
    if not _TEN.match(text):
        return text
    with_ten, without = parse_room(text), parse_room(text[1:])
    again = all(current.get(name) == value for name, value in with_ten.items())
    same_house = without.get("building") == current.get("building")
    changed = any(current.get(name) != value for name, value in without.items())
    return text[1:] if again or (same_house and changed) else text


def parse_address(text: str, gazetteer: Gazetteer) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Parse compact `text`; returns (fields, choices).

    fields: province city district town adcode street number community estate building unit floor room_no landmark,
    and for speaking region, road, room. choices: region fields when the divisions said fit several places.
    """
    body = _LEAD.sub("", text)
    regions = find_alike(gazetteer, body)
    rest = body[regions[0].end :] if regions else body
    fields = parse_local(rest)
    if len(regions) == 1:
        fields.update(regions[0].fields())
    choices = [region.fields() for region in regions] if len(regions) > 1 else []
    for choice in choices:
        choice["region"] = spoken_region(choice)
    return compose(fields), choices[:3]


def parse_local(text: str) -> dict[str, str]:
    """Parse what follows the divisions: community, road, number, estate and the room part."""
    fields: dict[str, str] = {}
    rest = _LEAD.sub("", text).removeprefix("小区")
    for name, pattern in (
        ("community", _COMMUNITY), ("street", _ROAD), ("number", _NUMBER), ("estate", _ESTATE), ("estate", _NAME),
    ):  # fmt: skip
        if name in fields:
            continue
        match = pattern.match(rest)
        if match and not (name == "community" and _ROAD.match(rest) and _earlier_road(rest, match.end())):
            fields[name] = _house(match) if name == "number" else match.group(1)
            rest = rest[match.end() :]
    house = _HOUSE.match(rest) if "estate" in fields else None
    if house:
        fields["estate"] += f"{number_text(house.group(1))}号"
        rest = rest[house.end() :]
    fields.update(parse_room(rest))
    landmark = _LANDMARK.search(rest)
    if landmark and "room_no" not in fields:
        fields["landmark"] = rest
    return fields


def _house(match: re.Match[str]) -> str:
    """Return a house number; 128号之三 is 128之3."""
    said, part = match.group(1), match.group(2) or ""
    number = number_text(said) or said
    return f"{number}之{number_text(part) or part}" if part else number


def _earlier_road(text: str, end: int) -> bool:
    road = _ROAD.match(text)
    return road is not None and road.end() < end


def parse_room(text: str) -> dict[str, str]:
    """Parse building, unit, floor and room ("三栋二单元五零二" -> 3, 2, 502)."""
    fields: dict[str, str] = {}
    rest = text
    for name, pattern in (("building", _BUILDING), ("unit", _UNIT), ("floor", _FLOOR)):
        match = pattern.search(rest)
        if match:
            # 一栋 and E栋 sound alike, and houses are numbered far more often than lettered
            alike = match.group() in {"E栋", "E幢", "E号楼"}
            fields[name] = "1" if alike else _digits(match.group(name))
            rest = rest[match.end() :]
    match = _ROOM_MARKED.search(rest) or _ROOM.search(rest)
    if match and _digits(match.group("room")):
        fields["room_no"] = _digits(match.group("room"))
    return fields


def one_two_less(fields: dict[str, str]) -> dict[str, str]:
    """Return `fields` with a door that has a 二 too many as one that has not: 32203 is 3203, and 3022 is 302.

    Nothing parts 二二 when it is spoken, so one may be heard as two. Five digits would be a floor over 99, 零二二 the
    twenty-second door of a floor. Some cities write the unit before the floor (二单元 22003): such a door stays as it
    was heard, whether its unit was said too or not.
    """
    door, unit = fields.get("room_no", ""), fields.get("unit", "")
    fewer = {door[:at] + door[at + 1 :] for at in range(len(door) - 1) if door[at : at + 2] == "22"}
    if not door.isdigit() or len(fewer) != 1:
        return fields
    too_long = len(door) == 5 and not _behind_its_unit(door, unit)
    if too_long or (len(door) == 4 and door.endswith("022")):
        return compose({**fields, "room_no": fewer.pop()})
    return fields


def _behind_its_unit(door: str, unit: str) -> bool:
    """Tell whether a door of five digits is its unit, a floor that is built, and a door's number on that floor."""
    floor, own = door[-4:-2], door[-2:]
    return door.startswith(unit) and "01" <= floor <= _HIGHEST and own <= _MOST_DOORS


def whole_room(text: str) -> bool:
    """Tell whether compact `text` ends with a door that is named to its end, so that nothing has to be waited for."""
    return _WHOLE_ROOM.search(text) is not None


def _digits(text: str) -> str:
    said = text.removeprefix("负")
    numeral = said.strip(_LETTERS)
    first, _, last = said.partition(numeral) if numeral else (said, "", "")
    below = "-" if said != text else ""
    return f"{below}{first}{number_text(numeral) or digit_string(numeral) or ''}{last}"


def compose(fields: dict[str, str]) -> dict[str, str]:
    """Return `fields` with the three spoken parts added: region, road, room ("" parts are left out)."""
    out = {name: value for name, value in fields.items() if value}
    parts = {
        "region": spoken_region(out),
        "road": out.get("community", "")
        + out.get("street", "")
        + (f"{out['number']}号" if "number" in out else "")
        + out.get("estate", "")
        + out.get("landmark", ""),
        "room": _suffixed(out, building="栋", unit="单元", floor="楼", room_no="室"),
    }
    return {**out, **{name: value for name, value in parts.items() if value}}


def spoken_region(fields: dict[str, str]) -> str:
    """Return the divisions in one string, province first."""
    return "".join(fields.get(name, "") for name in ("province", "city", "district", "town"))


def _suffixed(fields: dict[str, str], **suffixes: str) -> str:
    return "".join(fields[name] + suffix for name, suffix in suffixes.items() if name in fields)


def written(text: str) -> str:
    """Return compact `text` with numerals before 号 栋 单元 室 ... as digits, for showing to an agent."""
    return convert_before(text, "号楼|号房|号|栋|座|幢|单元|楼|层|室|房|巷|组")
