"""A part of a fault code that was read back, corrected: "后头还有个零", "不是一是七", "不是E是F", "不对,是零五"."""

import re

from speech.slots.numerals import DIGITS, number_text

CODE = re.compile(r"[A-Z][0-9A-F][0-9]{0,2}|[A-Z][A-F]|[0-9]{3}|[0-9]P[0-9]")
_D = "零〇洞一幺么二两三四五六七拐八九勾"
_SIGNS = rf"[A-Z]?[{_D}十0-9]*"
_END = "[的吧啊呀了]*$"
_MORE = re.compile(f"(?:后头|后面|后边|最后|末尾)(?:还|再)?(?:有|加|是)(?:一?个)?([{_D}]{{1,2}})$")
_BEFORE = re.compile(f"(?:前头|前面|前边|中间|字母后面)(?:还|再)?(?:有|加|是)(?:一?个)?([{_D}])$")
_WRONG_RIGHT = re.compile(f"不是({_SIGNS})(?:而|应该)*是({_SIGNS}){_END}")
_RIGHT_WRONG = re.compile(f"是({_SIGNS})不是({_SIGNS}){_END}")
_ANEW = re.compile(f"(?:(?:不对|错了)(?:应该)?是?|不是的?(?:应该)?是)([{_D}十0-9]+){_END}")


def changed(text: str, canonical: str) -> str:
    """Return the code that was read back as compact `text` corrects it, "" when `text` corrects no part of it."""
    new = _longer(text, canonical) or _swapped(text, canonical) or _with_digits(text, canonical)
    return new if new != canonical and CODE.fullmatch(new) else ""


def _longer(text: str, canonical: str) -> str:
    match = _MORE.search(text)
    if match:
        return canonical + "".join(DIGITS[char] for char in match.group(1))
    match = _BEFORE.search(text)
    if match and canonical[0].isalpha():
        return canonical[0] + "".join(DIGITS[char] for char in match.group(1)) + canonical[1:]
    return ""


def _swapped(text: str, canonical: str) -> str:
    """Put what is right for what is wrong, when that stands once in the code; new digits keep a code's letter."""
    match, turned = _WRONG_RIGHT.search(text), _RIGHT_WRONG.search(text)
    wrong, right = match.groups() if match else turned.groups()[::-1] if turned else ("", "")
    wrong, right = _printed(wrong), _printed(right)
    if not wrong or not right or CODE.fullmatch(right):
        return ""
    if right.isdigit() and canonical[0].isalpha() and wrong in (canonical, canonical[1:]):
        return canonical[0] + right
    alike = len(wrong) == len(right) and wrong.isdigit() == right.isdigit()
    return canonical.replace(wrong, right) if alike and canonical.count(wrong) == 1 else ""


def _with_digits(text: str, canonical: str) -> str:
    """Put new digits behind the letter, when they are no fewer than the old: one of several may be any of them."""
    match = _ANEW.search(text)
    digits = _printed(match.group(1)) if match else ""
    return canonical[0] + digits if canonical[0].isalpha() and len(digits) >= len(canonical) - 1 else ""


def _printed(signs: str) -> str:
    """Return signs as printed, "" when their numerals are none."""
    letter = signs[:1] if signs[:1].isalpha() and signs[:1].isascii() else ""
    rest = signs[len(letter) :]
    numerals = number_text(rest) if rest else ""
    return "" if numerals is None else letter + numerals
