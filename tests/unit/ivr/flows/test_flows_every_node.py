"""Every question of the documents meets 0, 9, a hang-up, silence, mumbling and a loss of speech; none is left out."""

import pytest

from ivr.contract.dialogue import End, HandOver, Perform, Record, TurnDone
from ivr.contract.facts import CallbackRequested, HandedOver, NodeEntered, SafetyRaised, TicketOpened, TurnEnded
from ivr.flows.matters import has_content
from ivr.flows.nodes import Ask, Menu
from ivr.flows.service_rules import is_answered
from speech.contract import Cause, Interpretation, KeyMode, TurnResult
from tests.unit.ivr.flows.play import Driver, listening_nodes, program
from tests.unit.ivr.flows.worlds import at

NODES = listening_nodes()
every_node = pytest.mark.parametrize("node", NODES)
EMERGENCY_WORDS = "室外"


def trace(driver: Driver) -> str:
    """Return what was said and done, for the reader of a failed test."""
    return "\n".join(str(effect) for effect in driver.effects[-6:])


def command_key(driver: Driver, key: str) -> str:
    last = driver.last
    digits = isinstance(last, Perform) and driver.slot.key_mode is KeyMode.DIGITS
    return f"*{key}" if digits else key


def test_the_questions_are_those_of_the_documents() -> None:
    assert len(NODES) == len(set(NODES)) >= 37


@every_node
def test_0_brings_a_person(node: str) -> None:
    driver = at(node)
    driver.press(command_key(driver, "0"))
    if isinstance(driver.last, HandOver):
        assert driver.last.target == "queue"
        assert driver.of(HandedOver)[-1].queue == driver.last.queue
    else:  # nobody is there: a call-back, a message or a repair are offered
        assert driver.node == "no_agent_offer" or driver.over, trace(driver)


@every_node
def test_9_brings_the_emergency(node: str) -> None:
    driver = at(node)
    in_emergency = program().flow_of[node] == "emergency"
    driver.press(command_key(driver, "9"))
    if isinstance(driver.last, HandOver):
        assert in_emergency
        assert driver.last.queue == "emergency"
        return
    said = " ".join(segment.text for turn in driver.performed[-2:] for segment in turn.segments)
    assert EMERGENCY_WORDS in said, trace(driver)
    assert driver.of(SafetyRaised)
    assert driver.of(SafetyRaised)[-1].safety in ("unknown", "gas")


@every_node
def test_danger_said_aloud_brings_its_instructions(node: str) -> None:
    driver = at(node)
    was_ticket = driver.state.matter is not None and driver.state.matter.opened
    if isinstance(driver.last, Record):
        driver.hear(safety="co", text="头晕")
    else:
        driver.danger("co")
    assert driver.of(SafetyRaised)[-1].safety == "co"
    assert "幺二零" in " ".join(segment.text for turn in driver.performed[-2:] for segment in turn.segments)
    if not was_ticket:  # a ticket that is there is raised by the fact alone
        ticket = driver.of(TicketOpened)[-1]
        assert (ticket.priority, ticket.safety) == ("urgent", "co")


@every_node
def test_nothing_is_asked_before_the_words_of_danger(node: str) -> None:
    """A number must be on disk before it is taken: no look-up may stand between a danger and its first sentence."""
    driver = at(node)
    heard = Interpretation(text="头晕", safety="co")
    driver.give_only(
        TurnDone(TurnResult(driver.state.turn_id, Cause.SUCCESS, interpretation=heard, clip="c0ffee/1.wav"))
    )
    assert driver.turn.slot is None
    assert driver.turn.segments[-1].key == "emergency_co.1"


@every_node
def test_a_hang_up_loses_nothing(node: str) -> None:
    driver = at(node)
    something = has_content(driver.state) and not driver.state.matters[-1].opened
    driver.hang_up()
    assert isinstance(driver.last, End)
    if something and is_answered(driver.state.matters[-1]):
        assert driver.of(TicketOpened)[-1].outcome == "unconfirmed"
    elif something:
        ticket, asked = driver.of(TicketOpened)[-1], driver.of(CallbackRequested)[-1]
        assert (ticket.outcome, asked.reason) == ("hung_up", "hung_up")
        assert asked.matter == ticket.matter
    driver.hang_up()
    assert isinstance(driver.last, End)
    assert len(driver.of(TicketOpened)) == len({fact.matter for fact in driver.of(TicketOpened)})


@every_node
@pytest.mark.parametrize("how", ["silence", "mumble"])
def test_no_answer_is_asked_again_a_limited_number_of_times(node: str, how: str) -> None:
    driver = at(node)
    model = program().nodes[node]
    tries = len(model.tries) if isinstance(model, Menu | Ask) else 1
    for _ in range(tries + 1):
        if driver.over or driver.node != node:
            break
        before = len(driver.performed)
        getattr(driver, how)()
        assert driver.over or isinstance(driver.last, Record) or len(driver.performed) > before
    assert driver.over or driver.node != node or isinstance(driver.last, Record), trace(driver)
    assert any(fact.node == node and fact.cause != "success" for fact in driver.of(TurnEnded))


@every_node
def test_lost_speech_means_keys(node: str) -> None:
    driver = at(node)
    was_keys_only = driver.state.keys_only
    driver.lose()
    assert driver.state.keys_only
    if isinstance(driver.last, Perform):
        assert driver.turn.keys_only
        assert was_keys_only or "请用按键" in driver.text
        assert driver.node == node or program().question(node).keys_only_to is not None
    for _ in range(4):
        if not driver.over:
            driver.lose()
    we_rang = program().flow(node).way_out is not None  # then nobody is put in a queue for it
    assert isinstance(driver.last, End if we_rang else HandOver), trace(driver)


@every_node
def test_a_second_session_goes_on_at_the_same_question(node: str) -> None:
    driver = at(node)
    asked = len(driver.of(NodeEntered))
    driver.resume()
    assert driver.node == node
    assert "我们接着说" in driver.text
    assert len(driver.of(NodeEntered)) == asked


@every_node
def test_every_prompt_has_words_and_every_turn_its_own_id(node: str) -> None:
    driver = at(node)
    ids = [turn.turn_id for turn in driver.performed]
    assert len(set(ids)) == len(ids)
    assert all(segment.text for turn in driver.performed for segment in turn.segments)
