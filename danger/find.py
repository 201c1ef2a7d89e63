"""Finds danger in what somebody said or wrote: pure; every word of it is data (words.yaml).

A phrase of the words may hold alternatives "(煤气|燃气)" and a gap "…" of at most five characters within one clause.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from danger.words import DangerWords, Words

# When leak and poisoning cannot be told apart it is a leak (dialogues, safety_words); the rest is the table's order.
UNKNOWN = "[unk]"  # a recognizer's mark for a word that it did not understand
KINDS = ("gas", "co", "fire", "electric")
CHECK = "check"
_GAP = "…"
_GAP_CHARACTERS = 5
_CLAUSE_END = "|"
_ALTERNATIVES = re.compile(r"\(([^()]*)\)")
_BLANKS = re.compile(r"[^\S\n]+")  # a written line is a clause of its own
_BREAKS = re.compile(r"[\n,.;:!?，。；：！？、“”‘’「」()（）·~\-—|]+")
_PARTED = re.compile(f"({_BREAKS.pattern})")
_SPOKEN_MOST = 60  # expansions of one phrase for a recognizer's grammar


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    gap: str = ""

    def holds(self, other: "_Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def speaks_of(self, other: "_Span") -> bool:
        """Tell whether `other` is part of these words, and not just what stands in their gap (一股…味: 煤气)."""
        return self.holds(other) and self != other and (not self.gap or self.start == other.start)

    def meets(self, other: "_Span") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class _Compiled:
    """Danger words, compiled."""

    kinds: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]
    look_alikes: tuple[re.Pattern[str], ...]
    doubt: re.Pattern[str] | None
    doubt_before: re.Pattern[str] | None
    doubt_after: re.Pattern[str] | None


def find_safety(text: str, words: Words) -> str:
    """Return gas, co, fire or electric, "check" when it is doubtful, negated or asked, "" when there is no danger.

    Look-alikes (打不着火) never count. One plain mention counts, however much beside it is negated. A word that
    was not understood may have been inside a danger's phrase or between a negation and it: the graver reading counts.
    """
    compiled = _words(words)
    said = clauses(text)
    found = [_judged(reading, compiled) for reading in dict.fromkeys((said, said.replace("?", "")))]
    return next((kind for kind in found if kind in KINDS), max(found))


def _judged(said: str, words: _Compiled) -> str:
    looks = [span for pattern in words.look_alikes for span in _spans(pattern, said)]
    found = {kind: [span for pattern in patterns for span in _spans(pattern, said) if not _only_looks(span, looks)]
             for kind, patterns in words.kinds}  # fmt: skip
    asked = found.pop(CHECK, [])
    doubtful = bool(asked)
    for kind in KINDS:
        for span in found.get(kind, ()):
            if any(other.speaks_of(span) for other in asked) or _doubtful(said, span, words):
                doubtful = True
            else:
                return kind
    return CHECK if doubtful else ""


def without_danger(text: str, words: Words) -> str:
    """Return `text` without its danger words: what else the caller said in the same breath."""
    said, compiled = clauses(text), _words(words)
    for _kind, patterns in compiled.kinds:
        for pattern in patterns:
            said = pattern.sub(_CLAUSE_END, said)
    return said.replace(_CLAUSE_END, " ").strip()


def without_denials(text: str, words: DangerWords) -> str:
    """Return a written text without the clauses that say nothing but that there is no danger ("没有漏气").

    A clause that asks, or says anything beside, stays. For what was heard this is too much trust: there one asks.
    """
    denial = _denial(
        words.denial_openers, words.denials, words.doubt_links, tuple(itertools.chain(*words.safety.values())),
        words.denial_ends,
    )  # fmt: skip
    parts = _PARTED.split(unicodedata.normalize("NFKC", text).upper())
    kept = []
    for clause, end in itertools.zip_longest(parts[::2], parts[1::2], fillvalue=""):
        plain = denial.fullmatch(_BLANKS.sub("", clause)) and "?" not in end
        kept.append(end if plain else clause + end)
    return "".join(kept)


@lru_cache(maxsize=8)
def _denial(*lists: tuple[str, ...]) -> re.Pattern[str]:
    openers, denials, links, dangers, ends = map(_any_of, lists)
    return re.compile(f"(?:{openers})*(?:{denials})(?:{links})*(?:{dangers})(?:{ends})*")


def clauses(text: str) -> str:
    """Return `text` half-width and without blanks, clauses parted by `|`, unknown words as `?`."""
    folded = unicodedata.normalize("NFKC", text.replace(UNKNOWN, "\0")).upper()
    return _BREAKS.sub(_CLAUSE_END, _BLANKS.sub("", folded)).replace("\0", "?")


def spoken_phrases(words: Words) -> list[str]:
    """Return what a recognizer should expect of danger and look-alikes: alternatives written out, gaps closed."""
    patterns = [*itertools.chain.from_iterable(words.safety.values()), *words.not_safety]
    return list(dict.fromkeys(itertools.chain.from_iterable(map(_written_out, patterns))))


def _spans(pattern: re.Pattern[str], said: str) -> Iterator[_Span]:
    for match in pattern.finditer(said):
        yield _Span(*match.span(), "".join(group or "" for group in match.groups()))


def _only_looks(span: _Span, looks: list[_Span]) -> bool:
    """Tell whether a mention is a look-alike's: 着火 of 打不着火, but not 燃气灶 in 燃气灶漏气."""
    return any(look.meets(span) and not (span.holds(look) and span != look) for look in looks)


