"""A caller who was cut a moment ago and rings again: nothing is asked twice, and there is one ticket."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ivr.contract.dialogue import End, HandOver, HungUp
from ivr.contract.facts import CallbackRequested, MatterOpened, SlotFilled, TicketOpened
from ivr.flows.machine import fold
from ivr.flows.simulate import Conversation, Move, no_interpreter, simulate
from tests.unit.ivr.flows.known import CARD
from tests.unit.ivr.flows.play import Driver, interpreter, program
from tests.unit.ivr.flows.repairs import press, say

HERE = Path(__file__).parent / "transcripts" / "resume"
IN_WARRANTY = {"warranty": {"line": "in"}}
# repair, boiler, E, 01, right, [address], tomorrow, this number, half a month, proof
REPAIR: Sequence[Move] = [
    *press("3", "1", "1", "1", "01#", "1"), *say("地址"), *press("2", "1", "1", "2", "1", "1"),
]  # fmt: skip


ANSWERS = {
    "resume_draft": "1", "main_menu": "3", "repair_product": "1", "fault_code": "1", "fault_code_key_letter": "1",
    "fault_code_key_digits": "01", "fault_code_confirm": "1", "address_record": "", "visit_day": "2", "visit_part": "1",
    "contact_known": "1", "purchase_date": "2", "invoice": "1", "summary_confirm": "1",
}  # fmt: skip
WHOLE = 12


def draft(talk: Conversation | Driver) -> dict[str, Any]:
    """Return what crm keeps of a call that was cut, as Desk tells it."""
    (opened,) = [fact for fact in talk.facts if isinstance(fact, TicketOpened)]
    assert opened.outcome == "hung_up"
    held = {fact.slot: fact for fact in talk.facts if isinstance(fact, SlotFilled)}
    slots = [
        {"slot": name, "value": dict(fact.value), "status": fact.status, "source": fact.source, "clip": fact.clip}
        for name, fact in held.items()
    ]
    return {"ticket": opened.number, "kind": opened.kind, "slots": slots}


def cut(script: Sequence[Move], **options: Any) -> dict[str, Any]:
    return draft(talk([*script, "hangup"], **options))


def talk(script: Sequence[Move], **options: Any) -> Conversation:
    by_voice = any(isinstance(move, dict) and "say" in move for move in script) and not options.get("keys_only")
    return simulate(program(), script, interpreter() if by_voice else no_interpreter, **options)


def again(script: Sequence[Move], before: Mapping[str, Any], **options: Any) -> Conversation:
    lookups = {"identify": {"draft": before}, **IN_WARRANTY, **options.pop("lookups", {})}
    return talk(script, lookups=lookups, **options)


KEYS = {"keys_only": True, "lookups": IN_WARRANTY}
AFTER_CODE = cut(REPAIR[:6], **KEYS)
AFTER_VISIT = cut(REPAIR[:9], **KEYS)
BY_VOICE = cut(say("我要报修", "壁挂炉", "E一"))
COMPLAINT = cut([*press("2", "4", "1"), "hangup"][:-1])
SCRIPTS: Mapping[str, tuple[Sequence[Move], Mapping[str, Any], Mapping[str, Any]]] = {
    "goes_on_by_key": (
        [*press("1"), *say("地址"), *press("2", "1", "1", "2", "1", "1"), "silence"], AFTER_CODE, {"keys_only": True},
    ),
    "goes_on_by_voice": ([*say("刚才断了嘛,继续", "对"), "hangup"], BY_VOICE, {}),
    "begins_anew": ([*press("2", "3"), "hangup"], AFTER_CODE, {"keys_only": True}),
    "wants_something_else": ([*say("换个事", "我要投诉"), "hangup"], BY_VOICE, {}),
    "not_understood_then_anew": (say("呃", "重新说", "没有了"), BY_VOICE, {}),
    "says_nothing": (["silence", "silence", "silence", "hangup"], AFTER_VISIT, {"keys_only": True}),
    "wants_a_person": (press("0"), AFTER_CODE, {"lookups": {"queue_state": {"open": True}}}),
    "goes_on_with_a_complaint": ([*press("1"), "hangup"], COMPLAINT, {}),
    "cut_again": ([*press("1"), "hangup"], AFTER_CODE, {"keys_only": True}),
}  # fmt: skip


def run(name: str) -> Conversation:
    script, before, options = SCRIPTS[name]
    return again(script, before, **options)


def of(talked: Conversation | Driver, kind: type[Any]) -> list[Any]:
    return [fact for fact in talked.facts if isinstance(fact, kind)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation(name: str) -> None:
    talked = run(name)
    assert "\n".join(talked.lines) + "\n" == (HERE / f"{name}.txt").read_text(encoding="utf-8")
    assert fold(program(), talked.inputs) == talked.state


def test_the_report_goes_on_under_its_own_number() -> None:
    talked = run("goes_on_by_key")
    assert of(talked, MatterOpened) == [MatterOpened(1, "repair", AFTER_CODE["ticket"], "resumed")]
    (opened,) = of(talked, TicketOpened)
    assert (opened.number, opened.outcome) == (AFTER_CODE["ticket"], "reported")
    assert of(talked, CallbackRequested) == []
    assert talked.outcome == End()


def report(answers: int, before: Mapping[str, Any] | None = None) -> tuple[Driver, list[str]]:
    """Report by keys, cut after so many answers; returns the driver and the questions that were answered."""
    card = {"draft": before} if before else None
    driver = Driver(card=card, keys_only=True).start()
    nodes: list[str] = []
    while driver.node != "repair_after" and len(nodes) < answers:
        nodes.append(driver.node)
        key = ANSWERS[driver.node]
        driver = driver.press(key) if key else driver.record()
    return (driver if driver.over else driver.give(HungUp())), nodes


@pytest.mark.parametrize("answers", range(2, WHOLE))
def test_wherever_it_was_cut_no_question_is_put_twice(answers: int) -> None:
    first, answered = report(answers)
    second, nodes = report(WHOLE + 1, draft(first))
    code_open = "fault_code_confirm" not in answered  # nothing of it was sure
    twice = {*answered} & {*nodes} - (
        {"fault_code", "fault_code_key_letter", "fault_code_key_digits"} if code_open else set()
    )
    assert not twice
    assert [(fact.number, fact.outcome) for fact in of(second, TicketOpened)] == [(draft(first)["ticket"], "reported")]
    whole, all_nodes = report(WHOLE)
    assert len(all_nodes) == WHOLE
    assert first.state.matter
    assert second.state.matter
    assert whole.state.matter
    assert second.state.matter.slots.keys() == whole.state.matter.slots.keys()


def test_anew_keeps_the_number_for_the_same_wish_only() -> None:
    (opened,) = of(run("begins_anew"), MatterOpened)
    assert opened == MatterOpened(1, "repair", AFTER_CODE["ticket"], "anew")
    assert "fault_code" not in {fact.slot for fact in of(run("begins_anew"), SlotFilled)}
    (other,) = of(run("wants_something_else"), MatterOpened)
    assert (other.kind, other.ticket, other.draft) == ("complaint", "", "")


def test_whoever_wants_a_person_takes_the_report_along() -> None:
    talked = run("wants_a_person")
    (opened,) = of(talked, TicketOpened)
    assert (opened.number, opened.kind, opened.outcome) == (AFTER_CODE["ticket"], "repair", "handed_over")
    assert talked.outcome == HandOver("queue", "repair", 0)


def test_cut_again_is_rung_back_and_one_ticket() -> None:
    talked = run("cut_again")
    assert [(fact.number, fact.outcome) for fact in of(talked, TicketOpened)] == [(AFTER_CODE["ticket"], "hung_up")]
    assert [fact.reason for fact in of(talked, CallbackRequested)] == ["hung_up"]


def test_cut_before_the_answer_changes_nothing() -> None:
    driver = Driver(card={"draft": AFTER_CODE}).start()
    assert driver.node == "resume_draft"
    driver.give(HungUp())
    assert of(driver, MatterOpened) == of(driver, TicketOpened) == of(driver, CallbackRequested) == []


def test_without_a_draft_nobody_is_asked() -> None:
    for card in (CARD, {}, {"draft": {"ticket": "1", "kind": "repair"}}):
        assert Driver(card=card).start().node == "main_menu"


def test_a_ticket_that_stands_open_is_not_told_before_the_report_that_was_cut() -> None:
    driver = Driver(card={**CARD, "open_ticket": AFTER_CODE["ticket"], "draft": AFTER_CODE}).start()
    assert driver.node == "resume_draft"
    driver.press("2")
    assert driver.node == "main_menu"
