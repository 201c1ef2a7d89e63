"""What test callers say, and what it means: one sampler per slot. The sentences are made from rules, not stored.

A case has the words for the synthesiser, the turn that asks, and the fields that must come out.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pypinyin import Style, lazy_pinyin

from divisions.gazetteer import Division, Gazetteer, Region, build_gazetteer
from speech.contract import SlotKind, SlotSpec
from speech.packs import Pack
from speech.slots.calendar import CHINA

NOW = datetime(2026, 7, 24, 10, 0, tzinfo=CHINA)  # a Friday: days said are counted from here
_DIGITS = "零一二三四五六七八九"
_RADIO = "洞幺二三四五六拐八勾"
_PHONE = "零幺二三四五六七八九"
LETTERS = "EFAHPLCD"
_CONSONANTS = ("b", "p", "m", "f", "d", "t", "g", "k", "h", "zh", "ch", "sh")
_VOWELS = ("a", "ang", "ai", "ao", "ei", "en", "eng", "ou")
CARRIER_WORDS = {
    "E": "俄罗斯",
    "F": "佛山",
    "A": "阿里",
    "H": "河南",
    "P": "平安",
    "L": "龙江",
    "C": "长城",
    "D": "东莞",
}
YES = ("对", "是", "是的", "没错", "可以", "行", "好", "确认", "对对对")
NO = ("不是", "不对", "错了", "不行", "重来")
GAS = ("漏气", "漏煤气", "煤气味", "燃气味", "一股煤气味", "臭鸡蛋味", "有燃气味", "家里漏气了")


@dataclass(frozen=True, slots=True)
class Case:
    """One thing said. truth: "meaning", "safety" or fields of the value that must be so; {} must be no match at all."""

    slot: str
    said: str
    spec: SlotSpec
    truth: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """What the cases are made of. vocabulary: the recognizer's words; menu: meaning -> phrases of the main menu.

    specs: slot -> the turn that asks for it, where the flows' own turn is to be used.
    """

    pack: Pack
    vocabulary: frozenset[str]
    menu: Mapping[str, tuple[str, ...]]
    specs: Mapping[str, SlotSpec] = field(default_factory=dict)


class Cases:
    """Samples cases of every slot; the generator given decides all."""

    def __init__(self, world: World) -> None:
        self._world = world
        gazetteer = build_gazetteer(world.pack.divisions, world.pack.aliases)
        self._towns = [chain for item in world.pack.divisions.values() if (chain := _speakable(item, gazetteer, world))]
        self._streets = sorted(word for word in world.vocabulary if _local(word, ("路", "街", "大道", "巷")))
        self._estates = sorted(
            word for word in world.vocabulary if _local(word, ("花园", "小区", "家园", "花苑", "新村"))
        )
        self.samplers: Mapping[str, Callable[[random.Random], Case]] = {
            "fault_code": self.fault_code,
            "code_spelled": self.code_spelled,
            "yes_no": self.yes_no,
            "menu": self.menu,
            "region": self.region,
            "address": self.address,
            "phone": self.phone,
            "visit_time": self.visit_time,
            "purchase_date": self.purchase_date,
            "gas": self.gas,
            "outside": self.outside,
        }

    # ---- codes ----

    def code(self, chance: random.Random) -> str:
        """Return a code as it is printed: mostly a letter and digits, some digits alone, some with P."""
        kind = chance.random()
        if kind < 0.08:
            return str(chance.randint(101, 699))
        if kind < 0.14:
            return f"{chance.randint(1, 9)}P{chance.randint(1, 9)}"
        letter = chance.choices(LETTERS, weights=(8, 6, 2, 1, 1, 1, 1, 1))[0]
        length = chance.choices((1, 2, 3), weights=(4, 6, 1))[0]
        return letter + "".join(str(chance.randint(0, 9)) for _ in range(length))

    def fault_code(self, chance: random.Random) -> Case:
        """A code read as people read it."""
        code = self.code(chance)
        carrier = chance.choice(("", "", "", "显示 ", "故障代码 ", "是 ", "故障码 ", "代码是 "))
        return Case("fault_code", carrier + self.read_code(code, chance), self._code_spec(), {"canonical": code})

    def code_spelled(self, chance: random.Random) -> Case:
        """A code spelled: the letter by a word."""
        code = self.code(chance)
        return Case("code_spelled", self.spell_code(code, chance), self._code_spec(), {"canonical": code})

    def read_code(self, code: str, chance: random.Random) -> str:
        """Return the words of a code: 幺 or 一, 二十八, 洞 and 拐 now and then."""
        head, digits = (code[0], code[1:]) if code[0].isalpha() else ("", code)
        if head and len(digits) == 2 and digits.isdigit() and digits[0] not in "01" and chance.random() < 0.25:
            return f"{head} {_DIGITS[int(digits[0])]}十{_DIGITS[int(digits[1])] if digits[1] != '0' else ''}"
        words = _RADIO if chance.random() < 0.05 else _PHONE if chance.random() < 0.5 else _DIGITS
        return " ".join([head, *(words[int(char)] if char.isdigit() else char for char in digits)]).strip()

    def spell_code(self, code: str, chance: random.Random) -> str:
        """Return the words of a code with its letter in a word: 佛山的F,二,八."""
        if not code[0].isalpha():
            return self.read_code(code, chance)
        digits = " ".join(_PHONE[int(char)] for char in code[1:])
        return f"{CARRIER_WORDS[code[0]]}的 {code[0]} {digits}"

    def _code_spec(self) -> SlotSpec:
        return self._world.specs.get("fault_code") or SlotSpec("fault_code", SlotKind.FAULT_CODE)

    # ---- choices ----

    def yes_no(self, chance: random.Random) -> Case:
        """A yes or a no."""
        yes = chance.random() < 0.5
        spec = self._world.specs.get("yes_no") or SlotSpec("confirm", SlotKind.YES_NO)
        return Case("yes_no", chance.choice(YES if yes else NO), spec, {"meaning": "yes" if yes else "no"})

    def menu(self, chance: random.Random) -> Case:
        """A phrase of the main menu that the recognizer's vocabulary can write."""
        spec = SlotSpec("main_menu", SlotKind.MENU, dict(self._world.menu))
        meaning = chance.choice(sorted(self._world.menu))
        return Case("menu", chance.choice(self._world.menu[meaning]), spec, {"meaning": meaning})

    def gas(self, chance: random.Random) -> Case:
        """A word of gas danger, heard at the main menu."""
        spec = SlotSpec("main_menu", SlotKind.MENU, dict(self._world.menu))
        return Case("gas", chance.choice(GAS), spec, {"safety": "gas"})

    def outside(self, chance: random.Random) -> Case:
        """Words that no grammar holds: they must not be bent into a yes, a no or a code."""
        words = [f"[[{chance.choice(_CONSONANTS)}{chance.choice(_VOWELS)}{chance.randint(1, 4)}]]" for _ in range(5)]
        return Case("outside", "".join(words), SlotSpec("confirm", SlotKind.YES_NO))

    # ---- places ----

    def region(self, chance: random.Random) -> Case:
        """A town or street of the province whose towns the pack has, with what is above it."""
        where = chance.choice(self._towns)
        names = where.fields()
        said = [names["city"], *([names["district"]] if "district" in names else []), names["town"]]
        spec = SlotSpec("address_region", SlotKind.REGION)
        return Case("region", " ".join(said), spec, {"region": "".join((names["province"], *said))})

    def address(self, chance: random.Random) -> Case:
        """A whole address: divisions, road and number or estate, building, unit, room."""
        region = self.region(chance)
        road, road_said = self._road(chance)
        building, unit = chance.randint(1, 30), chance.randint(1, 4)
        room = chance.randint(1, 32) * 100 + chance.randint(1, 6)
        said = f"{region.said} {road_said} {count(building)}栋 {count(unit)}单元 {digits(str(room), _PHONE)}"
        truth = {**region.truth, "road": road, "room": f"{building}栋{unit}单元{room}室"}
        return Case("address", said, SlotSpec("address_full", SlotKind.ADDRESS), truth)

    def _road(self, chance: random.Random) -> tuple[str, str]:
        if self._estates and (chance.random() < 0.4 or not self._streets):
            estate = chance.choice(self._estates)
            return estate, estate
        street, number = chance.choice(self._streets or ["新发路"]), chance.randint(1, 199)
        return f"{street}{number}号", f"{street} {count(number)}号"

    # ---- numbers and days ----

    def phone(self, chance: random.Random) -> Case:
        """A mobile number in groups of three and four, or a landline with its area code."""
        if chance.random() < 0.75:
            number = "1" + chance.choice("3456789") + "".join(str(chance.randint(0, 9)) for _ in range(9))
            groups: tuple[str, ...] = (number[:3], number[3:7], number[7:])
        else:
            number = "0757" + chance.choice("2678") + "".join(str(chance.randint(0, 9)) for _ in range(7))
            groups = (number[:4], number[4:8], number[8:])
        spec = SlotSpec("contact_number", SlotKind.PHONE, max_digits=12)
        return Case("phone", ",".join(digits(group, _PHONE) for group in groups), spec, {"digits": number})

    def visit_time(self, chance: random.Random) -> Case:
        """A day within two weeks, mostly with a part of it."""
        ahead = chance.randint(1, 12)
        day = NOW.date() + timedelta(days=ahead)
        near = {1: "明天", 2: "后天", 3: "大后天"}.get(ahead)
        week = "一二三四五六日"[day.weekday()]
        this_week = ahead + NOW.weekday() < 7
        named = near or (f"星期{week}" if this_week and chance.random() < 0.6 else f"{count(day.day)}号")
        part, word = chance.choice((("morning", "上午"), ("afternoon", "下午"), ("evening", "晚上"), ("", "")))
        truth = {"date": day.isoformat(), "part": part, "from": ""}
        if part == "afternoon" and chance.random() < 0.5:
            hour = chance.randint(1, 5)
            word, truth["from"] = f"{word} {count(hour) if hour != 2 else '两'}点以后", f"{hour + 12}:00"
        return Case("visit_time", f"{named} {word}".strip(), SlotSpec("visit_day", SlotKind.VISIT_TIME), truth)

    def purchase_date(self, chance: random.Random) -> Case:
        """A month of a year, a year and a feast, or days ago."""
        spec = SlotSpec("purchase_date", SlotKind.PURCHASE_DATE)
        kind = chance.random()
        if kind < 0.2:
            back = chance.randint(2, 20)
            day = (NOW.date() - timedelta(days=back)).isoformat()
            return Case("purchase_date", f"刚买{count(back) if back != 2 else '两'}天", spec, {"from": day, "to": day})
        if kind < 0.6:
            back, word = chance.choice(((1, "去年"), (2, "前年")))
        else:
            back = chance.randint(1, 9)
            word = digits(str(NOW.year - back), _DIGITS) + "年"
        month = chance.randint(1, 12)
        first = NOW.date().replace(year=NOW.year - back, month=month, day=1)
        return Case("purchase_date", f"{word}{count(month)}月", spec, {"from": first.isoformat()})


