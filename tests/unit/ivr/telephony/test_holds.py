"""Who is held for whom: idle, the longest idle first, one for each; given up when somebody else has them."""

from datetime import timedelta

import pytest

from ivr.contract.facts import (
    HELD,
    AgentAnswered,
    AgentPhoneChanged,
    ContactEnded,
    Fact,
    NodeEntered,
    QueueJoined,
    QueueLeft,
    SafetyCleared,
    SafetyRaised,
)
from ivr.contract.ids import ContactId
from ivr.telephony.dangers import danger_after
from ivr.telephony.events import AgentCalled, AgentConnected, ContactStatus, MemberStateChanged
from ivr.telephony.holds import Holds, Step
from ivr.telephony.phones import Phones
from tests.unit.ivr.telephony.recordings_of_ami import NOW

A, B = ContactId("a" * 32), ContactId("b" * 32)
IDLE, BUSY, AWAY = 1, 3, 5
LATER = NOW + timedelta(seconds=10)


def member(
    agent: str, queue: str, *, paused: str | None = None, device: int = IDLE, ago: float = 60
) -> MemberStateChanged:
    """A membership `ago` seconds before LATER; paused: the reason, None for no pause."""
    at = LATER - timedelta(seconds=ago)
    return MemberStateChanged(at, agent, queue, True, paused is not None, paused or "", device)


def team(*agents: str, queues: tuple[str, ...] = ("emergency", "repair")) -> Holds:
    """Idle agents, the first one idle the longest."""
    holds = Holds(timedelta(seconds=120))
    for place, agent in enumerate(agents):
        for queue in queues:
            holds.take(member(agent, queue, ago=60 - place))
    return holds


def called(agent: str, queue: str, ago: float = 0) -> AgentCalled:
    return AgentCalled(LATER - timedelta(seconds=ago), "x", "x", queue, agent, "leg")


def test_the_agent_idle_the_longest_is_held_in_the_other_queues() -> None:
    holds = team("8002", "8001")
    assert holds.steps({A: NOW}, LATER) == [Step("8002", A)]
    holds.take(member("8002", "repair", paused=HELD))
    assert holds.steps({A: NOW}, LATER) == []
    assert holds.is_held("8002")
    assert not holds.is_held("8001")
    assert holds.steps({}, LATER) == [Step("8002")]
    holds.take(member("8002", "repair"))
    assert holds.steps({}, LATER) == []
    assert not holds.is_held("8002")


def test_two_dangers_hold_two_agents_and_a_third_waits_for_who_is_free_next() -> None:
    holds, third = team("8001", "8002", "8003"), ContactId("c" * 32)
    holds.take(member("8003", "emergency", device=BUSY))
    dangers = {B: NOW + timedelta(seconds=1), A: NOW, third: NOW + timedelta(seconds=2)}
    assert holds.steps(dangers, LATER) == [Step("8001", A), Step("8002", B)]
    holds.take(member("8003", "emergency", ago=0))
    assert Step("8003", third) in holds.steps(dangers, LATER)


@pytest.mark.parametrize(
    "event",
    [
        member("8001", "emergency", paused="小休"),
        member("8001", "emergency", device=AWAY),
        member("8001", "emergency", device=BUSY),
        MemberStateChanged(NOW, "8001", "emergency", False, False, "", IDLE),
        called("8001", "repair", ago=1),  # the phone is not told to be busy yet
    ],
)
def test_who_cannot_be_rung_is_not_held(event: MemberStateChanged | AgentCalled) -> None:
    holds = team("8001", "8002")
    holds.take(event)
    assert holds.steps({A: NOW}, LATER) == [Step("8002", A)]


def test_who_answers_no_other_queue_is_held_first_and_nothing_is_to_be_done() -> None:
    holds = team("8001")
    holds.take(member("8009", "emergency", ago=1))
    assert holds.steps({A: NOW}, LATER) == []
    assert holds.is_held("8009")


@pytest.mark.parametrize(
    ("event", "stays"),
    [
        (called("8001", "emergency"), True),
        (called("8001", "repair"), False),  # was given that call before the pause
        (AgentConnected(LATER, "x", "x", "emergency", "8001", "leg", 1), False),  # with another caller in danger
        (member("8001", "repair", paused=HELD, device=BUSY, ago=0), True),  # who rings is told in a moment
        (member("8001", "repair", paused=HELD, device=BUSY, ago=3), False),  # something of their own
        (member("8001", "emergency", paused="用餐"), False),
        (member("8001", "emergency", device=AWAY), False),
        (MemberStateChanged(LATER, "8001", "emergency", False, False, "", IDLE), False),
    ],
)
def test_a_hold_goes_over_to_another_agent_when_the_first_is_lost(
    event: MemberStateChanged | AgentCalled | AgentConnected, stays: bool
) -> None:
    holds = team("8001", "8002")
    holds.steps({A: NOW}, LATER - timedelta(seconds=5))
    holds.take(member("8001", "repair", paused=HELD))
    holds.take(event)
    assert holds.steps({A: NOW}, LATER) == ([] if stays else [Step("8002", A), Step("8001")])


