"""Mandarin numerals as people say them on the telephone, into digits as printed.

Digit strings keep their leading zeros; 十/百/千 forms are cardinals. Radio readings 幺 拐 勾 洞 count as digits.
"""

import re
from collections.abc import Callable

DIGITS = {
    "零": "0", "〇": "0", "洞": "0",
    "一": "1", "幺": "1", "么": "1",
    "二": "2", "两": "2",
    "三": "3", "四": "4", "五": "5", "六": "6",
    "七": "7", "拐": "7",
    "八": "8",
    "九": "9", "勾": "9",
}  # fmt: skip
# What a model without tones may write for a digit: by toneless syllable (幺 as 要, 三 as 散).
DIGIT_SOUNDS = {
    "ling": "0", "dong": "0", "yi": "1", "yao": "1", "er": "2", "liang": "2", "san": "3", "si": "4", "wu": "5",
    "liu": "6", "qi": "7", "guai": "7", "ba": "8", "jiu": "9", "gou": "9",
}  # fmt: skip
_UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL_CHARS = "".join(DIGITS) + "十百千" + "0123456789"
NUMERAL = f"[{NUMERAL_CHARS}]+"


def digit_string(text: str) -> str | None:
    """Return the digits of a digit-by-digit reading ("幺零二" -> "102"), None when it is none."""
    out = []
    for char in text:
        if char in DIGITS:
            out.append(DIGITS[char])
        elif char.isascii() and char.isdigit():
            out.append(char)
        else:
            return None
    return "".join(out) or None


def cardinal(text: str) -> int | None:
    """Return the value of a cardinal below ten thousand ("一百二十八" -> 128), None when it is none.

    Spoken short forms count: "一百二" is 120, "三千五" 3500.
    """
    if not text or not any(char in _UNITS for char in text):
        return None
    total, current, last_unit, seen_zero = 0, None, 10_000, False
    for char in text:
        if char in _UNITS:
            unit = _UNITS[char]
            if unit >= last_unit or (current is None and (unit != 10 or total)):
                return None
            total += (1 if current is None else current) * unit
            current, last_unit, seen_zero = None, unit, False
            continue
        digit = digit_string(char)
        if digit is None or current is not None:
            return None
        if digit == "0":
            if seen_zero:
                return None
            seen_zero = True
            continue
        current = int(digit)
    if seen_zero and current is None:
        return None
    if current is not None:
        total += current * (last_unit // 10 if last_unit > 10 and not seen_zero else 1)
    return total


def number_text(text: str) -> str | None:
    """Return the digits of either reading, None when `text` is no numeral."""
    digits = digit_string(text)
    if digits is not None:
        return digits
    value = cardinal(text)
    return None if value is None else str(value)


def convert_before(text: str, suffixes: str) -> str:
    """Replace numerals that stand directly before one of the `suffixes` (a regex); leave all others alone.

    Numerals inside names (五一路, 三里屯) are never touched.
    """

    def put(match: re.Match[str]) -> str:
        return (number_text(match.group(1)) or match.group(1)) + match.group(2)

    convert: Callable[[re.Match[str]], str] = put
    return re.sub(f"({NUMERAL})({suffixes})", convert, text)
