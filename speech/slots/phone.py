"""Telephone numbers as people read them: in groups, with 幺, with or without area code, and corrections."""

import re
from dataclasses import dataclass

import phonenumbers
from pypinyin import Style, lazy_pinyin

from speech.slots.numerals import DIGIT_SOUNDS, DIGITS, digit_string

_MOBILE = re.compile(r"1[3-9]\d{9}")
# Three-digit area codes are those of Beijing and the 02x cities; the others have four digits.
_LANDLINE = re.compile(r"0(?:10|2\d)[2-8]\d{7}|0[3-9]\d{2}[2-8]\d{6,7}")
_OWN = re.compile("就这个|这个号|就是这个|现在这个|打过来的|本机|来电|打的这个|就打这个")
# A negation that leaves the number what it is: nothing is to be changed, nothing is wrong, there is no other.
_KEPT = re.compile("[不没别甭](?:有|会|用|要|需要|必|想|打|记|搞|弄|再)*(?:换|改|变|错|问题|关系|别的|其[他它]|另外)")
_DENIED = re.compile("[不没未别甭唔冇勿莫]")
_NOISE = re.compile(
    "我给你报[哈啊吧]?|你记一下|记一下|听好了?|我的|他的|她的|电话号码|手机号码?|号码|电话|座机|手机|区号|总机|转|然后|再来|接着"
    "|就是|应该是|是的|是|啊|呃|嗯|哦|吧|的|了|哈|那个|这个|后面|前面|杠"
)
_REPEATED = re.compile("([二两三四五六])个([零〇洞一幺二三四五六七拐八九勾])")
_DIGIT = "零〇洞一幺么二两三四五六七拐八九勾0-9"
_TAIL = re.compile(
    rf"(?:最后|末尾?|尾|后)(?:面|头)?(?:那|的)?([一二两三四五六七八])?(?:位|个数字?|码)?(?:数字?|号)?(?:应该|该)?是?([{_DIGIT}]{{1,8}})$"
)
_HEAD = re.compile(
    rf"(?:前面?|开头|头|最前)(?:那|的)?([一二两三四])?(?:位|个数字?|码)?(?:应该)?是?([{_DIGIT}]{{1,4}})$"
)
_MIDDLE = re.compile(rf"中间(?:那|的)?(?:四|4)?(?:位|个数字?|码)?(?:应该)?是?([{_DIGIT}]{{4}})$")
_PLACE = re.compile(rf"第([一二三四五六七八九十]|十一)(?:位|个数?字?|码)(?:数字?)?(?:应该)?是([{_DIGIT}])$")
_BEGINS = re.compile(r"1[3-9]\d{0,8}|0\d{0,10}")  # what more digits may follow
_SWAP = re.compile(rf"不是([{_DIGIT}]{{1,8}})[|]?(?:应该)?是([{_DIGIT}]{{1,8}})$")
_SOUND_LIKE = {"E": "1", "H": "7", "区": "7"}
_ORDINALS = {word: index for index, word in enumerate("一二三四五六七八九", 1)} | {"两": 2, "十": 10, "十一": 11}


@dataclass(frozen=True, slots=True)
class Phone:
    """What was said. status: match or no_match; meaning: "", "own", "begun" (more may follow) or "short"; digits:
    national.
    """

    status: str = "no_match"
    meaning: str = ""
    digits: str = ""


def read_phone(text: str, current: str = "", begun: str = "") -> Phone:
    """Read compact `text`; current: the national digits read back before, of which a part may be corrected; begun: the
    digits said before, to which these are the rest, unless they are a number or its beginning anew.
    """
    if current and (changed := _corrected(text, current)):
        return Phone("match", "", changed)
    digits = _digits(text, homophones=False)
    if not is_number(digits):
        digits = _once(_digits(text, homophones=True)) if len(digits) < 12 else _once(digits)
    if is_number(digits):
        return Phone("match", "", digits)
    if _is_own(text):
        return Phone("match", "own")
    joined = digits if begun and digits.startswith(begun) else begun + digits
    if digits and is_number(joined):
        return Phone("match", "", joined)
    if digits and len(joined) >= 3 and _BEGINS.fullmatch(joined):
        return Phone("match", "begun", joined)
    return Phone("match", "short", digits) if 5 <= len(digits) <= 10 else Phone()


