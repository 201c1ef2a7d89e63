"""Finds phrases in recognised text: menu meanings, global commands, yes and no."""

import re
from collections.abc import Iterable, Mapping

from pypinyin import Style, lazy_pinyin
from rapidfuzz.distance import Indel

from speech.contract import Lexicon
from speech.text import compact, strip_fillers

_POLITE = re.compile("^(我想要?|我要|帮我|请帮我|请|给我|麻烦)+")
_NO_ANSWERS = ("对不起",)
# 是不是 holds 不是, and neither asking nor not knowing denies anything; 没有没有 and 不是不是 are no questions.
_ASKED = re.compile("(?<![不没])(?:是不是|有没有|对不对|行不行|可不可以|好不好|要不要|在不在|能不能|会不会|算不算)")
_UNKNOWING = re.compile(
    "(?:我|也|就|还|都)*(?:[不唔](?:太|大|是很|怎么)?(?:知道?|清楚|晓得|确定|肯定|敢[说肯]定?|了解|明白|懂)"
    "|(?:说|讲|搞|弄|分|闻|看|认|拿)[不唔](?:太|大)?(?:准|清楚?|好|明白|出来?|定|上来?)|(?:不好|难)说|谁知道|没把握|没注意"
    "|没留意)"
)
_HEDGES = re.compile(
    "应该|应当|好像|好似|似乎|貌似|可能|大概|大约|也许|或许|兴许|估计|恐怕|怕是|说不定|不一定|没准|差不多|感觉|觉得"
    "|暂时|吧|不太|不大|不怎么|不是很"
)
# Beside a yes to what was read back: a value is kept only when its caller is sure of it.
_GUESSED = re.compile("好像|好似|似乎|貌似|可能|大概|也许|或许|兴许|恐怕|说不定|不一定|没准")
_USED = "|"
_LEFT = re.compile(f"[^{_USED}]{{4,}}")  # of a sentence, between its phrases
_NEGATIONS = frozenset("不没未别唔冇勿莫")
_MIN_SIMILARITY = 0.78  # of syllables in order; below this two phrases are different sentences


def syllables(text: str) -> tuple[str, ...]:
    """Return toneless pinyin syllables; Latin letters and digits stand for themselves."""
    return tuple(lazy_pinyin(text, style=Style.NORMAL))


def find_command(text: str, lexicon: Lexicon) -> str:
    """Return the meaning of a global command when compact `text` is one, or says one and little else."""
    core = strip_fillers(text, lexicon.fillers)
    best, best_length = "", 0
    for meaning, phrases in lexicon.commands.items():
        for phrase in map(compact, phrases):
            fits = phrase and phrase in core and len(core) - len(phrase) <= max(2, len(phrase))
            if fits and len(phrase) > best_length:
                best, best_length = meaning, len(phrase)
    return best


def is_filler(text: str, lexicon: Lexicon) -> bool:
    """Tell whether compact `text` is nothing but filler words."""
    return strip_fillers(text, lexicon.fillers) == ""


def sampled(text: str, phrases: Mapping[str, Iterable[str]]) -> str:
    """Return the one meaning of which compact `text` is a sample phrase word for word, "" when there is none such."""
    fitting = [meaning for meaning, samples in phrases.items() if text in map(compact, samples)]
    return fitting[0] if len(fitting) == 1 else ""


def is_doubtful(text: str) -> bool:
    """Tell whether the speaker of compact `text` does not know, asks back, or is not sure of what is said."""
    return any(pattern.search(text) for pattern in (_UNKNOWING, _ASKED, _HEDGES))


def is_guessed(text: str) -> bool:
    """Tell whether a yes in compact `text` is a guess ("好像是吧")."""
    return _GUESSED.search(text) is not None or _UNKNOWING.search(text) is not None


