"""Customers whom we ring are asked how the work turned out: word for word, and what is told of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.contract.dialogue import End, FollowUpAsk, HandOver, Started
from ivr.contract.facts import CallbackRequested, FollowUpTold, HandedOver, SafetyRaised, TicketOpened
from ivr.flows.follow_up import Kind, kind
from ivr.flows.machine import fold
from ivr.flows.simulate import Conversation, Move
from ivr.flows.state import State
from speech.contract import Cause, Mode
from tests.unit.ivr.flows.known import ASKS
from tests.unit.ivr.flows.play import Driver, program
from tests.unit.ivr.flows.repairs import press, say
from tests.unit.ivr.flows.transcribe import talk
from tests.unit.ivr.flows.worlds import play_randomly

HERE = Path(__file__).parent / "transcripts" / "follow_up"
ASKED: Mapping[str, Any] = {"follow_up": ASKS["asked"]}
SCRIPTS: Mapping[str, tuple[Sequence[Move], Mapping[str, Any]]] = {
    "all_well_by_keys": (press("1", "1", "5", "1", "5", "#"), ASKED),
    "all_well_by_voice": (say("你讲", "蛮好用", "满分", "都做了", "满意", "蛮好,谢谢"), ASKED),
    "a_number_is_asked_for": (say("方便", "好了", "还行吧", "给个三分", "还抽了根烟", "一般", "两分", "字太小"), ASKED),
    "not_fixed": ([*press("1", "2"), *say("能不能早点打电话")], ASKED),
    "broken_once_more": ([*say("机器又坏了"), *press("#")], ASKED),
    "again_by_voice": ([*say("可以", "好了两天又不行"), "hangup"], ASKED),
    "another_day": (say("在开会"), ASKED),
    "wrong_number": (say("我没报过修"), ASKED),
    "refused": (say("别打了", "别打了"), ASKED),
    "doubted_and_willing": ([*say("骗子吧", "你说"), *press("1", "4", "2", "3", "#")], ASKED),
    "nobody_says_a_word": (["silence", "silence"], ASKED),
    "hung_up_at_once": (["hangup"], ASKED),
    "nothing_of_the_work": ([*press("1"), "silence", "silence", "silence"], ASKED),
    "no_scores": ([*press("1", "1"), *["silence"] * 6, *press("#")], ASKED),
    "not_understood": ([*press("1", "1"), *say(*["天气不错"] * 5), "hangup"], ASKED),
    "installation": ([*press("1", "2"), "silence"], {"follow_up": ASKS["asked_of_installation"]}),
    "complaint": (press("1", "1", "1", "#"), {"follow_up": ASKS["asked_of_complaint"]}),
    "danger": ([*say("漏气"), *press("1")], ASKED),
    "false_alarm": ([*press("1", "9"), *say("没有危险"), *press("2"), *press("1"), "hangup"], ASKED),
    "wants_a_person": (press("1", "1", "0"), ASKED),
    "gives_up": ([*press("1", "1"), *say("算了")], ASKED),
    "back_and_again": ([*press("*", "1", "*", "1"), "hangup"], ASKED),
    "speech_lost": ([*press("1"), *["failed"] * 5], ASKED),
    "keys_only": (press("1", "1", "5", "1", "5", "#"), {**ASKED, "keys_only": True}),
}  # fmt: skip


def run(name: str) -> Conversation:
    return talk(SCRIPTS[name])


def told(conversation: Conversation) -> FollowUpTold:
    (fact,) = [fact for fact in conversation.facts if isinstance(fact, FollowUpTold)]
    return fact


@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation(name: str) -> None:
    conversation = run(name)
    assert "\n".join(conversation.lines) + "\n" == (HERE / f"{name}.txt").read_text(encoding="utf-8")
    assert fold(program(), conversation.inputs) == conversation.state


@pytest.mark.parametrize(("name", "result"), [
    ("all_well_by_keys", "answered"), ("all_well_by_voice", "answered"), ("a_number_is_asked_for", "answered"),
    ("not_fixed", "answered"), ("broken_once_more", "answered"), ("again_by_voice", "answered"),
    ("another_day", "later"), ("wrong_number", "wrong_number"), ("refused", "refused"),
    ("doubted_and_willing", "answered"), ("nobody_says_a_word", "not_asked"), ("hung_up_at_once", "not_asked"),
    ("nothing_of_the_work", "unanswered"), ("no_scores", "answered"), ("danger", "not_asked"),
    ("wants_a_person", "answered"), ("gives_up", "answered"), ("speech_lost", "unanswered"),
])  # fmt: skip
def test_what_came_of_the_call_is_told_once(name: str, result: str) -> None:
    assert told(run(name)).result == result


def test_answers_are_told_with_how_they_were_given() -> None:
    kept = {"badge": "yes", "cleanup": "yes", "demo": "yes"}
    said = dict.fromkeys(("fixed", "score_visit", "rules", "score_call"), "dtmf")
    assert told(run("all_well_by_keys")) == FollowUpTold("answered", "yes", 5, kept, 5, "", said)
    heard = told(run("a_number_is_asked_for"))
    assert (heard.score_visit, heard.rules, heard.score_call) == (3, {"forbidden": "no"}, 2)
    assert set(heard.said.values()) == {"speech"}
    assert heard.remark.endswith(".wav")
    assert told(run("doubted_and_willing")).rules == {"some": "no"}


def test_what_was_not_answered_is_no_score_and_said_by_nobody() -> None:
    heard = told(run("no_scores"))
    assert (heard.score_visit, heard.rules, heard.score_call, heard.said) == (0, {}, 0, {"fixed": "dtmf"})
    vague = Driver(follow_up=ASKS["asked"]).start().keys("1", "1").mean("vague").hang_up()
    (fact,) = vague.of(FollowUpTold)
    assert (fact.score_visit, "score_visit" in fact.said) == (0, False)


@pytest.mark.parametrize(
    ("name", "fixed"), [("not_fixed", "no"), ("broken_once_more", "again"), ("installation", "no")]
)
def test_who_says_that_it_is_not_mended_is_asked_for_no_score(name: str, fixed: str) -> None:
    conversation = run(name)
    assert told(conversation).fixed == fixed
    assert not any("几分" in line for line in conversation.lines)


def test_only_the_first_call_about_a_matter_tells_how_to_verify_us_and_only_once() -> None:
    for name, times in (("all_well_by_keys", 1), ("doubted_and_willing", 1), ("installation", 0)):
        assert sum("核验码" in line for line in run(name).lines) == times, name


def test_a_visit_that_was_not_is_not_asked_about() -> None:
    lines = "\n".join(run("complaint").lines)
    assert "师傅" not in lines
    assert "我们的电话服务" in lines


def test_a_hang_up_in_the_middle_keeps_what_was_said_and_rings_nobody_back() -> None:
    driver = Driver(follow_up=ASKS["asked"]).start().keys("1", "1", "2").hang_up()
    (fact,) = driver.of(FollowUpTold)
    assert (fact.result, fact.fixed, fact.score_visit) == ("answered", "yes", 2)
    assert driver.of(HandedOver) == [HandedOver("end")]
    assert not driver.of(CallbackRequested)
    assert not driver.of(TicketOpened)


def test_a_remark_that_is_broken_off_is_kept_and_a_danger_in_it_is_told() -> None:
    driver = Driver(follow_up=ASKS["asked"]).start().keys("1", "2")
    driver.result(Cause.HUNG_UP, clip="c0ffee/r.wav", speech_ms=2000, noticed={"danger": "gas"})
    (fact,) = driver.of(FollowUpTold)
    assert (fact.remark, fact.danger) == ("c0ffee/r.wav", "gas")


def test_a_danger_goes_before_every_question_of_ours() -> None:
    conversation = run("danger")
    assert conversation.outcome == HandOver("queue", "emergency", 30)
    assert any(isinstance(fact, SafetyRaised) for fact in conversation.facts)
    lost = Driver(follow_up=ASKS["asked"]).start().danger("gas").hang_up()
    assert [fact.reason for fact in lost.of(CallbackRequested)] == ["hung_up"]
    assert len(lost.of(FollowUpTold)) == 1


def test_who_asked_for_a_person_and_comes_back_from_the_queue_is_not_told_of_twice() -> None:
    driver = Driver(follow_up=ASKS["asked"]).start().press("0").come_back("timeout").hang_up()
    assert len(driver.of(FollowUpTold)) == 1


def test_who_rings_us_is_asked_nothing_of_this() -> None:
    assert not Driver().start().hang_up().of(FollowUpTold)
    assert kind(State()) is Kind.REPAIR
    assert kind(State(follow_up=FollowUpAsk("training", visited=False, first=False, code=""))) is Kind.REPAIR


def test_a_second_session_goes_on_with_the_same_questions() -> None:
    driver = Driver(follow_up=ASKS["asked"]).start().keys("1", "1").resume()
    assert driver.node == "fu_score_visit"
    assert isinstance(driver.result(Cause.SUCCESS, Mode.DTMF, digits="5").hang_up().last, End)
    assert driver.of(FollowUpTold)[0].score_visit == 5


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**48))
def test_every_call_of_ours_is_told_of_once_and_no_other(seed: int) -> None:
    driver = play_randomly(seed)
    (started,) = [item for item in driver.inputs if isinstance(item, Started)]
    facts = driver.of(FollowUpTold)
    assert len(facts) == (started.follow_up is not None)
    assert all((fact.result == "answered") == bool(fact.fixed) for fact in facts)
