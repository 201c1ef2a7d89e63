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
    SafetyCleared,
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
from tests.unit.ivr.flows.known import CALLER, CARD, E01, E9, ROAD, ROOM, SHUNDE
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


def test_danger_comes_first_and_what_else_was_said_is_kept() -> None:
    driver = at("fault_code").danger("gas", value=E01)
    assert driver.of(SafetyRaised)[-1].trigger == "危险"
    assert driver.of(SlotFilled)[-1].value["canonical"] == "E01"
    assert "燃气阀" in driver.text


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
