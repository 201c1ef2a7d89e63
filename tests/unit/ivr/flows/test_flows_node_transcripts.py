"""By the simulator: every question of the documents meets 0, an emergency, a hang-up, silence and mumbling."""

import pytest

from ivr.contract.dialogue import End, HandOver
from ivr.contract.facts import SafetyRaised, TurnEnded
from ivr.flows.nodes import Record
from speech.contract import Cause
from tests.unit.ivr.flows.asked_again import WAYS
from tests.unit.ivr.flows.node_transcripts import HERE, MOST_TRIES, meet, written
from tests.unit.ivr.flows.play import listening_nodes, program

NODES = listening_nodes()
every_node = pytest.mark.parametrize("node", NODES)
HOW = "run python -m tests.unit.ivr.flows.transcribe and read what changed"


def test_a_way_is_known_to_every_question_and_to_nothing_else() -> None:
    assert set(WAYS) == set(NODES)
    for node, (way, _) in WAYS.items():
        asked = [waited.node for waited in meet(node, "hang-up").talk.waited]
        assert asked.index(node) == len(way), f"{node}: its way leads to {asked}"


def test_there_is_a_transcript_for_every_question_and_for_nothing_else() -> None:
    assert {path.stem for path in HERE.iterdir()} == set(NODES), HOW


@every_node
def test_the_transcript_is_fresh(node: str) -> None:
    assert written(node) == (HERE / f"{node}.txt").read_text(encoding="utf-8"), HOW


@every_node
def test_0_brings_a_person(node: str) -> None:
    met = meet(node, "0")
    offered = met.talk.waited[-1].node == "no_agent_offer"  # nobody is there: a call-back, a message or a repair
    assert offered or (isinstance(met.talk.outcome, HandOver) and met.talk.outcome.target == "queue")


@every_node
def test_9_brings_the_emergency(node: str) -> None:
    met = meet(node, "emergency")
    if met.talk.outcome != HandOver("queue", "emergency", 30):  # who is in the emergency already goes to its queue
        assert any(isinstance(fact, SafetyRaised) for fact in met.talk.facts)
        assert "马上带家里人到室外" in "".join(met.lines)


@every_node
def test_a_hang_up_is_the_end(node: str) -> None:
    met = meet(node, "hang-up")
    assert isinstance(met.talk.outcome, End)
    assert met.lines == ["来电人: (挂机)", "→ end"]


@every_node
@pytest.mark.parametrize(("how", "cause"), [("no-input", Cause.NO_INPUT), ("no-match", Cause.NO_MATCH)])
def test_a_question_that_is_not_answered_is_left_after_a_few_tries(node: str, how: str, cause: Cause) -> None:
    ended = [fact.cause for fact in meet(node, how).facts if isinstance(fact, TurnEnded) and fact.node == node]
    keeps_every_word = isinstance(program().nodes[node], Record) and cause is Cause.NO_MATCH
    assert ended[0] == (Cause.SUCCESS if keeps_every_word else cause)  # the last tries are by keys: words are no input
    assert len(ended) < MOST_TRIES
