"""How a dialogue of the real flows ended, as its contact's outcome tells it: what came of it, not who hung up."""

import pytest

from ivr.contract.facts import CallbackRequested
from ivr.sessions.machine_flow import MachineFlow
from ivr.sessions.records import CallInfo, OpenContact
from ivr.sessions.resume import dialogue_end
from ivr.telephony.call import DialogueEnd
from tests.unit.ivr.flows.known import CARD, tickets
from tests.unit.ivr.flows.play import Driver, program
from tests.unit.ivr.sessions.fakes import NOW
from tests.unit.ivr.sessions.rig import CONTACT


def end_of(driver: Driver) -> DialogueEnd:
    assert driver.over
    contact = OpenContact(CONTACT, NOW, CallInfo("l", "u", "c", "", "", ""), driver.inputs)
    return dialogue_end(MachineFlow(program()), contact)


def asking(urges: int = 0, line: str = "new") -> Driver:
    """Return a call that has heard how its one ticket stands."""
    return Driver(tickets=tickets({"urges": urges, "line": line})).start().press("4")


def at_the_door(*, by_itself: bool = True, **code: str) -> Driver:
    """Return a call that has had one visit code checked."""
    return Driver(code=code, speak_by_itself=by_itself).start().press("5").press("308217")


def mended() -> Driver:
    """Return a repair whose caller mended the machine by the advice, and is asked for anything else."""
    driver = Driver().start().keys("3", "1", "2", "3").record().press("1")
    while driver.node == "advice_step":
        driver.press("1")
    assert driver.node == "advice_result"
    return driver.press("1")


def test_who_urged_was_served_whoever_ended_the_call() -> None:
    by_us = asking().press("1")
    left_then = Driver(tickets=tickets({"urges": 0}), speak_by_itself=False).start().press("4")
    assert end_of(by_us) is DialogueEnd.SERVED
    assert end_of(left_then.press("1").hang_up()) is DialogueEnd.SERVED
    assert not by_us.of(CallbackRequested)
    assert not left_then.of(CallbackRequested)


@pytest.mark.parametrize(
    "driver",
    [
        asking().hang_up(),
        asking().mean("done"),
        Driver(articles={"articles": {}}).start().press("1").press("1").press("2").hang_up(),
        mended().hang_up(),
        at_the_door(verdict="callback", date="2026-11-20"),
        at_the_door(by_itself=False, verdict="callback", date="2026-11-20").hang_up(),
        at_the_door(verdict="ok").hang_up(),
    ],
)
def test_who_heard_what_was_asked_for_was_served(driver: Driver) -> None:
    assert end_of(driver) is DialogueEnd.SERVED
    assert not driver.of(CallbackRequested)


@pytest.mark.parametrize(("urges", "line"), [(2, "new"), (0, "overdue")])
def test_who_was_promised_a_person_and_is_gone_before_is_rung_back(urges: int, line: str) -> None:
    driver = Driver(tickets=tickets({"urges": urges, "line": line}), speak_by_itself=False).start().press("4")
    if driver.node == "my_ticket_menu":
        driver.press("1")
    assert end_of(driver.hang_up()) is DialogueEnd.HUNG_UP
    assert [fact.reason for fact in driver.of(CallbackRequested)] == ["hung_up"]


def test_a_new_report_left_half_way_is_hung_up_though_a_ticket_was_asked_about_before() -> None:
    driver = Driver(card=CARD, tickets=tickets({"urges": 0})).start().press("4").press("4").press("3")
    assert end_of(driver.twin().hang_up()) is DialogueEnd.HUNG_UP
    assert end_of(driver.press("1").hang_up()) is DialogueEnd.HUNG_UP


def test_who_is_to_be_rung_by_people_has_that_as_outcome() -> None:
    driver = Driver(queue_open=False).start().press("0").mean("nothing")
    assert [fact.queue for fact in driver.of(CallbackRequested)] == [""]
    assert end_of(driver) is DialogueEnd.CALLBACK


def test_who_hangs_up_after_a_wrong_visit_code_is_rung_back() -> None:
    driver = at_the_door(verdict="bad", reason="unknown")
    assert driver.node == "visit_code"
    assert end_of(driver.hang_up()) is DialogueEnd.HUNG_UP


def test_a_wrong_number_wanted_nothing_and_nobody_rings_it() -> None:
    heard_all = Driver().start().press("3").mean("wrong_number")
    gone_before = Driver(speak_by_itself=False).start().press("3").mean("wrong_number").hang_up()
    for driver in (heard_all, gone_before):
        assert end_of(driver) is DialogueEnd.MISSED
        assert not driver.of(CallbackRequested)


def test_who_is_asked_for_a_visit_code_and_has_none_yet_only_rang() -> None:
    assert end_of(Driver().start().press("5").hang_up()) is DialogueEnd.MISSED
