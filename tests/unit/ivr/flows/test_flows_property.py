"""Whatever a caller does: the call ends, nothing is asked for ever, one matter is at most one ticket."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.contract.dialogue import End, HandOver, Perform, Record
from ivr.contract.facts import HandedOver, MatterOpened, NodeEntered, SlotFilled, TicketOpened
from ivr.flows import walk
from ivr.flows.checks import targets
from ivr.flows.machine import MAX_TURNS, fold
from ivr.flows.nodes import Ask, FlowCall, Menu
from ivr.flows.service_rules import TopicLeft
from ivr.flows.step import Step
from tests.unit.ivr.flows.known import CARD, GAS, TICKET, VISIT_CODE, tickets
from tests.unit.ivr.flows.play import Driver, program
from tests.unit.ivr.flows.worlds import play_randomly, routes

SEQUENCES = 3000


def check(driver: Driver) -> None:
    assert isinstance(driver.last, End | HandOver)
    assert driver.state.turn <= MAX_TURNS + 2
    matters = {fact.matter for fact in driver.of(MatterOpened)}
    tickets = Counter(fact.matter for fact in driver.of(TicketOpened))
    assert set(tickets) <= matters
    assert all(count == 1 for count in tickets.values())
    assert all(fact.matter in matters for fact in driver.of(SlotFilled))
    assert len(driver.of(HandedOver)) <= 1
    assert all(
        isinstance(effect, Perform) and effect.turn.segments for effect in driver.effects if isinstance(effect, Perform)
    )
    check_limits(driver, len(matters))


def check_limits(driver: Driver, matters: int) -> None:
    """No question is opened more often than its limit allows, per matter and once more before the first."""
    asked = Counter(fact.node for fact in driver.of(NodeEntered))
    for name, times in asked.items():
        node = program().nodes[name]
        if isinstance(node, Menu | Ask):
            assert times <= node.limit * (matters + 1), name


@pytest.mark.timeout(600)
def test_any_call_ends_and_every_node_and_edge_is_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: set[tuple[str, str]] = set()
    enter = walk._enter

    def spy(step: Step, target: str) -> str | None:
        walked.add((step.state.place.node, target))
        return enter(step, target)

    routes()
    monkeypatch.setattr(walk, "_enter", spy)

    for seed in range(SEQUENCES):  # the same callers in every run, whatever is written in this file
        check(play_randomly(seed))
    # these callers do not come back from the queue
    Driver(stores=False).start().press("0").come_back("timeout")
    Driver(stores=False).start().command("angry").come_back("timeout")
    Driver(card={**CARD, **GAS}, stores=False).start().danger("gas")
    for left in TopicLeft:  # nor do they ask two things in one sentence
        both = ({"meaning": "period"}, {"meaning": left.value})
        Driver(stores=False).start().press("1").hear(meaning="period", candidates=both)
    for people_from in ("2026-07-25T08:00", None):
        later = Driver(queue_open=False, people_from=people_from, stores=False).start().keys("0", "1")
        later.value({"value": "any", "part": "evening", "from": "23:00"})
    # nor do they say who they are in the menu
    Driver(stores=False).start().hear(meaning="training", text="我们是经销商,要培训").press("1")
    # too rare for chance: a third urge, a code that was told to nobody or is not free, several tickets, none
    Driver(tickets=tickets({}, {}), stores=False).start().keys("4")
    Driver(stores=False).start().keys("4", TICKET["number"])
    Driver(code={**VISIT_CODE, "fee": "out"}, stores=False).start().keys("5", "308217")
    for reason in ("other_ticket", "too_many"):
        Driver(code={"verdict": "bad", "reason": reason}, stores=False).start().keys("5", "308217")
    for queue_open in (True, False, None):
        Driver(tickets=tickets({"urges": 2}), queue_open=queue_open, stores=False).start().keys("4", "1")
    edges = {
        (name, target)
        for name, node in program().nodes.items()
        if not isinstance(node, FlowCall)
        for target in targets(node)
    }
    assert edges - walked == set()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**48))
def test_folding_the_inputs_gives_the_state(seed: int) -> None:
    driver = play_randomly(seed)
    assert fold(program(), driver.inputs) == driver.state


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**48))
def test_clips_are_named_after_contact_and_turn_and_never_twice(seed: int) -> None:
    clips = [effect.spec.clip for effect in play_randomly(seed).effects if isinstance(effect, Record)]
    assert len(set(clips)) == len(clips)
    assert all(clip.startswith("c0ffee/") for clip in clips)
