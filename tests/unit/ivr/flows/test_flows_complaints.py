"""Complaints and recordings at single questions: what they are about, their clips, what a machine notices in them."""

import pytest

from ivr.contract.dialogue import HandOver
from ivr.contract.facts import SafetyRaised, TicketOpened
from speech.contract import Cause
from tests.unit.ivr.flows.play import Driver
from tests.unit.ivr.flows.worlds import at


@pytest.mark.parametrize(
    ("meaning", "tag", "priority"),
    [("impostor", "impostor", "urgent"), ("praise", "praise", "normal"), ("forbidden", "forbidden", "high"),
     ("no_badge", "no_badge", "high"), ("agent_service", "", "high")],
)  # fmt: skip
def test_what_a_complaint_is_about_decides_tags_and_priority(meaning: str, tag: str, priority: str) -> None:
    driver = at("complaint_category").mean(meaning)
    assert driver.state.slot("category").value.get("tag", "") == tag  # type: ignore[union-attr]  # it was just filled
    ticket = driver.hang_up().of(TicketOpened)[-1]
    assert ticket.priority == priority


def test_every_clip_of_a_statement_is_kept_and_there_are_three() -> None:
    driver = at("complaint_statement")
    for clip in ("c0ffee/1", "c0ffee/2"):
        driver.record(clip).press("1")
    driver.record("c0ffee/3").press("2")
    assert driver.node == "contact_known"
    statement = driver.state.slot("statement")
    assert statement is not None
    assert statement.value == {"clip": "c0ffee/3", "clips": "c0ffee/1 c0ffee/2 c0ffee/3"}


def test_what_a_machine_noticed_in_any_clip_is_kept_for_people_and_nothing_is_done_about_it() -> None:
    driver = at("complaint_statement")
    for noticed in ({"codes": "E4"}, {"codes": "E4 F28", "danger": "gas"}):
        driver.result(Cause.SUCCESS, clip="c0ffee/1", speech_ms=4000, noticed=noticed).press("1")
    driver.record("c0ffee/3").press("2")
    assert driver.node == "contact_known"
    statement = driver.state.slot("statement")
    assert statement is not None
    assert {name: statement.value[name] for name in ("codes", "danger")} == {"codes": "E4 F28", "danger": "gas"}
    assert statement.status == "unverified"
    assert not driver.of(SafetyRaised)
    assert driver.state.slot("fault_code") is None


def test_one_code_told_in_a_symptom_is_read_back_and_counts_only_after_a_yes() -> None:
    driver = at("symptom_speech").result(Cause.SUCCESS, clip="c0ffee/1", speech_ms=4000, noticed={"codes": "E4"})
    assert driver.node == "fault_code_confirm"
    assert "您说的是E、四,对吗" in driver.text
    held = driver.state.slot("fault_code")
    assert held is not None
    assert (held.value, held.status, held.clip) == ({"canonical": "E4"}, "unverified", "c0ffee/1")
    agreed, denied = driver.twin().press("1").state.slot("fault_code"), driver.twin().press("2")
    assert agreed is not None
    assert agreed.status == "voice_confirmed"
    assert denied.state.slot("fault_code") is None
    assert denied.node == "address_full"  # asked no more for a code, and the story stays on the ticket
    story = denied.state.slot("symptom_clip")
    assert story is not None
    assert story.value["codes"] == "E4"


def test_several_codes_told_in_a_symptom_stay_a_hint() -> None:
    driver = at("symptom_speech").result(Cause.SUCCESS, clip="c0ffee/1", speech_ms=4000, noticed={"codes": "E4 F2"})
    assert driver.state.slot("fault_code") is None
    assert driver.node != "fault_code_confirm"


def test_no_key_hurries_past_the_number_of_a_complaint() -> None:
    driver = Driver(speak_by_itself=False).start().press("2").press("6").record().press("3").press("1")
    assert [segment.key for segment in driver.turn.segments] == ["complaint_noted.1", "complaint_noted.2"]
    assert driver.turn.slot is None


def test_a_danger_in_a_complaint_goes_first() -> None:
    driver = at("complaint_statement").hear(safety="gas", text="漏气")
    assert driver.of(TicketOpened)[-1].priority == "urgent"
    assert at("complaint_next").press("1").last == HandOver("queue", "complaint", 20)
