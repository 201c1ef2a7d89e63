"""Reads the words of danger."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import yaml

WORDS = Path(__file__).with_name("words.yaml")
_LISTS = ("look_alikes", "doubt_before", "doubt_links", "doubt_after", "denials", "denial_openers", "denial_ends")


class InvalidWords(ValueError):
    """The file of danger words is not what `DangerWords` tells; the text names the part."""


class Words(Protocol):
    """What the finder reads: of the call flows' lexicon (speech.contract.Lexicon) or of the file itself."""

    @property
    def safety(self) -> Mapping[str, tuple[str, ...]]:
        """Kind of danger -> phrases."""

    @property
    def not_safety(self) -> tuple[str, ...]:
        """Look-alikes, which are no danger."""

    @property
    def doubt_before(self) -> tuple[str, ...]:
        """What makes the danger behind it doubtful."""

    @property
    def doubt_links(self) -> tuple[str, ...]:
        """What may stand between that and the danger."""

    @property
    def doubt_after(self) -> tuple[str, ...]:
        """What makes the danger before it doubtful."""


@dataclass(frozen=True, slots=True)
class DangerWords:
    """The file's phrases; each may hold alternatives "(a|b)" and a gap "…"."""

    safety: Mapping[str, tuple[str, ...]]
    not_safety: tuple[str, ...]
    doubt_before: tuple[str, ...]
    doubt_links: tuple[str, ...]
    doubt_after: tuple[str, ...]
    denials: tuple[str, ...]
    denial_openers: tuple[str, ...]
    denial_ends: tuple[str, ...]


def parse_words(raw: Mapping[str, Any]) -> DangerWords:
    """Return the words of the file's mapping; raises InvalidWords."""
    if raw.keys() != {"kinds", *_LISTS}:
        raise InvalidWords(f"does not hold exactly kinds, {', '.join(_LISTS)}")
    if not isinstance(raw["kinds"], dict):
        raise InvalidWords("kinds: is not a mapping of phrases")
    kinds = {str(kind): _phrases(f"kinds.{kind}", listed) for kind, listed in raw["kinds"].items()}
    return DangerWords(MappingProxyType(kinds), *(_phrases(name, raw[name]) for name in _LISTS))


@cache
def shipped_words() -> DangerWords:
    """Return the words of `WORDS`; raises InvalidWords."""
    raw = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return parse_words(raw if isinstance(raw, dict) else {})


def _phrases(name: str, raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw or not all(isinstance(item, str) and item for item in raw):
        raise InvalidWords(f"{name}: is not a list of phrases")
    return tuple(raw)
