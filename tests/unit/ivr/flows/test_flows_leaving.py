"""Who leaves: a wrong number, a note that is none, a thing given up; and the last prompts, said slowly."""

import pytest

from ivr.contract.dialogue import End
from ivr.contract.facts import CallbackRequested, HandedOver, TicketOpened
from speech.contract import ELDER_RATE, Cause, Mode
from tests.unit.ivr.flows.worlds import at


@pytest.mark.parametrize(
    "node", ["main_menu", "repair_known_product", "repair_product", "brand_check", "complaint_category", "request_kind"]
)
def test_a_wrong_number_ends_politely_and_makes_no_ticket_of_nothing(node: str) -> None:
    driver = at(node)
    said = node == "brand_check"  # another maker's name
    driver.mean("wrong_number")
    assert driver.last == End()
    assert "祝您生活愉快,再见" in " ".join(segment.text for segment in driver.performed[-1].segments)
    assert driver.of(HandedOver) == [HandedOver("end", reason="wrong_number")]
    assert bool(driver.of(TicketOpened)) == said
    assert not driver.of(CallbackRequested)


def test_what_is_said_slowly_the_second_time_is_said_slowly() -> None:
    driver = at("record_review").mumble()
    assert driver.turn.rate == 1.0
    driver.mumble()
    assert (driver.turn.rate, driver.turn.segments[-1].text) == (
        ELDER_RATE,
        "补充,请按一;[[chong2]]说,请按二;说完了,请按三。",
    )
    by_keys = at("fault_code_pick").mumble(3)
    assert by_keys.turn.keys_only
    assert by_keys.turn.rate == ELDER_RATE
    assert at("callback_number").mumble(2).turn.rate == 1.0  # the design does not ask for it there


@pytest.mark.parametrize(
    "node",
    ["return_offer", "return_offer_15d", "fault_code_key_letter", "fault_code_pick", "my_ticket_pick", "visit_part"],
)
def test_the_last_prompts_that_are_the_one_before_said_slowly(node: str) -> None:
    assert at(node).mumble(2).turn.rate == ELDER_RATE


@pytest.mark.parametrize("node", ["request_note", "ticket_note"])
def test_a_note_is_asked_for_twice_and_the_hash_key_leaves_it_at_once(node: str) -> None:
    silent = at(node).silence()
    assert silent.node == node
    assert silent.text.startswith("没关系。 请用一两句话说说您的要求")
    silent.silence()
    assert silent.over or silent.node == "contact_known"
    assert "没关系,这一项先不填。" in " ".join(segment.text for segment in silent.performed[-1].segments)
    left = at(node).result(Cause.NO_INPUT, Mode.DTMF, digits="#")
    assert left.node != node
    assert left.state.slot("note") is None
    assert "没关系" not in " ".join(segment.text for segment in left.performed[-1].segments)


def test_a_question_that_was_answered_is_never_given_up() -> None:
    driver = at("consult_after").command("quit")
    assert driver.node == "common_quit"
    assert driver.press("2").of(TicketOpened)[-1].outcome == "unconfirmed"
    given_up = at("visit_day").command("quit").press("2")
    assert given_up.of(TicketOpened)[-1].outcome == "cancelled_by_caller"


def test_who_dialled_wrong_and_hangs_up_in_our_goodbye_is_not_rung_back() -> None:
    driver = at("repair_product")
    driver.speak_by_itself = False
    driver.mean("wrong_number").hang_up()
    assert driver.last == End()
    assert driver.of(HandedOver) == [HandedOver("end", reason="wrong_number")]
    assert not driver.of(CallbackRequested)
