"""Stepping: out of order inputs, losses, look-ups, hang-ups, and what is saved on the way."""

from dataclasses import replace

import pytest

from ivr.contract.dialogue import (
    End,
    HandOver,
    HungUp,
    LookedUp,
    Lookup,
    LookupFailed,
    Perform,
    Resumed,
    Started,
    TurnDone,
)
from ivr.contract.facts import (
    CallbackRequested,
    HandedOver,
    MatterOpened,
    SafetyRaised,
    SlotFilled,
    TicketOpened,
    TurnEnded,
    VoicemailRecorded,
)
from ivr.flows.machine import MAX_TURNS, step
from ivr.flows.state import Phase, State
from ivr.flows.walk import LONG_CALL_MS
from speech.contract import Bargein, Cause, Mode, SlotKind, TurnResult
from tests.unit.ivr.flows.known import CALLER, CARD, E01, E9
from tests.unit.ivr.flows.play import Driver, program
from tests.unit.ivr.flows.worlds import at


def repair(**world: object) -> Driver:
    return Driver(**world).start().press("3")  # type: ignore[arg-type]  # a test's keywords


def test_the_call_begins_with_who_calls_and_one_turn() -> None:
    driver = Driver()
    driver.give_only(Started("c1", CALLER, "4001726011"))
    assert driver.last == Lookup("identify", {"caller_e164": CALLER, "did": "4001726011"})
    driver.give_only(LookedUp("identify", CARD))
    assert [segment.key for segment in driver.turn.segments] == ["opening_safety", "main_menu.p.1"]
    assert driver.turn.bargein is Bargein.SPEECH
    assert driver.slot.kind is SlotKind.MENU
    assert set("123450*#9") == set(driver.slot.keys)
    assert driver.state.caller.card["product_spoken"] == "壁挂炉"


def test_a_caller_for_whom_nobody_can_listen_is_told_once_why_it_is_by_keys() -> None:
    driver = Driver()
    driver.give(Started("c1", CALLER, "4001726011", keys_only=True, busy=True))
    assert [segment.key for segment in driver.turn.segments][:2] == ["opening_safety", "sys_busy"]
    assert driver.turn.segments[1].text == "现在来电多,请您先用按键办理。"
    assert driver.turn.keys_only
    driver.press("3")
    assert driver.turn.keys_only
    assert "sys_busy" not in [segment.key for segment in driver.turn.segments]
    assert "sys_busy" not in [segment.key for segment in Driver(keys_only=True).start().turn.segments]


def test_a_card_that_is_broken_is_an_unknown_caller() -> None:
    driver = repair(card={"known": "yes", "products": 3})
    assert driver.node == "repair_product"
    assert not driver.state.caller.card


def test_an_input_before_the_beginning_brings_a_person() -> None:
    for item in (Resumed(), LookupFailed("identify")):
        state, effects = step(program(), State(), item)
        assert effects[-1] == HandOver("queue", "consult", 0)
        assert state.phase is Phase.DONE
    _, effects = step(program(), State(), HungUp())
    assert effects == (End(),)


def test_inputs_out_of_order_put_the_question_again() -> None:
    driver = Driver().start()
    first = driver.turn
    for item in (
        LookedUp("identify", {}),
        LookupFailed("ticket_number"),
        TurnDone(TurnResult("main_menu-99", Cause.SUCCESS, Mode.DTMF, "3")),
        Started("c2", "", ""),
    ):
        driver.give_only(item)
        assert driver.node == "main_menu"
        assert driver.turn.turn_id != first.turn_id
    assert driver.state.caller.contact == "c0ffee"
    assert not driver.of(TurnEnded)


def test_a_look_up_that_waits_is_asked_again() -> None:
    driver = Driver()
    driver.give_only(Started("c1", CALLER, "1"))
    for item in (Resumed(), LookedUp("ticket_number", {}), TurnDone(TurnResult("opening_start-0", Cause.SUCCESS))):
        driver.give_only(item)
        assert isinstance(driver.last, Lookup)
        assert driver.last.action == "identify"


def test_a_hang_up_is_one_also_as_a_result_of_any_turn() -> None:
    for node in ("main_menu", "address_record"):
        driver = at(node)
        driver.give_only(TurnDone(TurnResult("another-1", Cause.HUNG_UP)))
        assert isinstance(driver.last, End)
    driver = Driver(speak_by_itself=False).start().press("9")
    assert driver.turn.slot is None
    driver.give_only(TurnDone(TurnResult(driver.state.turn_id, Cause.HUNG_UP)))
    assert isinstance(driver.last, End)
    assert driver.of(TicketOpened)[-1].priority == "urgent"


def test_what_was_recorded_counts_when_the_caller_hangs_up_in_it() -> None:
    driver = at("voicemail_record")
    driver.result(Cause.HUNG_UP, clip="c0ffee/v.wav", speech_ms=4000, noticed={"danger": "gas"})
    assert driver.of(VoicemailRecorded) == [VoicemailRecorded("c0ffee/v.wav", 4000, 1)]
    assert driver.of(TicketOpened)[-1].outcome == "hung_up"
    assert driver.of(CallbackRequested)[-1].reason == "hung_up"
    assert driver.of(SlotFilled)[-1].value["danger"] == "gas"


