"""What of a corrected slot a recognizer can be tested by: the fields that must come out of the clip; pure.

Only slots whose words the caller said to a question of their own. A visit's time is none of them: it is agreed anew
more often than it was misheard.
"""

import re
from collections.abc import Mapping

from crm import phone

# slot -> the kinds of question (values of speech.contract.SlotKind) whose clip holds it
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "fault_code": ("fault_code",),
    "address": ("address", "region"),
    "contact": ("phone",),
}
_REGION = ("province", "city", "district", "town")
_CODE = re.compile(r"[A-Z0-9]{1,8}")


def truth(slot: str, heard: Mapping[str, str], corrected: Mapping[str, str]) -> Mapping[str, str]:
    """Return the fields of the corrected value that must come out of the clip; {} where nothing can be asked of it or
    it is what was heard.

    Of an address its division: road and room are answers to other questions, and people write them as they like. A
    town is asked of a clip only when a town was heard in it.
    """
    wanted = _fields(slot, heard, corrected)
    return {} if all(heard.get(name, "") == value for name, value in wanted.items()) else wanted


def _fields(slot: str, heard: Mapping[str, str], corrected: Mapping[str, str]) -> dict[str, str]:
    if slot == "fault_code":
        code = corrected.get("canonical", "")
        return {"canonical": code} if _CODE.fullmatch(code) else {}
    if slot == "contact":
        number = phone.to_e164(corrected.get("number", ""))
        return {"number": number} if number else {}
    if slot == "address" and corrected.get("district") and heard.get("city"):
        return {
            name: corrected[name] for name in _REGION if corrected.get(name) and (name != "town" or heard.get(name))
        }
    return {}
