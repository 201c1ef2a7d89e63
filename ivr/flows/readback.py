"""How values are read to the caller: codes letter by letter, numbers in groups, addresses as they are said."""

import re

_DIGITS = "零幺二三四五六七八九"
_NUMERALS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_ROOM = re.compile(r"(\d+)([A-Z]?)(?=室|号房|房)")
_COUNT = re.compile(r"\d+")
MAX_PART = 60  # longest address part that is read; more is cut

# The words a read-back can be put together from without a synthesiser.
PIECES = (*_DIGITS, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def spell(text: str) -> tuple[str, ...]:
    """Return letters and digits one by one, 1 as 幺: "E01" -> ("E", "零", "幺"). Anything else is left out."""
    return tuple(
        _DIGITS[int(char)] if char.isdigit() else char.upper() for char in text if char.isascii() and char.isalnum()
    )


def grouped(digits: str, sizes: tuple[int, ...]) -> str:
    """Return digits in groups with pauses between; what is left over is the last group."""
    words, groups = "".join(spell(digits)), []
    for size in sizes:
        groups.append(words[:size])
        words = words[size:]
    return "、".join(group for group in (*groups, words) if group)


def phone(national: str) -> str:
    """Return a national number: 3-4-4 for a mobile, else its area code (3 or 4 digits) and groups of four."""
    if national.startswith("0"):
        area = 3 if national[1:2] in ("1", "2") else 4
        return grouped(national, (area, 4, 4))
    return grouped(national, (3, 4, 4))


def ticket(number: str) -> str:
    """Return a ticket number in fours."""
    return grouped(number, (4, 4))


def count(number: int) -> str:
    """Return 0..9999 as it is counted: 128 -> 一百二十八, 10 -> 十; more is read digit by digit."""
    digits = str(number)
    if len(digits) > len(_UNITS):
        return "".join(spell(digits))
    out = ""
    for index, char in enumerate(digits):
        unit = _UNITS[len(digits) - 1 - index]
        if char != "0":
            out += _NUMERALS[int(char)] + unit
        elif not out.endswith("零"):
            out += "零"
    out = out.rstrip("零") or "零"
    return out.removeprefix("一") if out.startswith("一十") else out


def quantity(number: int) -> str:
    """Return a number as it is counted before a measure word: 2 -> 两."""
    return "两" if number == 2 else count(number)


def address(part: str) -> str:
    """Return one spoken part of an address: rooms digit by digit, every other number as a count."""
    rooms = _ROOM.sub(lambda match: "".join(spell(match.group(1) + match.group(2))), part[:MAX_PART])
    return _COUNT.sub(lambda match: count(int(match.group())), rooms)


def national(e164: str) -> str:
    """Return a Chinese E.164 number as it is dialled at home; a foreign one without its plus sign."""
    if not e164.startswith("+86"):
        return e164.removeprefix("+")
    rest = e164.removeprefix("+86")
    return rest if rest.startswith("1") and len(rest) == 11 else f"0{rest}"
