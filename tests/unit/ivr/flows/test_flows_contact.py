"""Which number the engineer rings, and whose name is asked for: that of a new number, never of the caller's own."""

import pytest

from ivr.contract.facts import SlotFilled
from tests.unit.ivr.flows.known import CALLER, ROAD, ROOM, SHUNDE
from tests.unit.ivr.flows.play import Driver

INSTEAD = "那就打您现在这个电话。"


def asked_for_another() -> Driver:
    """Return a repair whose caller does not want to be rung on the number of this call."""
    driver = Driver().start().keys("3", "1", "2", "6").record().value({**SHUNDE, **ROAD, **ROOM}).mean("yes")
    driver.press("1")
    assert driver.node == "contact_known"
    driver.press("2")
    assert driver.node == "contact_number"
    return driver


def contact(driver: Driver) -> dict[str, str]:
    filled = [fact for fact in driver.of(SlotFilled) if fact.slot == "contact"][-1]
    return {**filled.value, "source": filled.source}


def test_a_new_number_has_a_name() -> None:
    assert asked_for_another().press("13900139000").press("1").node == "contact_name"


@pytest.mark.parametrize("said", ["this one after all", "its digits"])
def test_who_gives_the_number_of_this_call_is_not_asked_for_a_name(said: str) -> None:
    driver = asked_for_another()
    if said == "its digits":
        driver.press(CALLER.removeprefix("+86")).press("1")
    else:
        driver.mean("own")
    assert driver.node == "purchase_date"
    assert contact(driver)["number"] == CALLER


@pytest.mark.parametrize("denied", [False, True])
def test_who_gives_no_number_is_rung_on_that_of_this_call_and_not_asked_for_a_name(denied: bool) -> None:
    driver = asked_for_another()
    if denied:
        driver.press("13900139000").press("2")
    driver.press("12").press("12").press("12")
    assert driver.node == "purchase_date"
    assert INSTEAD in driver.text
    assert contact(driver) == {"number": CALLER, "source": "caller_id"}
