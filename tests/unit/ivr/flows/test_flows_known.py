"""What rules take from what is known: self-checks, several values of one sentence, times of a visit, articles."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, replace

import pytest

from ivr.flows.advice_rules import MAX_STEPS, advice_texts
from ivr.flows.captured import taken
from ivr.flows.dates import time_words
from ivr.flows.service_rules import article_keys
from ivr.flows.state import Caller, Matter, Slot, State
from speech.contract import Captured
from tests.unit.ivr.flows.known import E01
from tests.unit.ivr.flows.play import program


def held(**slots: Mapping[str, str]) -> State:
    of_matter = {name: Slot(value, "unverified", "speech") for name, value in slots.items()}
    return State(caller=Caller("c", "+8613800138000"), matters=(Matter(1, "repair", slots=of_matter),), demo=True)


def test_the_catalogues_own_self_check_is_offered_first_and_only_so_much_of_it() -> None:
    steps = ["请看压力表。", "请看温控器。", "请看电源。", "请看水阀。"]
    state = held(
        fault_code={**E01, "self_check_zh": "\n".join(steps), "reset_allowed": "yes"},
        symptom={"value": "no_heating", "raw": "不热"},
    )
    assert advice_texts(program(), state) == tuple(steps[:MAX_STEPS])


def test_a_code_that_may_be_reset_brings_the_reset_and_not_the_steps_of_the_symptom() -> None:
    symptom = {"value": "no_heating", "raw": "不热"}
    reset = advice_texts(program(), held(fault_code={**E01, "reset_allowed": "yes"}, symptom=symptom))
    assert reset == tuple(part.text for part in program().prompts["adv_reset"])
    assert advice_texts(program(), held(fault_code={**E01, "reset_allowed": "no"}, symptom=symptom)) != reset


@pytest.mark.parametrize(
    ("name", "value"),
    [("product", {"value": "unknown", "raw": "那个"}), ("contact", {"digits": "12", "number": "", "raw": "一二"})],
)
def test_a_device_nobody_could_name_and_a_number_that_is_none_were_not_told(name: str, value: dict[str, str]) -> None:
    assert taken({name: Captured(value), "symptom": Captured({"value": "leak"})}) == {"symptom": {"value": "leak"}}


def test_another_makers_device_is_kept_to_be_asked_about() -> None:
    brand = {"value": "unknown", "brand": "万和"}
    assert taken({"product": Captured(brand, sure=False)}) == {"product": brand}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"from": "15:00"}, ("下午", "三点", "以后")),
        ({"to": "10:30"}, ("上午", "十点半", "以前")),
        ({"from": "19:00", "to": "20:00"}, ("晚上", "七点", "到", "八点")),
        ({"part": "noon", "from": "12:00"}, ("中午", "十二点", "以后")),
        ({"from": "?", "to": "14:00"}, ("两点", "以前")),
        ({"part": "morning"}, ("上午",)),
        ({}, ()),
    ],
)
def test_hours_are_said_with_the_part_of_the_day_they_lie_in(value: dict[str, str], words: tuple[str, ...]) -> None:
    assert time_words(value) == words


def test_nothing_asked_is_answered_with_no_article() -> None:
    assert article_keys(program().topics, held()) == ()
    assert article_keys(program().topics, held(topic={"value": "exchange"})) == ("ans_7d", "ans_15d")


def test_a_changed_state_is_another_one_that_differs_in_those_fields_only() -> None:
    before = held(fault_code=E01)
    after = before.changed(turn=7, elder=True)
    assert after == replace(before, turn=7, elder=True)
    assert (before.turn, before.elder) == (0, False)
    with pytest.raises(TypeError, match="no fields of a state: turns"):
        before.changed(turns=7)
    with pytest.raises(FrozenInstanceError):
        after.turn = 8  # type: ignore[misc]  # what must not be possible
