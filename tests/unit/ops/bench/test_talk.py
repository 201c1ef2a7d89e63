"""Simulated callers and the flows: with perfect ears every value arrives, and nothing is confirmed that is not so."""

import random

import phonenumbers
import pytest

from ivr.flows.load import load_program
from ops.bench.goals import GOALS
from ops.bench.talk import Hear, Outcome, Talk
from speech.contract import Cause, Interpretation, SlotSpec
from speech.evaluation.cases import NOW, Cases
from speech.evaluation.sound import chance_of
from speech.packs import Pack
from speech.slots import Slots
from tests.unit.speech.evaluation.worlds import WORLD
from tests.unit.speech.slots.samples import PACK

PROGRAM = load_program()
CASES = Cases(WORLD)
SLOTS = Slots(Pack(divisions=PACK.divisions, aliases=PACK.aliases))


def ears(mishear: float) -> Hear:
    """Return ears that miss a share of what is said, and never turn a no into a yes."""

    def hear(words: str, slot: SlotSpec, chance: random.Random) -> tuple[Interpretation, Cause]:
        text = words.replace(",", " ")
        if chance.random() < mishear:
            text = text.translate(str.maketrans("零一二三八EF", "六七八九四AH"))
        found = SLOTS.interpret(slot, PROGRAM.lexicon, (text,), NOW)
        return found, Cause.SUCCESS if found.status != "no_match" else Cause.NO_MATCH

    return hear


def dialogue(goal: str, seed: int, mishear: float) -> tuple[Outcome, bool]:
    chance = chance_of(seed)
    wanted = GOALS[goal](CASES, chance)
    out = Talk(PROGRAM, wanted, ears(mishear), chance).run()
    return out, bool(out.value) and wanted.same(out.value)


@pytest.mark.parametrize("goal", ["fault_code", "address"])
def test_perfect_ears_get_every_value(goal: str) -> None:
    for seed in range(25):
        out, right = dialogue(goal, seed, 0.0)
        assert right, (goal, seed, out.heard)


def test_perfect_ears_get_every_number_that_can_be_one() -> None:
    for seed in range(25):
        out, right = dialogue("phone", seed, 0.0)
        wanted = GOALS["phone"](CASES, chance_of(seed)).meant
        assert right == phonenumbers.is_valid_number(phonenumbers.parse(wanted, "CN")), (seed, out.heard)


@pytest.mark.parametrize("goal", ["fault_code", "address", "phone"])
def test_bad_ears_never_confirm_another_value(goal: str) -> None:
    for seed in range(25):
        out, right = dialogue(goal, seed, 0.5)
        assert right or not out.value, (goal, seed, out.heard)


def test_deaf_ears_come_to_keys() -> None:
    def deaf(words: str, slot: SlotSpec, chance: random.Random) -> tuple[Interpretation, Cause]:
        del words, slot, chance
        return Interpretation(), Cause.NO_MATCH

    outcomes = []
    for seed in range(12):
        chance = chance_of(seed)
        wanted = GOALS["fault_code"](CASES, chance)
        outcomes.append((Talk(PROGRAM, wanted, deaf, chance).run(), wanted))
    by_keys = [(out, wanted) for out, wanted in outcomes if out.value]
    assert by_keys
    assert all(out.keys and wanted.same(out.value) for out, wanted in by_keys)
