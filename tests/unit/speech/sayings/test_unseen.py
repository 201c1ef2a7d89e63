"""Sentences in callers' own words, written by somebody who knew neither the phrases nor the sayings, by text.

They are never to be used for anything else: what is added to the sayings must not be taken from here.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import pytest

from ivr.flows.asking import slot_spec
from ivr.flows.load import load_program
from ivr.flows.state import Place, State
from ops.bench.sayings import AS_GOOD
from speech.packs import Pack
from speech.sayings.book import COMMANDS, sayings
from speech.sayings.likeness import NONE
from speech.slots import Slots

UNSEEN = Path(__file__).parent / "unseen"
MENUS = sorted(path.stem for path in UNSEEN.glob("*.tsv") if path.stem != COMMANDS)


def read(name: str) -> Iterator[tuple[str, str]]:
    for line in (UNSEEN / f"{name}.tsv").read_text("utf-8").splitlines():
        meaning, _, said = line.partition("\t")
        yield meaning, said


program = cache(load_program)
slots = cache(partial(Slots, Pack("t")))


def heard(question: str, said: str) -> str:
    """Return the meaning or the command, NONE when it was not understood."""
    spec = slot_spec(program(), State(place=Place(question, ())))
    found = slots().interpret(spec, program().lexicon, (said,))
    return found.meaning or found.command or NONE


def told(name: str, question: str) -> Counter[str]:
    """Count right, wrong and asked again; whatever means nothing here is right when it is asked again."""
    count: Counter[str] = Counter()
    for meaning, said in read(name):
        got = heard(question, said)
        right = got in {meaning, *AS_GOOD.get(meaning, ())}
        count["right" if right else "again" if got == NONE else "wrong"] += 1
    return count


@pytest.mark.parametrize("name", MENUS)
def test_most_are_understood_and_few_are_taken_for_another(name: str) -> None:
    count = told(name, name)
    assert count["right"] >= 0.8 * count.total(), count
    assert count["wrong"] <= 0.1 * count.total(), count


@pytest.mark.parametrize("question", ["main_menu", "symptom", "fault_code", "visit_day"])
def test_commands_in_own_words_are_understood_at_any_question(question: str) -> None:
    count = told(COMMANDS, question)
    assert count["right"] >= 0.8 * count.total(), count
    assert count["wrong"] <= 0.05 * count.total(), count


def test_they_are_not_among_the_sayings() -> None:
    known = {said for book in sayings().values() for listed in book.values() for said in listed}
    assert not known & {said for name in (*MENUS, COMMANDS) for _, said in read(name)}
