"""Slots that one sentence holds beside what it was asked for: "我在顺德容桂,壁挂炉报E一没热水".

Only what stands there plainly is sure; the rest is left to its own question. Words that were used up by one slot are
cut out before the next one is sought, so that a room number is no fault code and a code no room.
"""

import re
from collections.abc import Mapping
from datetime import date

from divisions.gazetteer import Gazetteer
from speech.contract import Captured
from speech.slots import address, faultcode
from speech.slots.names import read_name
from speech.slots.products import read_product, read_symptom, without_devices_and_symptoms
from speech.slots.purchase import read_past

_HEX = "A-Fa-f"
_DIGIT = "零〇洞一幺么二两三四五六七拐八九勾十百0-9"
LETTER_CODE = re.compile(
    rf"(?:[\u4e00-\u9fff]{{2,3}}的)?[A-Z][杠点横]?(?:[{_HEX}]?[{_DIGIT}]{{1,4}}|[{_HEX}](?![A-Z]))|[{_DIGIT}]P[{_DIGIT}]"
)
# Digits alone, or a letter written as a homophone, are a code only where the sentence says so.
_NAMED_CODE = re.compile(
    rf"(?:代码|故障码|显示|屏幕|报|闪|跳)(?:的|了|着|是|个|一个|出)*((?:艾弗|艾福|依|易|诶)?[杠点]?[{_DIGIT}]{{1,4}})(?![号栋座单楼层室点月天])"
)
_SINCE = re.compile("(?:起|开始|以来|就|突然|半夜|早上|晚上)")
_CLAUSE_END = re.compile(
    "[|]|的(?!士)|(?:大前|前|昨|今)[天晚日]|壁挂|屏幕|显示|机器|我姓|免贵|姓[\u4e00-\u9fff]|电话|想要?报修|报修|你们|麻烦|请"
)
_LIVES = re.compile("(?:我家?|家|就|人|现在)*(?:在|住在?|是)$")


# A day on which somebody asks to be come to, up to the coming; a number behind the word for it.
_COMING = re.compile(
    "((?:今天|今晚|明天|明早|明晚|后天|大后天|(?:这个?|下个?)?(?:星期|礼拜|周)[一二三四五六日天末])[^来门家空,，。]{0,9}?)"
    "(?:派(?:个)?人|师傅|能|能不能|可以|可不可以|再|你们|请|叫人|让人|就|都|我)*(?:来|上门|过来|有空|在家|有人)(?!的|过|了)"
)
# What was promised or has happened is no wish.
_TOLD = re.compile("说[好是]?|约|答应|怎么|还没|没[来人]|昨|前天|上[次回个]|来[过了]|[了过]吗|催")
_NUMBER = re.compile(rf"(?:电话|手机|号码|联系我?)(?:号码?)?(?:是|为|打)?((?:[{_DIGIT}]){{11,12}})(?![{_DIGIT}])")


def offered(text: str) -> dict[str, str]:
    """Return slot name -> the words of compact `text` that offer a day of visit or a number to be rung at."""
    coming = None if _TOLD.search(text) else _COMING.search(text)
    number = _NUMBER.search(text)
    return {name: match.group(1) for name, match in (("visit", coming), ("contact", number)) if match}


def capture(text: str, gazetteer: Gazetteer, catalogue: Mapping[str, str], today: date | None) -> dict[str, Captured]:
    """Return slot name -> what compact `text` holds of it: product, fault_code, symptom, address, since, name."""
    found: dict[str, Captured] = {}
    rest = text
    code, rest = _take_code(rest, catalogue)
    if code is not None:
        found["fault_code"] = code
    for name, value in (("product", read_product(rest)), ("symptom", read_symptom(rest))):
        if value and value.get("value") != "unknown":
            found[name] = Captured(value, sure="brand" not in value)
    where = _address(without_devices_and_symptoms(rest), gazetteer)
    if where is not None:
        found["address"] = where
    since = _since(rest, today)
    if since:
        found["since"] = Captured(since)
    called = read_name(text, inside=True)
    if called:
        found["name"] = Captured(called)
    return found


def _take_code(text: str, catalogue: Mapping[str, str]) -> tuple[Captured | None, str]:
    match = LETTER_CODE.search(text)
    span = match.span() if match else None
    if span is None:
        named = _NAMED_CODE.search(text)
        span = named.span(1) if named else None
    if span is None:
        return None, text
    said = text[slice(*span)]
    codes = faultcode.read_codes(said, catalogue)
    rest = f"{text[: span[0]]}|{text[span[1] :]}"
    if not codes:
        return None, text
    values = tuple({"raw": said, "canonical": code} for code in codes)
    return Captured(values[0], sure=len(values) == 1, candidates=values if len(values) > 1 else ()), rest


def _address(text: str, gazetteer: Gazetteer) -> Captured | None:
    """Return the address that begins with the first division named.

    A name without 区, 镇 and the like may be a common word: it counts alone, with another division or a road
    behind it, or with 在 or 住 before it.
    """
    for start in range(len(text) - 1):
        if not gazetteer.starts(text, start):
            continue
        end = _CLAUSE_END.search(text, start)
        clause = text[start : end.start() if end else len(text)]
        fields, choices = address.parse_address(clause, gazetteer)
        full = any(row.get(name, "|") in clause for row in (fields, *choices) for name in ("city", "district", "town"))
        regions = gazetteer.find(clause)
        several = bool(regions) and regions[0].named > 1
        plain = full or several or clause == text or fields.get("road") or _LIVES.search(text[:start])
        if not (fields or choices) or not plain:
            continue
        value = {**fields, "raw": clause}
        return Captured(value, sure=not choices, candidates=tuple({**fields, **choice} for choice in choices))
    return None


def _since(text: str, today: date | None) -> dict[str, str]:
    if today is None or not _SINCE.search(text):
        return {}
    past = read_past(text, today)
    return past.values[0] if past.status == "match" and past.values else {}
