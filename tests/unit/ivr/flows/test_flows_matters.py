"""What becomes of a matter: its number and ticket, a second one, corrections and their end."""

from dataclasses import replace

import pytest

from ivr.contract.dialogue import (
    HandOver,
)
from ivr.contract.facts import (
    CallbackRequested,
    MatterOpened,
    SafetyCleared,
    SafetyRaised,
    SlotFilled,
    TicketOpened,
)
from speech.contract import Bargein
from tests.unit.ivr.flows.known import E01, ROAD, ROOM, SHUNDE
from tests.unit.ivr.flows.play import Driver
from tests.unit.ivr.flows.worlds import at


def repair(**world: object) -> Driver:
    return Driver(**world).start().press("3")  # type: ignore[arg-type]  # a test's keywords


def test_the_number_is_read_twice_in_fours_and_not_interrupted() -> None:
    driver = at("summary_confirm").press("1")
    number, after = driver.performed[-2:]
    assert number.slot is None
    assert number.bargein is Bargein.NONE
    (segment,) = [item for item in number.segments if item.key == "repair_number"]
    assert segment.text.count("、") == 2
    told = driver.of(TicketOpened)[-1].number.translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
    assert len(told) == 8
    assert "".join(piece for piece in segment.pieces if len(piece) == 1) == told * 2
    assert after.slot is not None


def test_without_a_number_the_repair_is_taken_all_the_same() -> None:
    driver = repair(numbers=False).keys("1", "2", "6").record().value({**SHUNDE, **ROAD, **ROOM}).mean("yes")
    driver.keys("1", "1", "5", "2", "1")
    assert driver.of(TicketOpened)[-1].number == ""
    assert not any("单号是" in segment.text for turn in driver.performed for segment in turn.segments)
    later = "单号稍后才有,您不用记;下次打来,我们按电话也能查到。"
    assert driver.text.startswith(later)
    assert driver.node == "repair_after"
    assert driver.press("#").text.startswith(later)


def test_without_a_number_a_request_is_taken_all_the_same() -> None:
    driver = Driver(numbers=False).start().mean("request").keys("5", "1", "2").record().press("1")
    assert (driver.of(TicketOpened)[-1].kind, driver.of(TicketOpened)[-1].number) == ("training", "")
    assert driver.node == "repair_after"
    assert driver.text.startswith("单号稍后才有")


def test_a_second_matter_is_a_second_ticket() -> None:
    driver = at("repair_after").mean("more")
    assert driver.node == "main_menu"
    driver.press("1").press("0")
    assert [fact.kind for fact in driver.of(MatterOpened)] == ["repair", "consult"]
    assert [(fact.matter, fact.outcome) for fact in driver.of(TicketOpened)] == [(1, "reported"), (2, "handed_over")]


def test_one_matter_becomes_heavier_never_lighter() -> None:
    driver = repair().command("main_menu").press("2").press("0")
    assert [(fact.matter, fact.kind) for fact in driver.of(MatterOpened)] == [(1, "repair"), (1, "complaint")]
    assert driver.last == HandOver("queue", "complaint", 20)
    assert driver.of(TicketOpened)[-1].priority == "high"
    driver = repair().command("main_menu").press("1").press("0")
    assert driver.last == HandOver("queue", "repair", 0)


def test_an_anonymous_caller_gives_a_number_and_it_is_the_one_rung() -> None:
    driver = at("address_confirm")
    driver.state = replace(driver.state, caller=replace(driver.state.caller, e164=""))
    driver.mean("yes").press("1")
    assert driver.node == "contact_number"
    driver.press("12").press("075766883358").press("1")
    assert driver.node == "contact_name"
    filled = [fact for fact in driver.of(SlotFilled) if fact.slot == "contact"]
    assert [(fact.value["number"], fact.status) for fact in filled] == [
        ("+8675766883358", "unverified"),
        ("+8675766883358", "dtmf"),
    ]
    driver.hang_up()
    assert driver.of(CallbackRequested)[-1].number == "+8675766883358"


def test_a_false_alarm_is_told_and_the_next_ticket_is_like_any_other() -> None:
    driver = at("fault_code").press("9").press("*")
    assert driver.node == "emergency_check"
    driver.mean("no")
    assert driver.node == "fault_code"
    assert driver.of(SafetyCleared)[-1].matter == driver.of(SafetyRaised)[-1].matter
    driver.value(E01).hang_up()
    assert [fact.priority for fact in driver.of(TicketOpened)] == ["normal"]


def test_a_yes_does_not_confirm_a_version_that_was_not_read() -> None:
    driver = at("fault_code_confirm")
    confirming = driver.state.question.confirming
    driver.value({**E01, "canonical": "E8"})
    assert driver.state.question.confirming["fault_code"] == confirming["fault_code"] + 1
    stale = replace(driver.state, question=replace(driver.state.question, confirming=confirming))
    driver.state = stale
    driver.mean("yes")
    assert driver.of(SlotFilled)[-1].status == "unverified"


def test_corrections_come_to_an_end() -> None:
    driver = at("fault_code_confirm")
    for code in ("E2", "E3", "E4"):
        driver.value({"canonical": code, "raw": code})
        assert "改过来了" in driver.text
    driver.value({"canonical": "E5", "raw": "E5"})
    assert driver.node == "fault_code_confirm"
    assert driver.turn.keys_only
    assert "请您改用按键" in driver.text
    assert "E、五" in driver.text
    assert driver.of(SlotFilled)[-1].value["canonical"] == "E5"
    driver.press("1")
    assert driver.of(SlotFilled)[-1].status == "voice_confirmed"


@pytest.mark.parametrize("node", ["fault_code_confirm", "contact_confirm"])
def test_a_value_corrected_too_often_that_no_key_settles_is_a_persons(node: str) -> None:
    driver = at(node)
    said = [{"canonical": f"E{n}", "raw": f"E{n}", "number": f"+861390000000{n}"} for n in range(4)]
    for value in said:
        driver.value(value)
    assert driver.node == node
    driver.press("#")
    assert driver.turn.keys_only
    driver.silence(1)
    assert driver.over
    assert driver.of(TicketOpened)[-1].outcome == "handed_over"
    assert driver.of(SlotFilled)[-1].value["number"] == said[-1]["number"]


def test_an_address_corrected_too_often_is_recorded() -> None:
    driver = at("address_confirm")
    for number in "1234":
        driver.value({"road": f"文海路{number}号", "street": "文海路", "number": f"{number}号"})
    assert driver.node == "address_record"
    assert driver.of(SlotFilled)[-1].value["number"] == "4号"


def test_a_correction_of_no_matter_is_let_go() -> None:
    driver = at("contact_confirm")
    driver.state = driver.state.changed(matters=())
    kept = len(driver.of(SlotFilled))
    driver.value({"number": "+8613900000001"})
    assert len(driver.of(SlotFilled)) == kept
