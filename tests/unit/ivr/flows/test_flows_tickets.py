"""Asking about a ticket, urging it, and checking who stands at the door: word for word, and what is noted."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ivr.contract.dialogue import End, HandOver
from ivr.contract.facts import (
    CallbackRequested,
    HandedOver,
    MatterOpened,
    SafetyRaised,
    SlotFilled,
    TicketAsked,
    TicketOpened,
    TicketUrged,
)
from ivr.flows.dates import joined
from ivr.flows.machine import fold
from ivr.flows.service_days import moment, window
from ivr.flows.simulate import Conversation, Move, no_interpreter, simulate
from speech.contract import Cause, shown
from tests.unit.ivr.flows.known import CARD, TICKET, VISIT_CODE, tickets
from tests.unit.ivr.flows.play import Driver, interpreter, program
from tests.unit.ivr.flows.repairs import press, say

HERE = Path(__file__).parent / "transcripts" / "tickets"
NUMBER = TICKET["number"]
LINES = {
    "new": {"line": "new"},
    "assigned": {"line": "assigned"},
    "scheduled": {},
    "on_the_way": {"line": "on_the_way"},
    "waiting_parts": {"line": "waiting_parts"},
    "registered": {"line": "registered", "kind": "training"},
    "quoted": {"line": "quoted", "kind": "unit_return"},
    "waiting_customer": {"line": "waiting_customer"},
    "waiting_return": {"line": "waiting_return", "kind": "part_return"},
    "shipped": {"line": "shipped", "kind": "part_request"},
    "factory": {"line": "factory", "kind": "unit_return"},
    "done": {"line": "done", "done_on": "2026-11-21"},
    "overdue": {"line": "overdue"},
}


def asked(*changes: Mapping[str, Any], **lookups: Any) -> Mapping[str, Any]:
    return {"lookups": {"my_tickets": tickets(*changes), "queue_state": {"open": True}, **lookups}}


def known(*changes: Mapping[str, Any]) -> Mapping[str, Any]:
    lookups = {"identify": {**CARD, "open_ticket": NUMBER}, "my_tickets": tickets(*changes)}
    return {"lookups": {**lookups, "queue_state": {"open": True}}}


def coded(**code: Any) -> Mapping[str, Any]:
    return {"lookups": {"visit_code": {**VISIT_CODE, **code}}}


SCRIPTS: Mapping[str, tuple[Sequence[Move], Mapping[str, Any]]] = {
    **{f"status_{name}": ([*press("4"), "silence", "silence", "silence"], asked(row)) for name, row in LINES.items()},
    "status_by_voice": (say("师傅咋还没来", "知道了,谢谢"), asked({})),
    "several": (say("查个单", "投诉那张", "知道了"), asked({}, {"kind": "complaint", "line": "new"})),
    "several_by_key": (press("4", "3", "2", "4"), asked({}, {"kind": "install"})),
    "told_before_the_menu": (press("3"), known({"line": "assigned"})),
    "late_before_the_menu": ([], known({"line": "overdue"})),
    "several_are_not_told_before_the_menu": (press("4", "1"), known({}, {"kind": "install"})),
    "urge": (press("4", "1"), asked({"line": "assigned"})),
    "urge_again": (say("催一下", "快点嘛"), asked({"urges": 1, "line": "new"})),
    "urge_a_third_time": (press("4", "1"), asked({"urges": 2})),
    "another_day": (say("查进度", "改成后天", "几点都行"), asked({})),
    "another_day_is_asked": (say("查进度", "明天我不在家", "后天", "几点都行"), asked({})),
    "something_to_add": ([*say("查进度", "补充情况"), *say("又漏水")], asked({})),
    "by_number": (press("4", f"{NUMBER}#", "8000#", "4"), asked(find_ticket={"exists": True})),
    "wrong_tail_twice": (press("4", f"{NUMBER}#", "8001#", "8002#"), asked(find_ticket={"exists": True})),
    "no_such_number": (press("4", "11111111#", f"{NUMBER}#"), asked(find_ticket={"exists": False})),
    "number_forgotten": ([*press("4"), *say("不记得了")], asked()),
    "crm_away": (press("4"), {}),
    "code_ok_in": ([*press("5", "308217#"), "silence"], coded()),
    "code_ok_out": ([*say("核对一下师傅", "三零八二一七"), *say("好的,对上了")], coded(fee="out")),
    "code_other_man": ([*press("5", "308217#"), *say("名字对不上")], coded(fee="")),
    "code_callback": (press("5", "308217#"), coded(verdict="callback", date="2026-11-20")),
    "code_wrong_three_times": (press("5", "308217#", "308218#", "308219#"), coded(verdict="bad", reason="unknown")),
    "code_expired": (press("5", "308217#"), coded(verdict="bad", reason="expired")),
    "code_locked": (press("5", "308217#"), coded(verdict="bad", reason="too_many")),
    "no_code": ([*press("5"), *say("他不给我码")], {}),
}


def run(name: str) -> Conversation:
    script, options = SCRIPTS[name]
    by_voice = any(isinstance(move, dict) and "say" in move for move in script)
    return simulate(program(), script, interpreter() if by_voice else no_interpreter, **options)


def of(talk: Conversation, kind: type[Any]) -> list[Any]:
    return [fact for fact in talk.facts if isinstance(fact, kind)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation(name: str) -> None:
    talk = run(name)
    assert "\n".join(talk.lines) + "\n" == (HERE / f"{name}.txt").read_text(encoding="utf-8")
    assert fold(program(), talk.inputs) == talk.state


def test_asking_opens_no_ticket() -> None:
    for name in SCRIPTS:
        if not name.startswith(("code", "no_code")):
            assert not of(run(name), TicketOpened), name


def test_what_is_said_belongs_to_the_ticket_asked_about() -> None:
    talk = run("something_to_add")
    (opened,) = of(talk, MatterOpened)
    assert (opened.kind, opened.ticket) == ("repair", NUMBER)
    assert [(fact.matter, fact.slot) for fact in of(talk, SlotFilled)] == [(1, "note")]
    assert of(talk, TicketAsked) == [TicketAsked(1, NUMBER, "own")]


def test_the_count_told_is_the_count_noted() -> None:
    assert of(run("urge"), TicketUrged) == [TicketUrged(1, NUMBER, 1)]
    assert of(run("urge_again"), TicketUrged) == [TicketUrged(1, NUMBER, 2)]
    talk = run("urge_a_third_time")
    assert of(talk, TicketUrged) == [TicketUrged(1, NUMBER, 3)]
    assert talk.outcome == HandOver("queue", "complaint", 20)


def test_whoever_urges_twice_goes_before_others() -> None:
    driver = Driver(tickets=tickets({"urges": 1})).start().press("4").press("0")
    assert driver.last == HandOver("queue", "repair", 0)
    driver = Driver(tickets=tickets({"urges": 2})).start().press("4").press("0")
    assert driver.last == HandOver("queue", "repair", 10)


@pytest.mark.parametrize(
    ("past", "priority"),
    [
        ({}, 0),
        ({"kinds": ["consult"]}, 10),
        ({"kinds": ["repair", "complaint"]}, 0),  # about something else
        ({"tickets": ["60000001"], "machines": ["p1"]}, 0),
    ],
)
def test_who_rings_about_the_same_again_goes_before_others(past: dict[str, list[str]], priority: int) -> None:
    assert Driver(card={"past": past}).start().press("0").last == HandOver("queue", "consult", priority)


@pytest.mark.parametrize(("machines", "priority"), [(["p1"], 10), (["p2"], 0), ([], 0)])
def test_a_machine_that_is_reported_again_goes_before_others(machines: list[str], priority: int) -> None:
    """A repair of seven days counts for its machine alone, where the machine is named."""
    card = {**CARD, "past": {"kinds": ["repair"], "machines": machines}}
    driver = Driver(card=card).start().press("3").press("1").press("0")
    assert driver.last == HandOver("queue", "repair", priority)


def test_who_asks_about_a_ticket_of_late_goes_before_others() -> None:
    held = tickets({"number": NUMBER})
    for number, priority in ((NUMBER, 10), ("60000001", 0)):
        driver = Driver(card={"past": {"tickets": [number]}}, tickets=held).start().press("4").press("0")
        assert driver.last == HandOver("queue", "repair", priority)


def test_nothing_is_told_before_the_last_digits_are_right() -> None:
    for name in ("wrong_tail_twice", "no_such_number"):
        assert not any("您" in line and "报的" in line for line in run(name).lines if line.startswith("[my_ticket_s"))
    assert [fact.how for fact in of(run("wrong_tail_twice"), TicketAsked)] == ["denied"]
    assert run("wrong_tail_twice").outcome == HandOver("queue", "repair", 10)


def test_the_right_digits_open_it() -> None:
    driver = Driver(found={"exists": True}).start().press("4").press(NUMBER)
    assert driver.node == "my_ticket_verify"
    driver.found = {"exists": True, "status": dict(TICKET)}
    driver.press("8000")
    assert driver.of(TicketAsked) == [TicketAsked(1, NUMBER, "verified")]
    assert "李师傅上门" in driver.text


def test_tickets_that_are_long_in_coming_are_asked_for_once_more() -> None:
    driver = Driver(tickets=None, speak_by_itself=False).start()
    assert driver.press("4").text == "请稍等,我查一下。"
    driver.tickets = tickets({})
    driver.result(Cause.SUCCESS)
    assert "李师傅上门" in driver.text
    assert not driver.state.waited


def test_a_danger_raises_the_ticket_asked_about() -> None:
    driver = Driver(tickets=tickets({})).start().press("4").danger("gas")
    assert driver.of(SafetyRaised)[-1].matter == 1
    assert not driver.of(TicketOpened)
    assert driver.hang_up().last == End()


def test_a_new_repair_after_asking_is_a_matter_of_its_own() -> None:
    driver = Driver(tickets=tickets({})).start().press("4").press("4").press("3")
    assert [(fact.matter, fact.ticket) for fact in driver.of(MatterOpened)] == [(1, NUMBER), (2, "")]


def test_an_unnamed_engineer_is_not_spoken_of() -> None:
    driver = Driver(tickets=tickets({"line": "assigned", "engineer": ""})).start().press("4")
    assert "正在安排师傅" in driver.text
    driver = Driver(tickets=tickets({"engineer": ""})).start().press("4")
    assert "约的是十一月二十二号、星期天、下午五点到晚上七点。" in driver.text


@pytest.mark.parametrize("name", ["code_other_man", "code_wrong_three_times", "code_expired", "no_code"])
def test_nobody_of_ours_is_an_urgent_complaint(name: str) -> None:
    talk = run(name)
    (ticket,) = of(talk, TicketOpened)
    assert (ticket.kind, ticket.priority, ticket.outcome) == ("complaint", "urgent", "handed_over")
    assert talk.outcome == HandOver("queue", "complaint", 20)


def test_too_many_wrong_codes_bring_a_person_and_no_complaint() -> None:
    assert [fact.kind for fact in of(run("code_locked"), TicketOpened)] == ["consult"]


def test_who_hangs_up_after_a_wrong_code_leaves_an_urgent_complaint_and_is_rung_back() -> None:
    wrong = Driver(code={"verdict": "bad", "reason": "unknown"}).start().press("5").press("308217")
    gone = wrong.twin().hang_up()
    (ticket,) = gone.of(TicketOpened)
    assert (ticket.kind, ticket.priority, ticket.outcome) == ("complaint", "urgent", "hung_up")
    assert [fact.value["tag"] for fact in gone.of(SlotFilled)] == ["impostor"]
    assert [(fact.reason, fact.matter) for fact in gone.of(CallbackRequested)] == [("hung_up", 1)]
    left = wrong.command("main_menu").hang_up()
    assert not left.of(TicketOpened)


def test_who_hangs_up_once_the_code_is_right_was_told_all() -> None:
    driver = Driver(code=VISIT_CODE).start().press("5").press("308217")
    assert driver.node == "visit_code_after"
    assert driver.hang_up().of(HandedOver) == [HandedOver("end")]
    assert not driver.of(MatterOpened)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("11月22日 14:00–17:00", "十一月二十二号、星期天、下午两点到五点"),
        ("7月1日 09:30–12:00", "七月一号、星期三、上午九点半到中午十二点"),
        ("1月31日 02:00–14:30", "一月三十一号、星期天、凌晨两点到下午两点半"),
        ("1月1日 17:00–20:00", "一月一号、星期五、下午五点到晚上八点"),  # of the next year
        ("13月2日 17:00–20:00", ""),
        ("2月29日 17:00–20:00", ""),  # there is none near
        ("明天下午", ""),
        ("", ""),
    ],
)
def test_appointments(text: str, spoken: str) -> None:
    assert joined(window(text, date(2026, 11, 20))) == spoken


def test_an_appointment_is_of_the_year_that_is_near() -> None:
    assert joined(window("12月30日 09:00–10:00", date(2027, 1, 2))) == "十二月三十号、星期三、上午九点到十点"
    assert joined(window("2月29日 09:00–10:00", date(2028, 2, 1))) == "二月二十九号、星期二、上午九点到十点"
    assert joined(window("2月29日 09:00–10:00", None)) == "二月二十九号、上午九点到十点"


def test_moments() -> None:
    assert moment("2026-07-26T12:30") == ("七月", "二十六号", "星期天", "中午", "十二点", "半")
    assert moment("") == moment("2026-13-01T12:00") == ()


def test_danger_in_a_call_about_an_old_ticket_is_rung_back_when_the_line_is_cut() -> None:
    driver = Driver(tickets=tickets({})).start().press("4").danger("gas").hang_up()
    assert [fact.reason for fact in driver.of(CallbackRequested)] == ["hung_up"]
    assert not driver.of(TicketOpened)


def test_what_is_told_unasked_is_no_question_about_the_ticket() -> None:
    told = Driver(card={**CARD, "open_ticket": NUMBER}, tickets=tickets({})).start()
    assert not told.of(TicketAsked)
    assert not told.hang_up().of(CallbackRequested)
    late = Driver(card={**CARD, "open_ticket": NUMBER}, tickets=tickets({"line": "overdue"})).start()
    assert [fact.ticket for fact in late.of(TicketAsked)] == [NUMBER]
    assert isinstance(late.last, HandOver)


def test_a_number_that_nobody_could_look_up_is_not_said_to_be_missing() -> None:
    driver = Driver(found=None).start().press("4").press(f"{NUMBER}#")
    texts = [shown(segment.text) for turn in driver.performed for segment in turn.segments]
    assert "请稍等,我查一下。" in texts
    assert "抱歉,出了点问题。您说过的都记下了,我帮您转客服。" in texts
    assert not any("没查到" in text for text in texts)
    assert driver.last == HandOver("queue", "repair", 10)


def test_who_says_nothing_of_a_visit_code_gets_a_person_and_no_verdict() -> None:
    driver = Driver().start().press("5").silence(4)
    assert driver.last == HandOver("queue", "consult", 0)
    assert not any("没核对上" in segment.text for turn in driver.performed for segment in turn.segments)