def _doubtful(said: str, span: _Span, words: _Compiled) -> bool:
    before, after = said[: span.start], said[span.end :]
    return bool(
        (words.doubt_before and words.doubt_before.search(before))
        or (words.doubt_after and words.doubt_after.match(after))
        or (words.doubt and span.gap and words.doubt.search(span.gap))
    )


def _words(words: Words) -> _Compiled:
    return _compiled(
        tuple(words.safety.items()), words.not_safety, words.doubt_before, words.doubt_links, words.doubt_after,
    )  # fmt: skip


@lru_cache(maxsize=8)
def _compiled(
    safety: tuple[tuple[str, tuple[str, ...]], ...],
    look_alikes: tuple[str, ...],
    before: tuple[str, ...],
    links: tuple[str, ...],
    after: tuple[str, ...],
) -> _Compiled:
    doubt, link, behind = (_any_of(listed) for listed in (before, links, after))
    return _Compiled(
        tuple((kind, _patterns(phrases)) for kind, phrases in safety),
        _patterns(look_alikes),
        re.compile(doubt) if before else None,
        re.compile(f"(?:{doubt})(?:{link})*$") if before else None,
        re.compile(f"(?:{behind})(?:{re.escape(_CLAUSE_END)}|$)") if after else None,
    )


def _any_of(phrases: tuple[str, ...]) -> str:
    """Return a regular expression for one of `phrases`, longest first; one that matches nothing for no phrases."""
    listed = sorted(phrases, key=len, reverse=True)
    return "|".join(map(_expression, listed)) or "(?!)"


def _patterns(phrases: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(expression) for expression in map(_expression, phrases) if expression)


def _expression(phrase: str) -> str:
    """Return the regular expression of one phrase; its gaps are groups, its alternatives are not."""
    parts = []
    for char in _BLANKS.sub("", unicodedata.normalize("NFKC", phrase.replace(_GAP, "\0")).upper()):
        if char == "\0":
            parts.append(f"([^{_CLAUSE_END}]{{0,{_GAP_CHARACTERS}}}?)")
        elif char in "(|)":
            parts.append("(?:" if char == "(" else char)
        elif not _BREAKS.match(char):
            parts.append(re.escape(char))
    return "".join(parts)


def _written_out(phrase: str) -> Iterator[str]:
    """Return every way to say a phrase, at most _SPOKEN_MOST."""
    pieces = [piece.split("|") for piece in _ALTERNATIVES.split(phrase.replace(_GAP, ""))]
    yield from itertools.islice(("".join(chosen) for chosen in itertools.product(*pieces)), _SPOKEN_MOST)
