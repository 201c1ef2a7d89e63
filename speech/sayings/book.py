"""The sayings of each question, read from data/QUESTION.tsv: a meaning, a tab, a sentence."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from speech.sayings.likeness import NONE, Likeness, learn
from speech.text import compact

_DATA = Path(__file__).parent / "data"
COMMANDS = "commands"  # what may be said at any question
_SHORTEST_ANSWER, _SHORTEST_COMMAND = 5, 4  # characters of a sentence that may be like another


@lru_cache(maxsize=1)
def sayings() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return question -> meaning -> sentences as written."""
    return {path.stem: _read(path) for path in sorted(_DATA.glob("*.tsv"))}


def _read(path: Path) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        meaning, _, said = line.partition("\t")
        found.setdefault(meaning, []).append(said)
    return {meaning: tuple(listed) for meaning, listed in found.items()}


@lru_cache(maxsize=64)
def likeness(question: str) -> Likeness | None:
    """Return the likeness to the sayings of a question, None when it has none.

    Answers to questions are what is no command.
    """
    listed = dict(sayings().get(question, {}))
    if not listed:
        return None
    if question == COMMANDS:
        listed[NONE] = (*listed.get(NONE, ()), *_answers(frozenset(listed)))
    return learn({meaning: tuple(map(compact, said)) for meaning, said in listed.items()})


def _answers(commands: frozenset[str]) -> list[str]:
    """Return what is said at other questions and is no command: an answer is none of them."""
    return [
        said
        for question, book in sayings().items()
        for meaning, listed in book.items()
        if question != COMMANDS and meaning not in commands
        for said in listed
    ]


def like_an_answer(question: str, text: str) -> tuple[str, float]:
    """Return which answer of a question compact `text` is like, with its score; ("", 0) when that is not clear."""
    book = likeness(question) if len(text) >= _SHORTEST_ANSWER else None
    return book.clearly(text, least=2.0, margin=1.0) if book else ("", 0.0)


def like_a_command(text: str) -> tuple[str, float]:
    """Return which command compact `text` is like, with its score; ("", 0) when that is not clear."""
    book = likeness(COMMANDS) if len(text) >= _SHORTEST_COMMAND else None
    name, score = book.clearly(text, least=5.0, margin=2.0) if book else ("", 0.0)
    return (name, score) if name != NONE else ("", 0.0)


def prepare() -> None:
    """Learn all sayings now, so that no call waits for it."""
    for question in sayings():
        likeness(question)
