"""Simulated callers and the flows: with perfect ears every value arrives, and nothing is confirmed that is not so."""

import random
from collections.abc import Callable

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


# What the bundled model was heard to make of a sign, "" for nothing.
CONFUSED = {
    "二": ("二二", ""), "七": ("H", "一"), "一": ("E", "七", ""), "幺": ("叫", "了"), "零": ("", "六"),
    "三": ("山", "十"), "四": ("十",), "五": ("我",), "六": ("九",), "八": ("[unk]",), "九": ("六",),
    "十": ("是", "四"), "是": ("十", ""),
    "不": ("[unk]",), "对": ("[unk]",), "错": ("[unk]",), "A": ("C", "一"), "C": ("A", "西"), "E": ("一", ""),
    "F": ("L",), "L": ("F",), "H": ("七",), "P": ("B", ""), "栋": ("动",), "元": ("二",), "号": ("好",),
}  # fmt: skip


def model_like_ears(share: float) -> Hear:
    """Return ears that mishear a share of the signs as the model does; what is nothing but a yes stays one."""

    def hear(words: str, slot: SlotSpec, chance: random.Random) -> tuple[Interpretation, Cause]:
        text = words.replace(",", " ")
        if text.strip() not in ("对", "是的", "没错", "对对对", "是", "可以"):
            text = "".join(
                chance.choice(CONFUSED[sign]) if sign in CONFUSED and chance.random() < share else sign for sign in text
            )
        found = SLOTS.interpret(slot, PROGRAM.lexicon, (text,), NOW)
        return found, Cause.SUCCESS if found.status != "no_match" else Cause.NO_MATCH

    return hear


def dialogue(goal: str, seed: int, mishear: float, make_ears: Callable[[float], Hear] = ears) -> tuple[Outcome, bool]:
    chance = chance_of(seed)
    wanted = GOALS[goal](CASES, chance)
    out = Talk(PROGRAM, wanted, make_ears(mishear), chance).run()
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


@pytest.mark.parametrize("goal", ["fault_code", "address", "phone"])
@pytest.mark.parametrize("share", [0.02, 0.05, 0.12])
def test_what_the_model_mishears_is_never_confirmed(goal: str, share: float) -> None:
    got = 0
    for seed in range(100):
        out, right = dialogue(goal, seed, share, model_like_ears)
        assert right or not out.value, (goal, seed, out.heard)
        got += right
    assert got >= 60


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
