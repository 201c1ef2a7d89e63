"""What a machine notices in free speech that nobody was asked about: a danger, fault codes. Pure."""

import re
from collections.abc import Sequence

from danger.find import KINDS, UNKNOWN, find_safety
from speech.contract import Lexicon
from speech.slots.faultcode import read_codes
from speech.slots.opening import LETTER_CODE
from speech.text import as_meant, compact

# Digits and what sounds like a letter are everywhere in a story; a code is what stands close behind one of these.
_NAMES = re.compile("代码|故障码|显示|屏幕|面板|报|闪|跳|写|出来|看到")
_NEAR = 6  # characters


def notice(texts: Sequence[str], lexicon: Lexicon) -> dict[str, str]:
    """Return danger (its kind) and codes (as printed, joined by blanks) that recognized `texts` tell, best text first.

    Only what is said plainly: no danger that is denied, asked or doubtful, no code that has two readings.
    """
    found = {}
    dangers = (find_safety(as_meant(text), lexicon) for text in texts)
    danger = next((kind for kind in dangers if kind in KINDS), "")
    if danger:
        found["danger"] = danger
    codes = [code for text in texts[:1] for code in _named_codes(text)]
    if codes:
        found["codes"] = " ".join(dict.fromkeys(codes))
    return found


def _named_codes(text: str) -> list[str]:
    said = compact(text.replace(UNKNOWN, "\0"))  # a word that was not understood still parts two others
    readings = (
        read_codes(match.group(), {})
        for match in LETTER_CODE.finditer(said)
        if _NAMES.search(said[max(0, match.start() - _NEAR) : match.start()])
    )
    return [codes[0] for codes in readings if len(codes) == 1]
