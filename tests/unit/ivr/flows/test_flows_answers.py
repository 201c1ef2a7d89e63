"""What callers say in their own words, by the flows' own phrases: yes and no, what they want, codes in sentences."""

from pathlib import Path

import pytest
import yaml

from speech.contract import SlotKind, SlotSpec
from speech.packs import Pack
from speech.slots import Slots
from tests.unit.ivr.flows.play import program

PROGRAM = program()
SLOTS = Slots(Pack())
CONFIRM = SlotSpec("summary_confirm", SlotKind.YES_NO, dict(PROGRAM.question("summary_confirm").hear))
MENU = SlotSpec("main_menu", SlotKind.MENU, dict(PROGRAM.question("main_menu").hear))
CODE = SlotSpec("fault_code", SlotKind.FAULT_CODE, dict(PROGRAM.question("fault_code").hear))
TABLES = yaml.safe_load((Path(__file__).parent / "answers.yaml").read_text("utf-8"))


def rows(table: str) -> list[tuple[str, str]]:
    return [(said, meaning) for meaning, listed in TABLES[table].items() for said in listed]


@pytest.mark.parametrize(("said", "meaning"), rows("answers"))
def test_answers_to_a_read_back(said: str, meaning: str) -> None:
    """A no is never taken for a yes; what is neither is asked again."""
    assert SLOTS.interpret(CONFIRM, PROGRAM.lexicon, (said,)).meaning == meaning


@pytest.mark.parametrize(("said", "meaning"), rows("wanted"))
def test_what_callers_want(said: str, meaning: str) -> None:
    assert SLOTS.interpret(MENU, PROGRAM.lexicon, (said,)).meaning == meaning


@pytest.mark.parametrize(("code", "said"), TABLES["codes"].items())
def test_codes_in_sentences(code: str, said: str) -> None:
    assert SLOTS.interpret(CODE, PROGRAM.lexicon, (said,)).value["canonical"] == code


def test_a_code_that_the_caller_does_not_know_to_its_end_is_none() -> None:
    assert SLOTS.interpret(CODE, PROGRAM.lexicon, ("E零几来着",)).status == "no_match"
