"""The rows of the dialogue design in its own words, and every question asked again: what is said, what comes of it."""

from typing import Any

import pytest

from ivr.contract.dialogue import End, HandOver
from ivr.contract.facts import SafetyRaised, SlotFilled, TicketOpened
from ivr.flows.machine import fold
from ivr.flows.simulate import Conversation
from tests.unit.ivr.flows.asked_again import ASKED_AGAIN
from tests.unit.ivr.flows.play import program
from tests.unit.ivr.flows.rows import ROWS
from tests.unit.ivr.flows.transcribe import BOOKS, HERE, book, talk

ANSWERED = [name for name in ROWS if name.startswith("ans_") and name != "ans_unknown"]
FOR_A_PERSON = ["ans_unknown", "unknown_price", "unknown_outlet", "unknown_eta", "unreasonable"]


def of(conversation: Conversation, kind: type[Any]) -> list[Any]:
    return [fact for fact in conversation.facts if isinstance(fact, kind)]


def last_value(conversation: Conversation, slot: str) -> dict[str, str]:
    return dict([fact for fact in of(conversation, SlotFilled) if fact.slot == slot][-1].value)


@pytest.mark.parametrize("name", BOOKS)
def test_all_is_spoken_as_written(name: str) -> None:
    assert book(BOOKS[name]) == (HERE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("script", [*ROWS.values(), *ASKED_AGAIN.values()], ids=[*ROWS, *ASKED_AGAIN])
def test_its_inputs_lead_to_the_same_state_again(script: Any) -> None:
    conversation = talk(script)
    assert fold(program(), conversation.inputs) == conversation.state


@pytest.mark.parametrize("name", ANSWERED)
def test_a_question_in_the_callers_words_is_answered_by_its_article(name: str) -> None:
    conversation = talk(ROWS[name])
    assert last_value(conversation, "answered")["articles"].split()[0] == f"{name}@0"
    (ticket,) = of(conversation, TicketOpened)
    assert (ticket.kind, ticket.outcome) == ("consult", "solved")


@pytest.mark.parametrize("name", FOR_A_PERSON)
def test_what_the_line_does_not_know_is_for_a_person(name: str) -> None:
    conversation = talk(ROWS[name])
    assert conversation.outcome == HandOver("queue", "consult", 0)
    assert not [fact for fact in of(conversation, SlotFilled) if fact.slot == "answered"]


@pytest.mark.parametrize(
    ("row", "value", "tag", "priority"),
    [
        ("1", "visit", "", "high"),
        ("1 forbidden", "visit", "forbidden", "high"),
        ("1 no badge", "visit", "no_badge", "high"),
        ("2", "undone", "", "high"),
        ("3", "quality", "", "high"),
        ("4", "fee", "", "high"),
        ("4 impostor", "fee", "impostor", "urgent"),
        ("5", "agent_service", "", "high"),
        ("6", "suggestion", "", "normal"),
        ("6 praise", "suggestion", "praise", "normal"),
    ],
)
def test_a_complaint_in_the_callers_words(row: str, value: str, tag: str, priority: str) -> None:
    conversation = talk(ROWS[f"complaint_category {row}"])
    category = last_value(conversation, "category")
    (ticket,) = of(conversation, TicketOpened)
    assert (category["value"], category.get("tag", "")) == (value, tag)
    assert (ticket.kind, ticket.priority) == ("complaint", priority)


@pytest.mark.parametrize("kind", ["unit_return", "part_return", "part_request", "training", "tech_support"])
def test_a_request_in_the_callers_words(kind: str) -> None:
    (ticket,) = of(talk(ROWS[f"request_kind {kind}"]), TicketOpened)
    priority = "high" if kind == "tech_support" else "normal"
    assert (ticket.kind, ticket.priority, ticket.outcome) == (kind, priority, "reported")


@pytest.mark.parametrize(
    ("row", "safety", "outside"),
    [
        ("emergency_gas", "gas", "outside"),
        ("emergency_co", "co", "inside"),
        ("emergency_fire", "fire", "outside"),
        ("emergency_electric", "electric", "outside"),
        ("emergency_trapped", "fire", "trapped"),
        ("emergency_kind 2", "co", "outside"),
        ("emergency_kind 3", "fire", "outside"),
        ("emergency_kind 4", "electric", "outside"),
        ("emergency_check yes", "fire", "outside"),
        ("emergency_check key", "gas", "outside"),
    ],
)
def test_danger_in_the_callers_words(row: str, safety: str, outside: str) -> None:
    conversation = talk(ROWS[row])
    (ticket,) = of(conversation, TicketOpened)
    assert (ticket.priority, ticket.safety) == ("urgent", safety)
    assert conversation.outcome == HandOver("queue", "emergency", 30)
    assert last_value(conversation, "outside")["value"] == outside


def test_no_danger_leads_back_and_is_no_emergency() -> None:
    conversation = talk(ROWS["emergency_check no"])
    assert [fact.safety for fact in of(conversation, SafetyRaised)] == []
    assert isinstance(conversation.outcome, End)


@pytest.mark.parametrize(("row", "code"), [("by key", "F1"), ("by word", "F1"), ("second", "F1"), ("neither", "F28")])
def test_one_of_two_readings_is_chosen_and_read_back(row: str, code: str) -> None:
    chosen = [fact for fact in of(talk(ROWS[f"fault_code_pick {row}"]), SlotFilled) if fact.slot == "fault_code"][-1]
    assert chosen.value["canonical"] == code
    assert chosen.status in ("dtmf", "voice_confirmed")


def test_a_code_that_may_be_reset_is_reset_once() -> None:
    conversation = talk(ROWS["adv_reset"])
    assert [ticket.outcome for ticket in of(conversation, TicketOpened)] == ["self_resolved"]
    assert "只按一次" in "".join(conversation.lines)
