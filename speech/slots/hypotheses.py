"""Which of several hypotheses of one answer counts: danger among scraps, a plain no, the match that holds most."""

from collections.abc import Sequence

from speech.contract import Interpretation
from speech.slots import phrases
from speech.text import compact, has_unknown

_PARTS = ("letter", "temperature")  # meanings of an answer that is no whole code


def plain_no(heard: Sequence[str], results: Sequence[Interpretation]) -> bool:
    """Tell whether the best hypothesis denies and none doubts: asked about danger, only that is a no.

    Beside a word that no hypothesis understood there may have been a doubt.
    """
    doubted = any(phrases.is_doubtful(compact(text)) for text in heard) or all(map(has_unknown, heard))
    return results[0].meaning == "no" and not doubted


def is_scrap(heard: Sequence[str], dangers: Sequence[tuple[str, str]]) -> bool:
    """Tell whether danger is only among scraps of the grammar, which explain less than half of a sentence that was
    heard whole and names none. A short one is as likely misheard itself (家里 for 家里着火了).
    """
    told = {text for _danger, text in dangers}
    whole = max((len(compact(text)) for text in heard if not has_unknown(text)), default=0)
    explained = max(len(compact(text)) for text in told)
    return all(has_unknown(text) for text in told) and whole > 2 * explained


def best_match(heard: Sequence[str], results: Sequence[Interpretation]) -> Interpretation | None:
    """Return the first match, unless another hypothesis has more of the same value.

    A part of a code is what stands before a sound outside the vocabulary ("F [unk]" against "F 勾"), and H, which is 七
    behind an A. Of numbers the longer is right: equal digits in a row are easily heard as one, seldom one as two.
    A command that was heard whole is worth more than a part, or than a command that is a scrap of the grammar.
    """
    matches = [(text, item) for text, item in zip(heard, results, strict=True) if item.status == "match"]
    if not matches:
        return None
    text, first = matches[0]
    wholes = [item for _text, item in matches if item.value and not item.meaning]
    commands = [item for said, item in matches if item.command and not has_unknown(said)]
    if first.meaning in ("short", "begun"):
        return next(iter(wholes), first)
    if has_unknown(text) and (first.meaning in _PARTS or first.command):
        return next(iter(commands if first.command else (*wholes, *commands)), first)
    if first.candidates == ({"letter": "H"},):
        return next((item for item in wholes if item.value.get("canonical") == "A7"), first)
    return max(wholes, key=lambda item: len(item.value.get("digits", ""))) if first.value.get("digits") else first
