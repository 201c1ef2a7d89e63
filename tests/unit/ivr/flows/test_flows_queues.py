"""On the way to a person: which queue answers now, how many wait before the caller, one call-back per number."""

from typing import Any

import pytest

from ivr.contract.dialogue import End, HandOver, Lookup, Record
from ivr.contract.facts import (
    CallbackRequested,
    HandedOver,
    SafetyRaised,
    SlotFilled,
    TicketOpened,
    VoicemailRecorded,
)
from ivr.flows.machine import fold
from speech.contract import Cause, Mode, shown
from tests.unit.ivr.flows.play import Driver, interpreter, program


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


FRIDAY = "2026-07-24T10:30"


@pytest.mark.parametrize(
    ("text", "at", "after"),
    [
        ("晚上六点以后再打", FRIDAY, "2026-07-24T18:00"),
        ("三点以后打", FRIDAY, "2026-07-24T15:00"),
        ("三点以后打", "2026-07-24T16:00", ""),  # the afternoon is not over: in turn
        ("三点以后打", "2026-07-24T18:30", "2026-07-25T15:00"),
        ("明天上午打给我", FRIDAY, "2026-07-25T09:00"),
        ("上午打", FRIDAY, ""),
        ("上午打", "2026-07-24T13:00", "2026-07-25T09:00"),
        ("下班以后打", FRIDAY, "2026-07-24T18:00"),
        ("周一上午十点再打", FRIDAY, "2026-07-27T10:00"),
        ("晚上七点", "2026-07-24T19:30", "2026-07-25T19:00"),
        ("三点到五点", "2026-07-24T16:00", ""),
        ("三点到五点", "2026-07-24T17:30", "2026-07-25T15:00"),
        ("后天打", FRIDAY, "2026-07-26T09:00"),
        ("中午打给我", FRIDAY, "2026-07-24T12:00"),
        ("今天晚上", "2026-07-24T18:30", ""),
        ("五点以前打", FRIDAY, ""),  # our turn may come before
        ("现在就打", FRIDAY, ""),
        ("越快越好", FRIDAY, ""),
        ("什么时候都行", FRIDAY, ""),
        ("晚上六点以后再打", "", ""),  # nobody knows what day it is
    ],
)
def test_not_before_the_time_they_said(text: str, at: str, after: str) -> None:
    driver = waiting(at=at).come_back()
    heard = interpreter()(driver.slot, program().lexicon, (text,))
    driver.result(Cause.SUCCESS, Mode.SPEECH, interpretation=heard)
    assert driver.last == End()
    assert driver.of(CallbackRequested)[-1].after == after
    assert ("以后,轮到您时" in said(driver)) == bool(after)


def test_the_time_is_read_back_with_its_day() -> None:
    driver = waiting(at=FRIDAY).come_back().value({"value": "any", "part": "evening", "from": "18:00", "to": ""})
    assert said(driver).startswith("好的,七月二十四号、星期五、晚上六点以后,轮到您时我们打尾号八零零零的电话。")


def test_a_time_at_which_nobody_is_there_is_moved_and_the_caller_is_told() -> None:
    driver = waiting(at=FRIDAY, people_from="2026-07-25T08:00").come_back()
    driver.value({"value": "any", "part": "evening", "from": "23:00", "to": "23:00", "raw": "晚上十一点"})
    assert said(driver).startswith("那个时间没有客服值班,我给您往后排。 好的,七月二十五号、星期六、上午八点以后")
    assert driver.of(CallbackRequested)[-1].after == "2026-07-25T08:00"
    kept = driver.of(SlotFilled)[-1]
    assert (kept.slot, kept.value["raw"], kept.value["spoken"]) == (
        "callback_after", "晚上十一点", "七月二十五号、星期六、上午八点以后"
    )  # fmt: skip
    (asked,) = [effect for effect in driver.effects if isinstance(effect, Lookup) and effect.action == "callback_hours"]
    assert asked.args == {"queue": "complaint", "after": "2026-07-24T23:00"}
    driver = waiting(at=FRIDAY, people_from=None).come_back().value({"value": "any", "part": "evening"})
    assert driver.of(CallbackRequested)[-1].after == "2026-07-24T18:00"  # nobody can tell: as it was asked


def test_a_time_that_is_past_is_asked_again() -> None:
    driver = waiting(at=FRIDAY).come_back().mean("too_late")
    assert driver.node == "callback_number"
    assert "那个时间已经过了" in driver.text


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
