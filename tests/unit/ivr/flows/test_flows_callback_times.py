"""When who is rung back wants to be rung: said, asked for, by key; and who hangs up while that is asked."""

import pytest

from ivr.contract.dialogue import End, Lookup
from ivr.contract.facts import CallbackRequested, SlotFilled, TicketOpened
from ivr.flows.dates import window_words
from speech.contract import Cause, Mode
from tests.unit.ivr.flows.play import Driver, interpreter, program
from tests.unit.ivr.flows.test_flows_queues import said, waiting

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
        ("半小时以后打给我", FRIDAY, "2026-07-24T11:00"),
        ("过两个小时再打", FRIDAY, "2026-07-24T12:30"),
        ("凌晨两点打", "2026-07-24T02:30", ""),
        ("晚上十二点以后打", FRIDAY, "2026-07-25T00:00"),
        ("凌晨两点打", FRIDAY, "2026-07-25T02:00"),
        ("今晚一点打", FRIDAY, "2026-07-25T01:00"),
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


@pytest.mark.parametrize(
    ("at", "key", "after"),
    [
        (FRIDAY, "1", "2026-07-24T"),
        ("2026-07-24T16:00", "1", "2026-07-24T17:00"),
        ("2026-07-24T16:01", "1", "2026-07-24T17:30"),
        ("2026-07-24T23:40", "1", "2026-07-25T01:00"),
        ("2026-07-24T16:00", "2", "2026-07-24T18:00"),
        ("2026-07-24T22:30", "2", "2026-07-25T18:00"),
        ("2026-07-24T16:00", "3", "2026-07-25T09:00"),
        ("", "1", ""),
        ("", "3", ""),
    ],
)
def test_who_has_no_time_now_is_asked_when_and_may_answer_by_key(at: str, key: str, after: str) -> None:
    driver = waiting(at=at, people_from=None).come_back().mean("later")
    assert driver.node == "callback_when"
    driver.press(key)
    assert driver.of(CallbackRequested)[-1].after.startswith(after)


@pytest.mark.parametrize("meaning", ["", "later", "other"])
def test_who_asked_for_a_call_back_and_hangs_up_at_the_number_is_rung(meaning: str) -> None:
    driver = Driver(queue_open=False).start().keys("0", "1")
    if meaning:
        driver.mean(meaning)
    driver.hang_up()
    (asked,) = driver.of(CallbackRequested)
    assert (asked.reason, asked.queue, asked.number) == ("asked", "consult", "")
    assert [fact.outcome for fact in driver.of(TicketOpened)] == ["handed_over"]


def test_nobody_can_be_rung_without_a_number() -> None:
    driver = Driver(queue_open=False, caller="").start().keys("0", "1").hang_up()
    assert driver.of(CallbackRequested) == []


def test_who_names_no_time_after_all_is_rung_when_it_is_their_turn() -> None:
    driver = waiting(at=FRIDAY).come_back().mean("later").silence(2)
    assert driver.of(CallbackRequested)[-1].after == ""


def test_a_time_that_is_past_is_asked_again() -> None:
    driver = waiting(at=FRIDAY).come_back().mean("too_late")
    assert driver.node == "callback_number"
    assert "那个时间已经过了" in driver.text


def test_a_time_before_six_is_said_as_of_the_night() -> None:
    said = {"date": "2026-07-25", "part": "morning", "from": "02:00", "to": ""}
    assert window_words(said) == ("七月", "二十五号", "星期六", "凌晨", "两点", "以后")
    assert window_words({**said, "from": "06:00"})[3:] == ("上午", "六点", "以后")
