"""Telephone numbers: E.164 from what people and trunks write, grouped, masked, with their area; pure."""

import re
import unicodedata

import phonenumbers
from phonenumbers import geocoder

REGION = "CN"
_CHINA = 86
_WORDED = re.compile(
    r"([^a-z]*?\d[^a-z]*?)[\s,，;；(（]*(?:转接?|分机号?|ext(?:ension)?\.?|[x#])[\s:：]*([0-9]{1,8})\s*[)）]?\s*",
    re.IGNORECASE,
)
_WHOLE = r"\s*(?:\+?86[\s-]?)?(?:0\d{2,3}[\s-]?\d{7,8}|1\d{10}|[48]00[\s-]?\d{3}[\s-]?\d{4})"
# 0757-6688-3358 is a number without extension; what follows a comma is one where it is too short for a second number
_DASHED = re.compile(rf"({_WHOLE})\s*(?:[-－—]+|[,;])\s*([0-9]{{1,6}})\s*")
_OF_CHINA = re.compile(
    r"1[3-9]\d{9}"  # a mobile
    r"|10\d{8}|2\d{9}"  # 010 and 02x with eight digits
    r"|(?:400|800)\d{7}"
    r"|(?!400|800)[3-9]\d{9,10}"  # the other areas with seven or eight digits
)
_SERVICE = re.compile(r"1\d{2,4}|9[56]\d{3,6}")  # 110, 12345, 10086, 95588, 96518
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_AREA_AND_LOCAL = 10  # digits at least, without the zero
_FIXED_PREFIXES = ("010", "02")  # two-digit area codes after the zero


def split(text: str) -> tuple[str, str]:
    """Return a number as people write it without its extension, and the extension, "" for none.

    "0757-12345678 转 801", "0757-12345678-801", "0757-12345678,801" and "0757-12345678 ext 801" have one.
    """
    text = unicodedata.normalize("NFKC", text)
    found = _WORDED.fullmatch(text) or _DASHED.fullmatch(text)
    return (found[1].strip(), found[2]) if found else (text, "")


def with_extension(shown: str, extension: str) -> str:
    """Return a number as it is shown with its extension: "0757-6688 3358 转 801"."""
    return f"{shown} 转 {extension}" if extension else shown


def to_e164(text: str) -> str:
    """Return the E.164 form of a number as dialled in China, without its extension, "" when it is none.

    A number of China must be whole: eleven digits of a mobile, or an area code with its number, or 400 and 800.
    """
    try:
        number = phonenumbers.parse(split(text)[0], REGION)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_possible_number(number):
        return ""
    if number.country_code == _CHINA and not _OF_CHINA.fullmatch(phonenumbers.national_significant_number(number)):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def why_not(text: str) -> str:
    """Return in Chinese what is wrong with a number that `to_e164` does not take, "" for a right one."""
    if to_e164(text):
        return ""
    number = split(text)[0]
    digits = re.sub(r"\D", "", number).removeprefix("86")
    if re.search(r"[^\d\s+().-]", number) or not digits:
        return "电话号码不对"
    if re.fullmatch(r"1[3-9]\d*", digits) and len(digits) >= _AREA_AND_LOCAL:
        return f"手机号要 11 位，这里有 {len(digits)} 位"
    if _LOCAL.fullmatch(digits) and not (digits.startswith("9") and _SERVICE.fullmatch(digits)):
        return "电话号码缺区号，请写成 0757-66883358 这样"
    if _SERVICE.fullmatch(digits):
        return "这是服务号码，不是客户的电话"
    return "电话号码不对"


def national(e164: str) -> str:
    """Return the number as dialled within China, "075766883358"; a foreign one stays in E.164.

    What callers' networks sent without an area code, or as a service number (95588), gets no zero.
    """
    if not e164.startswith("+86"):
        return e164
    rest = e164[3:]
    if len(rest) < _AREA_AND_LOCAL:
        return rest
    return rest if rest.startswith(("1", "400", "800")) and not _is_area_one(rest) else f"0{rest}"


def grouped(e164: str) -> str:
    """Return "138 0013 8000" or "0757-6688 3358"; a foreign number stays in E.164."""
    dialled = national(e164)
    if is_mobile(e164):
        return f"{dialled[:3]} {dialled[3:7]} {dialled[7:]}"
    area = _area_length(dialled)
    if area:
        local = dialled[area:]
        return f"{dialled[:area]}-{local[:-4]} {local[-4:]}"
    return dialled or e164


def is_mobile(e164: str) -> bool:
    """Tell whether it is a Chinese mobile number."""
    dialled = national(e164)
    return len(dialled) == 11 and dialled.startswith("1")


def is_dialled_by_trunk(e164: str) -> bool:
    """Tell whether a trunk in China reaches it: a valid number of China."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return False
    return number.country_code == 86 and phonenumbers.is_valid_number(number)


def masked(e164: str) -> str:
    """Return the number with its middle covered: "138****8000", "0757-6688 33**"."""
    dialled = national(e164)
    if not dialled:
        return ""
    if is_mobile(e164):
        return f"{dialled[:3]}****{dialled[7:]}"
    return f"{grouped(e164)[:-2]}**"


def area(e164: str) -> str:
    """Return the area the number was issued in ("广东佛山"), for information only; "" when unknown."""
    if not e164.startswith("+86"):
        return ""
    try:
        name = geocoder.description_for_number(phonenumbers.parse(e164, REGION), "zh")
    except phonenumbers.NumberParseException:
        return ""
    return "" if name == "中国" else str(name).replace("省", "").replace("市", "")


def _is_area_one(rest: str) -> bool:
    return rest.startswith("10") and len(rest) == 10


def _area_length(national: str) -> int:
    if not national.startswith("0"):
        return 0
    return 3 if national.startswith(_FIXED_PREFIXES) else 4
