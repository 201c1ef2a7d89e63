"""Commands and failures at single questions: reprompts, going back, repeating, giving up, anger, silence."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ivr.contract.dialogue import End, HandOver, Perform, Record
from ivr.contract.facts import CallbackRequested, SafetyRaised, TicketOpened
from ivr.flows.state import Slot
from speech.contract import Cause, Interpretation, Mode
from tests.unit.ivr.flows.known import CARD, E01, GAS, ROAD, ROOM, SHUNDE
from tests.unit.ivr.flows.play import Driver
from tests.unit.ivr.flows.worlds import at


def keys_said(driver: Driver) -> list[str]:
    assert isinstance(driver.last, Perform)
    return list(dict.fromkeys(segment.key.partition(".slow")[0] for segment in driver.turn.segments))


# ---- reprompts ----


def test_the_order_of_reprompts() -> None:
    driver = Driver().start().mumble()
    assert keys_said(driver) == ["main_menu.nm.1", "main_menu.r1.1"]
    assert keys_said(driver.silence()) == ["main_menu.r2.1"]
    assert keys_said(driver.mumble()) == ["common_keys_only", "main_menu.r2.1"]
    assert driver.turn.keys_only
    assert driver.mumble().last == HandOver("queue", "consult", 0)


def test_a_code_is_said_then_spelled_then_keyed() -> None:
    driver = at("fault_code").mumble()
    assert keys_said(driver) == ["fault_code.nm.1", "fault_code_spell.p.1"]
    driver.mumble()
    assert driver.node == "fault_code_key_letter"
    driver = at("fault_code").value(E01).mean("no")
    assert driver.node == "fault_code_spell"
    driver.value(E01).mean("no")
    assert driver.node == "fault_code_key_letter"
    driver.press("5").press("0328").mean("no")
    assert driver.node == "symptom"


def test_elderly_callers_hear_it_slower_and_are_not_asked_a_third_time() -> None:
    driver = Driver(card={**CARD, "elder": True}).start()
    assert driver.turn.rate == 0.85
    assert driver.slot.timeouts.no_input_ms == 8000
    assert keys_said(driver.mumble()) == ["main_menu.nm.1", "main_menu.r2.1"]
    assert isinstance(driver.mumble().last, HandOver)
    keyed = Driver(card={**CARD, "elder": True}).start().keys("7", "7")
    assert keyed.node == "main_menu"


def test_elderly_callers_hear_slowly_what_they_are_to_record() -> None:
    told = Driver(card={**CARD, "elder": True}).start().press("2").press("6").last
    assert isinstance(told, Record)
    assert told.spec.rate == 0.85
    assert len(told.spec.segments) > 1
    assert all(segment.pause_ms == 700 for segment in told.spec.segments)


def mumble_slowly(driver: Driver, text: str = "那个什么呀", speech_ms: int = 4000) -> Driver:
    heard = Interpretation(status="no_match", text=text)
    return driver.result(Cause.NO_MATCH, Mode.SPEECH, interpretation=heard, speech_ms=speech_ms)


def test_who_speaks_slowly_and_is_not_understood_twice_hears_it_slower_from_then_on() -> None:
    driver = mumble_slowly(Driver().start())
    assert not driver.state.elder
    driver = mumble_slowly(driver)
    assert driver.state.elder
    assert driver.turn.rate == 0.85
    assert keys_said(driver) == ["common_slow", "main_menu.r2.1"]
    assert isinstance(driver.mumble().last, HandOver)


@pytest.mark.parametrize(("text", "speech_ms"), [("那个什么呀", 1200), ("呃", 4000), ("", 4000)])
def test_a_usual_pace_or_a_sound_makes_nobody_elderly(text: str, speech_ms: int) -> None:
    driver = Driver().start()
    for _ in range(3):
        mumble_slowly(driver, text, speech_ms)
    assert not driver.state.elder


def test_an_address_corrected_a_fourth_time_is_recorded_for_a_person() -> None:
    driver = at("address_confirm")
    for room in ("501室", "502室", "503室"):
        driver.value({"room": room, "room_no": room[:3]})
        assert driver.node == "address_confirm"
    driver.value({"room": "504室", "room_no": "504"})
    assert driver.node == "address_record"
    driver.record()
    held = driver.state.slot("address")
    assert held is not None
    assert (held.status, held.value["road"], bool(held.value["clip"])) == ("unverified", ROAD["road"], True)
    assert "已经录下来了" in driver.text


def test_who_looks_for_something_is_spoken_to_softly() -> None:
    driver = at("fault_code").command("hold")
    assert [segment.soft for segment in driver.turn.segments] == [False]
    driver.silence()
    assert [(segment.key, segment.soft) for segment in driver.turn.segments] == [("common_still_here", True)]
    driver.silence(3)
    assert not any(segment.soft for segment in driver.turn.segments)


def test_failing_again_and_again_offers_a_person_and_no_goes_on() -> None:
    driver = Driver().start().press("3").mumble(3).press("1").mumble(2).silence()
    assert driver.node == "common_offer_agent"
    driver.press("1")
    assert driver.node == "fault_code_key_letter"


# ---- commands ----


def test_back_goes_to_the_question_before_and_values_stay() -> None:
    driver = Driver().start().press("3").press("1").press("*")
    assert driver.node == "repair_product"
    assert driver.state.slot("product") is not None
    driver.press("*").press("*")
    assert driver.node == "main_menu"
    assert at("symptom_speech").press("*").node == at("symptom_speech").state.history[-1].node
    assert at("emergency_kind").command("back").node == "emergency_check"
    alone = at("voicemail_record")
    alone.state = replace(alone.state, history=())
    assert alone.press("*").node == "main_menu"


def test_repeating_is_not_counted_slows_down_and_ends_with_a_person() -> None:
    driver = at("repair_product")
    for _ in range(2):
        assert keys_said(driver.press("#")) == ["repair_product.p.1"]
    assert driver.turn.rate == 1.0
    assert driver.press("#").turn.rate == 0.85
    driver.keys("#", "#")
    assert driver.state.question.tried == 0
    driver.press("#")
    assert driver.last == HandOver("queue", "repair", 0)
    assert "common_limit_repeat" in [segment.key for segment in driver.performed[-1].segments]


def test_waiting_for_a_caller_who_went_to_look() -> None:
    driver = at("fault_code").command("hold")
    assert keys_said(driver) == ["common_hold"]
    assert driver.slot.timeouts.no_input_ms == 20_000
    assert keys_said(driver.silence(2)) == ["common_still_here"]
    assert keys_said(driver.silence()) == ["fault_code.p.1"]
    assert driver.state.question.tried == 0
    assert at("fault_code").command("hold").value(E01).node == "fault_code_confirm"


@pytest.mark.parametrize(
    ("command", "key"), [("hello", "common_hello"), ("robot", "common_robot"), ("slower", "common_slow"), ("?", "")]
)
def test_small_talk_is_answered_and_the_question_put_again(command: str, key: str) -> None:
    driver = at("symptom").command(command)
    assert keys_said(driver) == [*([key] if key else []), "symptom.p.1"]
    assert driver.turn.rate == (0.85 if command == "slower" else 1.0)


def test_giving_up_keeps_or_drops_the_draft() -> None:
    kept = at("fault_code").command("quit").mean("yes")
    assert kept.node == "callback_number"
    kept.press("1")
    assert isinstance(kept.last, End)
    assert kept.of(TicketOpened)[-1].outcome == "cancelled_by_caller"
    assert kept.of(CallbackRequested)[-1] == CallbackRequested("asked", 1, queue="repair")
    dropped = at("fault_code").command("quit").press("2")
    assert not dropped.of(CallbackRequested)
    assert isinstance(Driver().start().command("quit").last, End)


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ({**CARD, **GAS}, "燃气公司的抢修电话是零七五七、二二八八、幺零零零。"),
        (CARD, ""),
        (GAS, ""),
        ({**CARD, **GAS, "address_region": "广东省广州市"}, ""),
    ],
)
def test_the_gas_company_is_named_only_where_its_number_is_known(card: Mapping[str, Any], said: str) -> None:
    driver = Driver(card=card).start().danger("gas")
    assert driver.node == "emergency_outside"
    texts = [segment.text for turn in driver.performed for segment in turn.segments]
    assert any("燃气公司抢修电话,或者幺幺九" in text for text in texts)
    assert [text for text in texts if "抢修电话是" in text] == ([said] if said else [])
    assert driver.press("1").last == HandOver("queue", "emergency", 30)


def test_the_address_said_in_this_call_tells_the_city() -> None:
    driver = Driver(card=GAS, demo=False).start().keys("3", "1", "2", "1").record()
    driver.value({**SHUNDE, **ROAD, **ROOM}).danger("gas")
    assert "抢修电话是零七五七" in " ".join(segment.text for segment in driver.performed[-1].segments)


def test_anger_goes_to_the_complaints_queue_at_once() -> None:
    driver = at("fault_code").command("angry")
    assert driver.last == HandOver("queue", "complaint", 20)
    assert "common_soothe" in [segment.key for segment in driver.performed[-1].segments]
    assert driver.state.slot("mood") == Slot({"value": "angry", "spoken": "情绪激动"}, "unverified", "speech")


def test_an_angry_caller_is_rung_back_without_another_menu() -> None:
    nobody = Driver(queue_open=False).start().command("angry")
    waited = Driver().start().command("angry").come_back("timeout")
    for driver in (nobody, waited):
        assert driver.last == End()
        assert driver.of(CallbackRequested) == [CallbackRequested("asked", 1, queue="complaint", priority=20)]
        texts = [segment.text for turn in driver.performed for segment in turn.segments]
        assert not any("留言" in text or "生活愉快" in text for text in texts)
        assert driver.of(TicketOpened)[-1].priority == "high"
    given = Driver(queue_open=False, caller="").start().command("angry").press("13900139000").press("1")
    assert given.of(CallbackRequested)[-1].number == "+8613900139000"


def test_nobody_there_ends_with_a_call_back_when_nothing_is_chosen() -> None:
    driver = at("no_agent_offer").silence(4)
    assert isinstance(driver.last, End)
    assert driver.of(CallbackRequested)[-1].reason == "no_agent"
    asked = at("no_agent_offer").press("1").silence()
    assert asked.of(CallbackRequested)[-1] == CallbackRequested("asked", 1, queue="consult")


def test_not_quite_danger_is_asked_about_and_no_leads_back() -> None:
    driver = at("symptom").danger("check")
    assert driver.node == "emergency_check"
    driver.mean("no")
    assert driver.node == "symptom"
    assert at("symptom").danger("check").mumble().node == "emergency_kind"
    assert at("emergency_check").danger("check").node == "emergency_kind"


def test_who_is_asked_about_danger_and_goes_without_a_word_is_looked_after() -> None:
    driver = at("symptom").danger("check")
    assert driver.node == "emergency_check"
    driver.hang_up()
    assert driver.of(SafetyRaised)[-1].safety == "unknown"
    ticket = driver.of(TicketOpened)[-1]
    assert (ticket.priority, ticket.outcome, ticket.safety) == ("urgent", "hung_up", "unknown")
    assert driver.of(CallbackRequested)[-1].reason == "hung_up"
    denied = at("symptom").danger("check").mean("no").hang_up()
    assert denied.of(SafetyRaised) == []
    named = at("emergency_outside").hang_up()
    assert len(named.of(SafetyRaised)) == 1, "what was named is raised once"


def test_a_silent_caller_is_rung_back_without_a_matter_and_only_once() -> None:
    driver = Driver(queue_open=False).start().silence(4)
    assert driver.node == "no_agent_offer"
    driver.silence(4)
    assert driver.of(CallbackRequested) == [CallbackRequested("no_agent", 0)]
    twice = at("no_agent_offer").press("1")
    twice.speak_by_itself = False
    twice.press("1").hang_up()
    assert twice.of(CallbackRequested) == [CallbackRequested("asked", 1, queue="consult")]
