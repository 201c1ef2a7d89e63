"""Brings recognised text into one form: no blanks, half-width, upper-case Latin, no punctuation."""

import re
import unicodedata

from danger.find import UNKNOWN

_PUNCTUATION = re.compile(r"[\s,.;:!?，。；：！？、…“”‘’「」()（）·~\-—]+")


def compact(text: str) -> str:
    """Return `text` without blanks, punctuation and [unk] marks; Latin letters upper case, digits half-width."""
    folded = unicodedata.normalize("NFKC", text.replace(UNKNOWN, ""))
    return _PUNCTUATION.sub("", folded).upper()


def has_unknown(text: str) -> bool:
    """Tell whether part of the utterance was outside the recognizer's vocabulary."""
    return UNKNOWN in text


def strip_fillers(text: str, fillers: tuple[str, ...]) -> str:
    """Return compact `text` without filler words at its beginning and end."""
    words = sorted((compact(word) for word in fillers if compact(word)), key=len, reverse=True)
    changed = True
    while changed and text:
        changed = False
        for word in words:
            if text.startswith(word):
                text, changed = text[len(word) :], True
            elif text.endswith(word):
                text, changed = text[: -len(word)], True
    return text
