"""Brings recognised text into one form: no blanks, half-width, upper-case Latin, no punctuation."""

import re
import unicodedata

from danger.find import UNKNOWN

_NO_FILLER = re.compile("[这那]个(?:月|周|星期|礼拜)")
_PUNCTUATION = re.compile(r"[\s,.;:!?，。；：！？、…“”‘’「」()（）·~\-—]+")

# 煤气 and 没气 have the same syllables, and a recognizer without tones writes either. Nobody smells that there is no
# gas; a bare 没气的味道 may deny one, and stays.
_SMELT = re.compile(r"(闻\s*[到着见]\s*)没\s*气(?!\s*味)|(?<=[是有股])(\s*)没\s*气(?=\s*[的得]\s*味)")


def with_gas(text: str) -> str:
    """Return recognised `text` with 煤气 where 没气 can only be that ("闻到 没气了", "满屋都是 没气 的味道")."""
    return _SMELT.sub(lambda match: f"{match[1] or match[2] or ''}煤气", text)


def compact(text: str) -> str:
    """Return `text` without blanks, punctuation and [unk] marks; Latin letters upper case, digits half-width."""
    folded = unicodedata.normalize("NFKC", text.replace(UNKNOWN, ""))
    return _PUNCTUATION.sub("", folded).upper()


def has_unknown(text: str) -> bool:
    """Tell whether part of the utterance was outside the recognizer's vocabulary."""
    return UNKNOWN in text


def strip_fillers(text: str, fillers: tuple[str, ...]) -> str:
    """Return compact `text` without filler words at its beginning and end; 这个 of 这个月 is none."""
    words = sorted((compact(word) for word in fillers if compact(word)), key=len, reverse=True)
    changed = True
    while changed and text:
        changed = False
        for word in words:
            if text.startswith(word) and not _NO_FILLER.match(text):
                text, changed = text[len(word) :], True
            elif text.endswith(word):
                text, changed = text[: -len(word)], True
    return text
