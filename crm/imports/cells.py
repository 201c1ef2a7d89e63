"""What stands in one cell of a table: telephone numbers, a spreadsheet's errors; pure."""

import re
from collections.abc import Mapping

from crm import phone

_SCIENTIFIC = re.compile(r"^[0-9](\.[0-9]+)?[eE]\+?[0-9]+$")
_POINT = re.compile(r"(\+?[0-9]+)\.0+")  # a number that a spreadsheet wrote as text
_DAY = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T].*)?")
_ERROR = re.compile(r"#(?:[A-Z0-9_/]+[!?]|N/A|GETTING_DATA)")
_BETWEEN = (re.compile(r"\s*[/\\／|、,，;；]\s*|\s*(?:或者?|和)\s*|\n+"), re.compile(r"\s+"))


def is_error(text: str) -> bool:
    """Tell whether a spreadsheet wrote an error instead of a value: "#REF!", "#N/A"."""
    return _ERROR.fullmatch(text) is not None


def is_scientific(text: str) -> bool:
    """Tell whether a spreadsheet wrote a long number as 1.38E+10: its digits are lost."""
    return _SCIENTIFIC.match(text) is not None


def numbers(text: str) -> tuple[Mapping[str, str], str]:
    """Return the numbers of a cell in E.164 with their extensions, the main one first, and why there are none."""
    if is_scientific(text):
        return {}, "号码被表格软件改成了科学计数，请把这一列设为文本再填"
    if _DAY.fullmatch(text):
        return {}, "这里是日期，不是电话号码"
    pointed = _POINT.fullmatch(text)
    parts = [pointed[1] if pointed else text]
    for between in _BETWEEN if phone.why_not(parts[0]) else ():
        several = [part for part in between.split(text) if part]
        if len(several) > 1 and all(map(phone.to_e164, several)):
            parts = several
            break
    wrong = next(filter(None, map(phone.why_not, parts)), "")
    return ({} if wrong else {phone.to_e164(part): phone.split(part)[1] for part in parts}), wrong