def test_hanging_up_without_a_word_is_only_a_missed_contact() -> None:
    driver = repair().hang_up()
    assert driver.of(MatterOpened)
    assert not driver.of(TicketOpened)
    assert not driver.of(CallbackRequested)


def test_a_ticket_that_was_read_out_needs_no_call_back() -> None:
    driver = at("repair_after").hang_up()
    assert [fact.outcome for fact in driver.of(TicketOpened)] == ["reported"]
    assert not driver.of(CallbackRequested)


def test_the_recognizer_is_asked_once_more_then_keys() -> None:
    driver = Driver().start().lose(Cause.RECOGNIZER_ERROR)
    first = driver.turn
    assert not first.keys_only
    assert "我们接着说" in driver.text
    second = driver.lose(Cause.RECOGNIZER_ERROR).turn
    assert second.keys_only
    assert second.bargein is Bargein.KEYS
    driver.lose()
    assert driver.node == "main_menu"
    driver.lose()
    assert driver.last == HandOver("queue", "consult", 0)


def test_a_loss_while_only_speaking_says_it_again() -> None:
    driver = Driver(speak_by_itself=False).start().press("9")
    said = driver.turn.segments
    driver.lose()
    assert driver.turn.segments == said
    assert driver.turn.slot is None
    driver.resume()
    assert driver.turn.segments == said
    driver.give_only(TurnDone(TurnResult(driver.state.turn_id, Cause.SUCCESS)))
    assert driver.node == "emergency_kind"


def test_resuming_without_speech_leaves_an_address_for_its_recording() -> None:
    driver = at("address_full").resume(keys_only=True)
    assert driver.node == "address_record"
    assert "请用按键" in driver.text
    driver.resume(keys_only=True)
    assert "我们接着说" in driver.text


def test_after_the_end_nothing_more_is_saved() -> None:
    driver = at("main_menu").press("0")
    facts = len(driver.facts)
    for item in (HungUp(), Resumed(), LookupFailed("x"), Started("c", "", "")):
        driver.give_only(item)
        assert driver.last == HandOver("queue", "consult", 0)
    assert len(driver.facts) == facts


def test_a_call_without_end_is_ended() -> None:
    driver = Driver().start()
    driver.state = replace(driver.state, turn=MAX_TURNS)
    driver.silence()
    assert isinstance(driver.last, HandOver)


def test_after_eight_minutes_a_person_is_offered_once() -> None:
    driver = repair()
    driver.state = replace(driver.state, elapsed_ms=LONG_CALL_MS + 1)
    driver.press("1")
    assert driver.node == "common_offer_agent"
    driver.press("1")
    assert driver.node == "fault_code"
    driver.press("2")
    assert driver.node == "symptom"


def test_a_code_the_catalogue_calls_dangerous_is_an_emergency() -> None:
    driver = at("fault_code").value(E9).mean("yes")
    assert driver.node == "emergency_outside"
    assert driver.of(SafetyRaised)[-1].safety == "gas"
    assert driver.of(TicketOpened)[-1].priority == "urgent"


def test_a_code_by_keys_is_looked_up_and_its_meaning_said_only_when_there_is_one() -> None:
    for row, said in (
        ({"catalogue_id": "E01", "meaning_zh": "点火失败"}, "一般是点火失败"),
        ({}, "原样记下"),
        ({"catalogue_id": 7}, "原样记下"),
        (None, "原样记下"),
        ({"catalogue_id": "E01"}, "上门地址"),
    ):
        driver = at("fault_code_key_digits")
        driver.catalogue = row  # type: ignore[assignment]  # one row is broken on purpose
        driver.press("01").press("1")
        assert said in driver.text


def test_danger_comes_first_and_what_else_was_said_is_kept() -> None:
    driver = at("fault_code").danger("gas", value=E01)
    assert driver.of(SafetyRaised)[-1].trigger == "危险"
    assert driver.of(SlotFilled)[-1].value["canonical"] == "E01"
    assert "燃气阀" in driver.text


def test_facts_of_the_end() -> None:
    driver = Driver(tickets=None).start().press("4")
    assert driver.of(HandedOver) == [HandedOver("queue", "repair", "", 10)]
    assert not driver.of(MatterOpened)
    silent = Driver().start().silence(4)
    assert silent.of(HandedOver)[-1].reason == "silent"
    assert not silent.of(MatterOpened)
    said = [segment.key for turn in silent.performed for segment in turn.segments]
    assert "common_silent" in said


def test_who_was_silent_and_then_pressed_a_key_is_not_silent_any_more() -> None:
    driver = Driver().start().silence(4)
    assert driver.over
    driver.come_back("timeout").press("3").press("0")
    assert [fact.reason for fact in driver.of(HandedOver)] == ["silent", ""]


def test_a_key_that_was_asked_for_from_a_silent_caller_is_any_key() -> None:
    driver = Driver().start().silence(3)
    driver.press("7")
    assert driver.state.question.tried == 3
    assert isinstance(driver.last, Perform)
    driver.press("3")
    assert driver.node == "repair_product"


@pytest.mark.parametrize("cause", [Cause.MEDIA_FAILED, Cause.RECOGNIZER_ERROR])
def test_a_lost_recording_is_asked_for_again(cause: Cause) -> None:
    driver = at("symptom_speech").lose(cause)
    assert driver.node == "symptom_speech"
    driver.record()
    assert driver.node in ("address_full", "address_record")