def test_who_rings_for_the_emergency_queue_stays_held_while_the_phone_is_busy_and_when_it_rang_in_vain() -> None:
    holds = team("8001", "8002")
    holds.steps({A: NOW}, LATER - timedelta(seconds=20))
    holds.take(called("8001", "emergency", ago=10))
    for queue in ("repair", "emergency"):
        holds.take(member("8001", queue, paused=HELD if queue == "repair" else None, device=BUSY, ago=10))
    assert holds.steps({A: NOW}, LATER) == []
    holds.take(member("8001", "repair", paused=HELD, ago=0))
    assert holds.steps({A: NOW}, LATER) == []


def test_a_ring_that_never_made_the_phone_busy_is_forgotten() -> None:
    holds = team("8001")
    holds.take(called("8001", "repair", ago=3))
    assert holds.steps({A: NOW}, LATER) == [Step("8001", A)]


def test_a_hold_has_its_time() -> None:
    holds = team("8001")
    holds.take(member("8001", "repair", paused=HELD))
    assert holds.steps({A: NOW}, NOW + timedelta(seconds=120)) == []
    assert holds.steps({A: NOW}, NOW + timedelta(seconds=121)) == [Step("8001")]


def test_ready_while_held_and_a_queue_joined_while_held_are_held_again() -> None:
    holds = team("8001")
    holds.steps({A: NOW}, LATER)
    holds.take(member("8001", "repair", paused=HELD))
    holds.take(member("8001", "consult"))
    assert holds.steps({A: NOW}, LATER) == [Step("8001", A)]


def test_holds_of_an_ivr_before_are_kept_for_who_is_still_in_danger_and_else_let_go() -> None:
    holds = Holds(timedelta(seconds=120))
    holds.take(member("8005", "repair"))  # has signed out since
    found = [member(agent, queue, paused=HELD if queue == "repair" and agent != "8001" else None)
             for agent in ("8001", "8002", "8003") for queue in ("emergency", "repair")]  # fmt: skip
    holds.replace(found)
    assert holds.steps({A: NOW}, LATER) == [Step("8003")]
    assert holds.is_held("8002")
    assert not holds.is_held("8005")


def test_events_of_who_is_no_member_change_nothing() -> None:
    holds = Holds(timedelta(seconds=120))
    for event in (
        called("8001", "repair"),
        AgentConnected(NOW, "x", "x", "repair", "8001", "leg", 1),
        ContactStatus(NOW, "8001", True),
        MemberStateChanged(NOW, "8001", "repair", False, False, "", IDLE),
    ):
        holds.take(event)
    assert holds.steps({A: NOW}, LATER) == []


@pytest.mark.parametrize(
    ("fact", "danger"),
    [
        (SafetyRaised(1, "gas", "key"), True),
        (QueueJoined("v", "emergency", 1), True),
        (QueueJoined("v", "repair", 1), None),
        (QueueLeft("v", "repair", "key", 1), None),
        (NodeEntered("emergency", "emergency_outside"), None),
        (SafetyCleared(1), False),
        (AgentAnswered("v", "repair", "8001", 1, 1), False),
        (QueueLeft("v", "emergency", "timeout", 1), False),
        (ContactEnded("talked"), False),
    ],
)
def test_what_begins_and_ends_a_danger(fact: Fact, danger: bool | None) -> None:
    for before in (None, NOW):
        assert danger_after(before, fact, LATER) == {True: LATER, False: None, None: before}[danger]


def test_a_hold_is_no_pause_on_the_page() -> None:
    phones = Phones()
    phones.member(member("8001", "emergency"))
    assert phones.member(member("8001", "repair", paused=HELD)) == [AgentPhoneChanged("8001", "ready", HELD)]
    assert phones.talking("8001", "leg", NOW) == [AgentPhoneChanged("8001", "talking", "")]
    after = phones.free("8001", "leg", NOW, LATER)
    assert after == [AgentPhoneChanged("8001", "wrapup", HELD)]
    assert phones.tick(LATER) == [AgentPhoneChanged("8001", "ready", HELD)]
    assert phones.member(member("8001", "consult", paused="小休")) == [AgentPhoneChanged("8001", "paused", "小休")]
