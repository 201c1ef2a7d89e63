"""The phrases of a question are made once, however many calls ask it, and never mixed up."""

from dataclasses import replace

import pytest

from speech.contract import Lexicon, SlotKind, SlotSpec
from speech.slots import Slots, slots
from speech.slots.grammar import build_grammar
from speech.slots.readers import Knowledge
from tests.unit.speech.slots.samples import CODE, LEXICON, MENU, PACK


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[SlotSpec]:
    """Every question whose phrases were really made."""
    questions: list[SlotSpec] = []

    def build(slot: SlotSpec, lexicon: Lexicon, vocabulary: frozenset[str], known: Knowledge) -> list[str]:
        questions.append(slot)
        return build_grammar(slot, lexicon, vocabulary, known)

    monkeypatch.setattr(slots, "build_grammar", build)
    return questions


def test_the_same_question_of_another_call_costs_nothing(made: list[SlotSpec]) -> None:
    subject = Slots(PACK)
    first = subject.grammar(MENU, LEXICON)
    again = subject.grammar(replace(MENU, name="of another call"), replace(LEXICON))
    assert again == first
    assert len(made) == 1
    first.clear()  # what a caller does to its list is its own affair
    assert subject.grammar(MENU, LEXICON) == again


def test_another_question_another_list(made: list[SlotSpec]) -> None:
    subject = Slots(PACK)
    questions = [
        (MENU, LEXICON),
        (CODE, LEXICON),
        (replace(MENU, phrases={"repair": ("修锅炉",)}), LEXICON),
        (replace(MENU, correcting=SlotKind.FAULT_CODE), LEXICON),
        (MENU, replace(LEXICON, commands={"agent": ("找人",)})),
    ]
    lists = [tuple(subject.grammar(*question)) for question in questions]
    assert len(set(lists)) == len(made) == len(questions)


def test_the_memory_is_bounded(made: list[SlotSpec], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_MAX_GRAMMARS", 2)
    subject = Slots(PACK)
    for number in (1, 2, 3, 3, 1):
        subject.grammar(SlotSpec("x", SlotKind.MENU, phrases={"m": ("好的",) * number}), LEXICON)
    assert len(made) == 4
    assert len(subject._grammars) == 2