def yes_or_no(text: str, lexicon: Lexicon) -> str:
    """Return "yes", "no", "question" or "" for compact `text`, judged as a whole sentence.

    "不对" holds 对 and "没错" holds 错, so the longest phrases are taken first from the left; a no anywhere wins, and
    so does a negation before a yes ("不怎么对"), since a false yes is worse than a false no. Who does not know denies
    nothing.
    """
    core = strip_fillers(text, lexicon.fillers) or text
    for word in _NO_ANSWERS:
        core = core.replace(word, "")
    if _ASKED.fullmatch(core) or (core.endswith("吗") and len(core) <= 4):
        return "question"
    core = _ASKED.sub("", _UNKNOWING.sub("", core))
    # a no of one syllable is part of too much else (不好意思, 差不多) to count anywhere but alone
    noes = [word for word in map(compact, lexicon.no) if len(word) > 1 or word == core]
    marks = [(word, "no") for word in noes] + [(compact(word), "yes") for word in lexicon.yes]
    marks.sort(key=lambda item: len(item[0]), reverse=True)
    found, rest, negated = [], core, False
    while rest:
        hit = next(((word, mark) for word, mark in marks if word and rest.startswith(word)), None)
        if hit:
            found.append("no" if negated else hit[1])
        elif not found and len(core) > 6:
            return ""
        negated = not hit and (negated or rest[0] in _NEGATIONS)
        rest = rest[len(hit[0]) if hit else 1 :]
    if "no" in found:
        return "no"
    return "yes" if found and _mostly(core, lexicon) else ""


def _mostly(core: str, lexicon: Lexicon) -> bool:
    rest = core
    for word in sorted(map(compact, (*lexicon.yes, *lexicon.fillers)), key=len, reverse=True):
        rest = rest.replace(word, "") if word else rest
    return len(rest) <= max(2, len(core) // 2)


def best_meaning(text: str, phrases: Mapping[str, Iterable[str]], *, alone: bool = False) -> str:
    """Return the menu meaning whose sample phrases fit compact `text` best, "" when none fits or two fit alike.

    A phrase said inside a longer sentence counts by its length; else likeness of sound over whole phrases. alone: one
    inside a sentence counts only where it is half of it at least.
    """
    scores: dict[str, float] = {}
    bare = _bare(text)
    said = syllables(bare)
    for meaning, samples in phrases.items():
        bares = (_bare(compact(sample)) for sample in samples)
        scores[meaning] = max((_fit(bare, said, sample, alone=alone) for sample in bares), default=0.0)
    ranked = sorted(scores.items(), key=lambda item: item[1], reverse=True)
    if not ranked or ranked[0][1] < _MIN_SIMILARITY:
        return ""
    if len(ranked) > 1 and ranked[1][1] == ranked[0][1]:
        return ""
    return ranked[0][0]


def meanings(text: str, phrases: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return every menu meaning that compact `text` holds, each once, in the order they are said.

    Sample phrases said word for word are taken first, the longest before what it holds (过了咋收费 before 收费); what
    is left between them may sound like another.
    """
    rows = [(compact(sample), meaning) for meaning, samples in phrases.items() for sample in samples]
    found: list[tuple[int, str]] = []
    rest = text
    for sample, meaning in sorted(rows, key=lambda row: len(row[0]), reverse=True):
        place = rest.find(sample) if len(sample) > 1 else -1
        if place >= 0:
            found.append((place, meaning))
            rest = rest[:place] + _USED * len(sample) + rest[place + len(sample) :]
    if found:
        found += [
            (match.start(), meaning) for match in _LEFT.finditer(rest) if (meaning := _alike(match.group(), rows))
        ]
    return tuple(dict.fromkeys(meaning for _place, meaning in sorted(found)))


def _alike(text: str, rows: Iterable[tuple[str, str]]) -> str:
    """Return the meaning of the sample that sounds most like `text`, "" when none does."""
    said = syllables(text)
    likeness, meaning = max(
        (float(Indel.normalized_similarity(said, syllables(sample))), name) for sample, name in rows
    )
    return meaning if likeness >= _MIN_SIMILARITY else ""


def _bare(text: str) -> str:
    return _POLITE.sub("", text) or text


def _fit(text: str, said: tuple[str, ...], sample: str, *, alone: bool) -> float:
    if not sample or not text:
        return 0.0
    if sample in text and not (alone and 2 * len(sample) < len(text)):
        return 1.0 + len(sample) / 100
    if len(text) >= 2 and text in sample:
        return 0.8 + len(text) / len(sample) / 10
    return float(Indel.normalized_similarity(said, syllables(sample)))
