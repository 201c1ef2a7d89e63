"""Brings recognised text into one form: no blanks, half-width, upper-case Latin, no punctuation."""

import re
import unicodedata

from danger.find import UNKNOWN

_NO_FILLER = re.compile("[这那]个(?:月|周|星期|礼拜)")
_PUNCTUATION = re.compile(r"[\s,.;:!?，。；：！？、…“”‘’「」()（）·~\-—]+")

# 煤气 and 没气 have the same syllables, and a recognizer without tones writes either. Nobody smells that there is no
# gas; a bare 没气的味道 may deny one, and stays.
_SMELT = re.compile(r"(闻\s*[到着见]\s*)没\s*气(?!\s*味)|(?<=[是有股])(\s*)没\s*气(?=\s*[的得]\s*味)")


# 着火 read as it is written, or said so: no flame is 了. What does not catch (打不着火) stays that.
_BURNS = re.compile(r"这\s*火(?=\s*[了啦咯喽])|(?<=[打点])(\s*不\s*)这\s*火")


def as_meant(text: str) -> str:
    """Return recognised `text` with 煤气 where 没气 can only be that ("闻到 没气了", "满屋都是 没气 的味道"), and 着火
    where 这火 can ("家里 这 火 了", "打不 这 火").
    """
    smelt = _SMELT.sub(lambda match: f"{match[1] or match[2] or ''}煤气", text)
    return _BURNS.sub(lambda match: f"{match[1] or ''}着火", smelt)


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