def is_number(digits: str) -> bool:
    """Tell whether national digits are a Chinese mobile or a landline as long as those of its area are."""
    if _MOBILE.fullmatch(digits):
        return True
    return bool(_LANDLINE.fullmatch(digits)) and (digits[1] in "12" or _is_long_enough(digits))


def e164(digits: str) -> str:
    """Return a number that `is_number` as E.164."""
    return f"+86{digits.removeprefix('0')}"


def _is_long_enough(digits: str) -> bool:
    """Tell whether a landline of a four-digit area has as many digits as that area gives: seven or eight."""
    return phonenumbers.is_valid_number(phonenumbers.parse(digits, "CN"))


def _is_own(text: str) -> bool:
    """Tell whether the number that rings is meant and not denied ("不是这个号"); 就 begins anew ("不是,就这个号")."""
    left = _KEPT.sub("", text)
    own = _OWN.search(left)
    if own is None:
        return False
    before = left[: own.start()].rpartition("就")[2] if not own.group().startswith("就") else ""
    return not _DENIED.search(before + left[own.end() :])


def _once(digits: str) -> str:
    """A number said twice in one turn counts once."""
    half = len(digits) // 2
    return digits[:half] if is_number(digits[:half]) and digits[:half] == digits[half:] else digits


def _digits(text: str, *, homophones: bool) -> str:
    """Return all digits of `text` in a row, "" when other words stand between them."""
    bare = _REPEATED.sub(lambda match: match.group(2) * _ORDINALS[match.group(1)], text)
    out: list[str] = []
    for char in _NOISE.sub("", bare):
        digit = DIGITS.get(char) or (char if char.isascii() and char.isdigit() else "")
        if not digit and homophones:
            # a model without tones writes 幺 as 要, 一 as the letter E and 七 as 区 or the letter H
            syllable = lazy_pinyin(char, style=Style.NORMAL)[0]
            digit = _SOUND_LIKE.get(char) or DIGIT_SOUNDS.get(syllable, "")
            # a mobile number begins with 幺, whose first sound is easily lost or taken for another (叫, 小)
            digit = "1" if not out and syllable.endswith("iao") else digit
        if not digit:
            return ""
        out.append(digit)
    return "".join(out)


def _corrected(text: str, current: str) -> str:
    """Return `current` with the corrected part, "" when `text` corrects none or the result is no number."""
    changed = _swapped(text, current) or _replaced(text, current)
    return changed if changed != current and is_number(changed) else ""


def _swapped(text: str, current: str) -> str:
    match = _SWAP.search(text)
    if match is None:
        return ""
    wrong, right = (digit_string(group) or "" for group in match.groups())
    return current.replace(wrong, right) if current.count(wrong) == 1 and len(wrong) == len(right) else ""


def _replaced(text: str, current: str) -> str:
    place = _PLACE.search(text)
    if place:
        index = _ORDINALS[place.group(1)] - 1
        return current[:index] + (digit_string(place.group(2)) or "") + current[index + 1 :]
    middle = _MIDDLE.search(text)
    if middle and len(current) == 11:
        return current[:3] + (digit_string(middle.group(1)) or "") + current[7:]
    for pattern, at_end in ((_TAIL, True), (_HEAD, False)):
        match = pattern.search(text)
        if match is None:
            continue
        new = digit_string(match.group(2)) or ""
        if match.group(1) and _ORDINALS[match.group(1)] != len(new):
            continue
        return current[: -len(new)] + new if at_end else new + current[len(new) :]
    return ""
