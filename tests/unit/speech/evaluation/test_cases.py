"""Cases: what is said means what is meant, when it is written down without a mistake."""

import pytest

from speech.contract import Interpretation, Lexicon
from speech.evaluation.cases import NOW, Case, Cases, World, count, digits, is_right, sounds_right
from speech.evaluation.sound import chance_of
from speech.packs import Pack
from speech.slots import Slots
from tests.unit.speech.evaluation.worlds import WORLD
from tests.unit.speech.slots.samples import LEXICON, PACK

CASES = Cases(WORLD)
SLOTS = Slots(Pack(divisions=PACK.divisions, aliases=PACK.aliases))
WORDS = Lexicon(
    LEXICON.commands,
    (*LEXICON.yes, "确认"),
    LEXICON.no,
    {**LEXICON.safety, "gas": (*LEXICON.safety["gas"], "漏煤气", "臭鸡蛋味")},
    LEXICON.not_safety,
    fillers=LEXICON.fillers,
)


def understood(case: Case) -> Interpretation:
    return SLOTS.interpret(case.spec, WORDS, (case.said.replace(",", " "),), NOW)


@pytest.mark.parametrize("slot", sorted(set(CASES.samplers) - {"outside"}))
def test_what_is_said_is_understood_from_a_perfect_transcript(slot: str) -> None:
    for number in range(150):
        case = CASES.samplers[slot](chance_of(number))
        found = understood(case)
        if found.status == "ambiguous":  # yi may be E or 1: the flow lets the caller choose
            assert any(is_right(case, "", row, "") for row in found.candidates), case.said
        else:
            assert is_right(case, found.meaning, found.value, found.safety), (case.said, found)


def test_a_seed_is_a_set() -> None:
    for sampler in CASES.samplers.values():
        assert sampler(chance_of(5)) == sampler(chance_of(5))


def test_a_case_without_truth_must_bring_nothing() -> None:
    case = CASES.outside(chance_of(1))
    assert case.said.startswith("[[")
    assert is_right(case, "", {}, "")
    assert not sounds_right(case, {"road": "梅花园"})
    assert not is_right(case, "yes", {}, "")


def test_a_road_may_be_written_otherwise_when_it_sounds_the_same() -> None:
    case = Case("address", "", CASES.address(chance_of(1)).spec, {"region": "佛山市", "road": "梅花园", "room": "1栋"})
    said = dict(case.truth)
    assert sounds_right(case, said)
    assert sounds_right(case, said | {"road": "梅花苑"})
    assert not sounds_right(case, said | {"road": "梅花村"})
    assert not sounds_right(case, said | {"region": "佛善市"}), "divisions are listed: one of them is right"
    assert not is_right(case, "", said | {"road": "梅花苑"}, "")


def test_every_way_to_read_a_code() -> None:
    chance = chance_of(2)
    said = {CASES.read_code("F28", chance) for _ in range(200)}
    assert {"F 二 八", "F 二十八"} <= said
    assert CASES.read_code("5P1", chance) in ("五 P 一", "五 P 幺", "五 P 幺")
    assert CASES.spell_code("F03", chance) == "佛山的 F 零 三"
    assert CASES.spell_code("108", chance)


def test_without_streets_or_estates_one_street_is_there() -> None:
    cases = Cases(World(PACK, frozenset(item.name for item in PACK.divisions.values()), {"repair": ("报修",)}))
    assert "新发路" in {cases.address(chance_of(seed)).truth["road"][:3] for seed in range(5)}


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "零"), (7, "七"), (10, "十"), (18, "十八"), (20, "二十"), (105, "一百零五"), (110, "一百一十")],
)
def test_counts(value: int, said: str) -> None:
    assert count(value) == said


def test_digits_one_by_one() -> None:
    assert digits("102", "零幺二三四五六七八九") == "幺零二"