def is_right(case: Case, meaning: str, value: Mapping[str, str], safety: str) -> bool:
    """Tell whether what came out is what was said; a case without truth is right when nothing came out."""
    if not case.truth:
        return not (meaning or value or safety)
    got = {**value, "meaning": meaning, "safety": safety}
    return all(got.get(name, "") == wanted for name, wanted in case.truth.items())


def sounds_right(case: Case, value: Mapping[str, str]) -> bool:
    """Tell whether a value is what was said, but perhaps for how its road or estate is written: see `part_right`."""
    return bool(case.truth) and all(part_right(case, value, name) for name in case.truth)


def part_right(case: Case, value: Mapping[str, str], name: str) -> bool:
    """Tell whether one field is what was said. A road or an estate may be written otherwise: 花园 and 花苑 sound alike,
    no list of all estates says which of them there is, and a caller who hears it read back cannot tell.
    """
    got, wanted = value.get(name, ""), case.truth[name]
    return got == wanted or (name == "road" and same_sound(got, wanted))


def same_sound(one: str, other: str) -> bool:
    """Tell whether two names have the same syllables, tones aside."""
    return bool(lazy_pinyin(one, style=Style.NORMAL) == lazy_pinyin(other, style=Style.NORMAL))


def digits(text: str, words: str) -> str:
    """Return digits said one by one."""
    return "".join(words[int(char)] for char in text)


def count(value: int) -> str:
    """Return a number below a thousand as it is counted."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    out = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        out += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        out += "零"
    return out + (_DIGITS[ones] if ones or not value else "")


def _speakable(item: Division, gazetteer: Gazetteer, world: World) -> Region | None:
    """Return a town's chain when the recognizer knows its words and its names fit no other place."""
    if item.level != 4:
        return None
    chain = Region(gazetteer.chain(item), 1, 0)
    names = chain.fields()
    said = [names[name] for name in ("city", "district", "town") if name in names]
    if not all(name in world.vocabulary for name in said):
        return None
    found = gazetteer.find("".join(said))
    return chain if len(found) == 1 and found[0].fields() == names else None


def _local(word: str, suffixes: tuple[str, ...]) -> bool:
    return word.endswith(suffixes) and len(word) >= 3
