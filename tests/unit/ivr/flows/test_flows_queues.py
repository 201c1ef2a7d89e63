"""On the way to a person: which queue answers now, how many wait before the caller, one call-back per number."""

from typing import Any

import pytest

from ivr.contract.dialogue import End, HandOver, Record
from ivr.contract.facts import (
    CallbackRequested,
    HandedOver,
    SafetyRaised,
    TicketOpened,
    VoicemailRecorded,
)
from ivr.flows.machine import fold
from speech.contract import shown
from tests.unit.ivr.flows.play import Driver, program


@pytest.mark.parametrize(
    ("waiting", "said"), [(0, "您是下一位。"), (1, "您前面还有一位。"), (12, "您前面还有十二位。"), (None, "")]
)
def test_the_place_is_told_on_the_way_in(waiting: int | None, said: str) -> None:
    driver = Driver(queue={"waiting": waiting}).start().press("0")
    texts = [shown(segment.text) for turn in driver.performed for segment in turn.segments]
    assert (said in texts) if said else not any("位" in text for text in texts[-1:])
    assert driver.last == HandOver("queue", "consult", 0)


def test_at_night_repair_answers_questions_but_never_a_danger() -> None:
    night = {"queue": "repair", "waiting": 0}
    assert Driver(queue=night).start().press("0").last == HandOver("queue", "repair", 0)
    driver = Driver(queue=night).start().press("9").press("1").press("1")
    assert driver.last == HandOver("queue", "emergency", 30)


def test_a_number_has_one_call_back() -> None:
    driver = Driver(queue_open=False, waits=True).start().press("0").press("1").press("1")
    assert "不会漏掉" in " ".join(shown(segment.text) for turn in driver.performed for segment in turn.segments)
    assert driver.last == End()
    assert [(fact.reason, fact.queue) for fact in driver.of(CallbackRequested)] == [
        ("asked", "consult")
    ]  # the same one
    assert [fact.outcome for fact in driver.of(TicketOpened)] == ["handed_over"]


@pytest.mark.parametrize("waits", [False, None])
def test_the_first_call_back_is_asked_for(waits: bool | None) -> None:
    driver = Driver(queue_open=False, waits=waits).start().press("0").press("1").press("1")
    assert [fact.reason for fact in driver.of(CallbackRequested)] == ["asked"]


def waiting(**world: Any) -> Driver:
    """A caller who waits for somebody in complaint."""
    driver = Driver(**world).start().press("2").press("0")
    assert isinstance(driver.last, HandOver)
    return driver


def said(driver: Driver) -> str:
    return " ".join(shown(segment.text) for segment in driver.performed[-1].segments)


def test_key_1_in_the_queue_keeps_the_place() -> None:
    driver = waiting().come_back().press("1")
    assert driver.last == End()
    (asked,) = driver.of(CallbackRequested)
    assert asked == CallbackRequested("asked", 1, queue="complaint", priority=20)
    assert "尾号八零零零的电话" in said(driver)
    assert len(driver.of(TicketOpened)) == 1
    assert fold(program(), driver.inputs) == driver.state


def test_key_2_in_the_queue_takes_a_message_into_the_ticket_that_is_there() -> None:
    driver = waiting().come_back("voicemail").record().press("1").record().press("3")
    assert driver.last == End()
    assert "我们听了就给您回电" in said(driver)
    assert len(driver.of(VoicemailRecorded)) == 2
    assert {fact.matter for fact in driver.of(VoicemailRecorded)} == {1}
    assert [(fact.kind, fact.outcome) for fact in driver.of(TicketOpened)] == [("complaint", "handed_over")]
    assert driver.of(CallbackRequested) == [CallbackRequested("voicemail", 1)]
    assert fold(program(), driver.inputs) == driver.state


def test_who_was_silent_before_the_queue_leaves_the_message_in_a_ticket_of_its_own() -> None:
    driver = Driver().start()
    while not driver.over:
        driver.silence()
    assert driver.of(TicketOpened) == []
    driver.come_back("voicemail").record().press("3")
    assert [(fact.kind, fact.outcome) for fact in driver.of(TicketOpened)] == [("consult", "voicemail")]


def test_an_empty_message_is_asked_for_once_more_and_then_a_person_rings() -> None:
    driver = waiting().come_back("voicemail").silence()
    assert "没录到您的声音" in said_while_recording(driver)
    driver.silence()
    assert driver.last == End()
    assert "再见" in said(driver)
    assert driver.of(CallbackRequested) == [CallbackRequested("no_agent", 1)]


def test_danger_in_a_message_is_an_emergency_at_once() -> None:
    driver = waiting().come_back("voicemail")
    driver.danger("gas")
    assert driver.state.place.node == "emergency_outside"
    assert [fact.safety for fact in driver.of(SafetyRaised)] == ["gas"]


def test_hanging_up_in_the_message_keeps_what_was_recorded() -> None:
    driver = waiting().come_back("voicemail").record().hang_up()
    assert len(driver.of(VoicemailRecorded)) == 1


def said_while_recording(driver: Driver) -> str:
    assert isinstance(driver.last, Record)
    return " ".join(shown(segment.text) for segment in driver.last.spec.segments)


def test_another_number_is_called_back() -> None:
    driver = waiting().come_back().press("2").press("13900139000").press("1")
    assert driver.of(CallbackRequested)[-1].number == "+8613900139000"


def test_a_number_that_waits_already_is_told_so() -> None:
    driver = waiting(waits=True).come_back().press("1")
    assert driver.last == End()
    assert [(fact.queue, fact.priority) for fact in driver.of(CallbackRequested)] == [("complaint", 20)]
    assert "不会漏掉" in said(driver)


def test_an_anonymous_caller_gives_a_number() -> None:
    driver = waiting(caller="").come_back().press("13900139000").press("1")
    assert driver.of(CallbackRequested)[-1].number == "+8613900139000"


def test_who_waited_too_long_may_choose_and_who_does_not_is_called_back_by_a_person() -> None:
    driver = waiting().come_back("timeout")
    assert driver.state.place.node == "no_agent_offer"
    driver.silence(4)
    assert driver.of(CallbackRequested)[-1] == CallbackRequested("no_agent", 1)


def test_who_waited_too_long_may_go_on_with_a_report() -> None:
    driver = waiting().come_back("timeout").press("3")
    assert driver.state.matter is not None
    assert driver.state.matter.kind == "repair"
    assert driver.press("0").last == HandOver("queue", "repair", 0)
    assert len(driver.of(HandedOver)) == 2


def test_speech_may_be_gone_when_they_come_back() -> None:
    assert waiting().come_back(keys_only=True).state.keys_only


def test_coming_back_from_nowhere_changes_nothing() -> None:
    over = Driver(queue_open=False).start().press("0").press("1").press("1")
    assert over.last == End()
    assert over.come_back().last == End()
    asking = Driver().start()
    node = asking.state.place.node
    assert asking.come_back().state.place.node == node


def test_hanging_up_while_the_number_is_asked_is_a_task_for_people() -> None:
    driver = waiting().come_back().hang_up()
    assert [(fact.reason, fact.queue) for fact in driver.of(CallbackRequested)] == [("asked", "")]


@pytest.mark.parametrize("quits", [True, False])
def test_whoever_is_rung_back_in_turn_is_rung_at_the_time_they_said(quits: bool) -> None:
    driver = leaving(quits=quits).value({"value": "date", "date": "2026-07-25"})
    assert driver.last == End()
    assert "七月二十五号、星期六、上午九点以后" in said(driver)
    (asked,) = driver.of(CallbackRequested)
    assert (asked.queue, asked.after) == ("repair" if quits else "complaint", "2026-07-25T09:00")


@pytest.mark.parametrize("quits", [True, False])
def test_who_leaves_and_waits_for_a_call_back_already_is_told_so(quits: bool) -> None:
    driver = leaving(quits=quits, waits=True).press("1")
    assert driver.last == End()
    assert "不会漏掉" in said(driver)
    assert len(driver.of(CallbackRequested)) == 1


@pytest.mark.parametrize("waits", [False, None])
@pytest.mark.parametrize("quits", [True, False])
def test_who_leaves_is_rung_back_in_turn(quits: bool, waits: bool | None) -> None:
    driver = leaving(quits=quits, waits=waits).press("1")
    assert "轮到您时" in said(driver)
    assert driver.of(CallbackRequested)[-1].queue == ("repair" if quits else "complaint")


def leaving(*, quits: bool, **world: Any) -> Driver:
    """A caller who gives up a report, or has complained, and is asked which number to ring back."""
    driver = Driver(at="2026-07-24T10:30", **world).start()
    if quits:
        driver.press("3").press("1").command("quit").press("1")
    else:
        driver.keys("2", "6").record().keys("3", "1", "2")
    assert driver.node == "callback_number"
    return driver
