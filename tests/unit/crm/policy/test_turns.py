"""Call-backs take their turn: never more than agents are free, never before who came earlier."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from crm.policy.turns import QUEUE_ORDER, RECALL_QUEUE, Claim, Turn, turns

T0 = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def at(second: int) -> datetime:
    return T0 + timedelta(seconds=second)


def line(queue: str, priority: int, second: int) -> Claim:
    """Somebody who rang and stands in Asterisk's queue."""
    return Claim(queue, priority, at(second), on_line=True)


def test_a_free_agent_is_a_turn() -> None:
    kept = Claim("consult", 0, at(0), "a")
    assert turns([kept], {"8001": ["consult"]}) == [Turn("a", 1)]
    assert turns([kept], {"8001": ["repair"]}) == []
    assert turns([kept], {}) == []


def test_who_was_in_danger_waits_for_no_agent_and_takes_one_that_is_there() -> None:
    cut_off = Claim("emergency", 0, at(9), "a")
    assert turns([cut_off], {}) == [Turn("a", 1)]
    kept = Claim("repair", 0, at(0), "b")
    assert turns([kept, cut_off], {"8001": ["repair", "emergency"]}) == [Turn("a", 1)]
    assert turns([cut_off, line("emergency", 30, 10)], {}) == [Turn("a", 2)]


def test_who_came_before_and_waits_goes_first() -> None:
    kept, waits = Claim("consult", 0, at(9), "a"), line("consult", 0, 1)
    assert turns([kept, waits], {"8001": ["consult"]}) == []
    assert turns([kept, waits], {"8001": ["consult"], "8002": ["consult"]}) == [Turn("a", 2)]


def test_who_came_later_does_not() -> None:
    assert turns([line("consult", 0, 9), Claim("consult", 0, at(1), "a")], {"8001": ["consult"]}) == [Turn("a", 1)]


def test_priority_and_the_queue_s_weight_go_before_time() -> None:
    kept = Claim("consult", 0, at(1), "a")
    assert turns([kept, line("consult", 10, 9)], {"8001": ["consult"]}) == []
    assert turns([kept, line("complaint", 0, 9)], {"8001": ["consult", "complaint"]}) == []


def test_who_is_being_called_holds_an_agent() -> None:
    kept = [Claim("repair", 0, at(1), "a", placed=True), Claim("repair", 0, at(2), "b")]
    assert turns(kept, {"8001": ["repair"]}) == []
    assert turns(kept, {"8001": ["repair"], "8002": ["repair"]}) == [Turn("b", 1)]


def test_the_agent_of_fewest_queues_is_taken() -> None:
    kept = [Claim("complaint", 0, at(1), "a"), Claim("repair", 0, at(2), "b")]
    free = {"8001": ["complaint", "repair"], "8002": ["complaint"]}
    assert [turn.task for turn in turns(kept, free)] == ["a", "b"]


def test_a_call_back_of_a_complaint_does_not_come_before_complaints_that_wait_longer() -> None:
    waits = [line("complaint", 20, 0), line("complaint", 20, 0)]
    kept = Claim("complaint", 20, at(540), "cb")
    assert turns([*waits, kept], {"8001": ["complaint"], "8002": ["complaint"]}) == []
    three = {agent: ["complaint"] for agent in ("8001", "8002", "8003")}
    assert turns([*waits, kept], three) == [Turn("cb", 3)]


def test_who_waits_with_less_priority_is_behind_a_call_back() -> None:
    kept = Claim("complaint", 20, at(540), "cb")
    assert turns([line("complaint", 0, 0), kept], {"8001": ["complaint"]}) == [Turn("cb", 1)]


def test_who_was_called_back_and_waits_stands_in_the_queue_too() -> None:
    claims = [Claim("repair", 0, at(0), "a", placed=True, on_line=True), line("repair", 0, 1)]
    free = {agent: ["repair"] for agent in ("8001", "8002", "8003")}
    assert turns([*claims, Claim("repair", 0, at(2), "b")], free) == [Turn("b", 3)]


claims = st.builds(
    Claim,
    st.sampled_from(QUEUE_ORDER),
    st.sampled_from([0, 10, 20, 30]),
    st.integers(0, 50).map(at),
    st.sampled_from(["", "", "a", "b", "c"]),
    st.booleans(),
    st.booleans(),
).map(lambda claim: claim if claim.task else replace(claim, placed=False, on_line=True))
waiting_lists = st.lists(claims, max_size=12, unique_by=lambda claim: claim.task or object())
agents = st.dictionaries(st.sampled_from(["1", "2", "3"]), st.lists(st.sampled_from(QUEUE_ORDER)))


@settings(deadline=None)  # the machine may be busy
@given(waiting_lists, agents)
def test_never_more_calls_than_free_agents(waiting: list[Claim], free: dict[str, list[str]]) -> None:
    given_turns = turns(waiting, free)
    in_danger = {claim.task for claim in waiting if claim.queue == RECALL_QUEUE}
    assert sum(turn.task not in in_danger for turn in given_turns) <= len(free)
    assert all(turn.position >= 1 for turn in given_turns)


@settings(deadline=None)
@given(waiting_lists, agents)
def test_nobody_who_came_earlier_with_at_least_the_same_priority_is_overtaken(
    waiting: list[Claim], free: dict[str, list[str]]
) -> None:
    for turn in turns(waiting, free):
        (mine,) = [claim for claim in waiting if claim.task == turn.task]
        before = [claim for claim in waiting if claim.queue == mine.queue and goes_before(claim, mine)]
        assert turn.position > sum(claim.on_line for claim in before)
        theirs = sum(mine.queue in queues for queues in free.values())
        assert len(before) < theirs or mine.queue == RECALL_QUEUE  # each of them has an agent too
        as_early = [claim for claim in waiting if claim is not mine and claim.queue == mine.queue
                    and not goes_before(mine, claim)]  # fmt: skip
        assert turn.position <= sum(claim.on_line for claim in as_early) + 1  # nor is the call-back


def goes_before(one: Claim, other: Claim) -> bool:
    return one is not other and (one.priority, other.since) > (other.priority, one.since)


@settings(deadline=None)
@given(waiting_lists, st.lists(st.sampled_from(QUEUE_ORDER), min_size=1))
def test_nobody_is_starved(waiting: list[Claim], queues: list[str]) -> None:
    """One agent comes free again and again, nobody new comes: each of those queues has its turn, in order."""
    served: list[Claim] = []
    left = [claim for claim in waiting if claim.queue in queues]
    for _ in range(len(left)):
        called = {turn.task for turn in turns(left, {"1": queues})}
        # Asterisk gives the agent to who is first in the heaviest queue
        head = min((claim for claim in left if claim.task in called or claim.on_line or claim.placed), key=order)
        served.append(head)
        left.remove(head)
    assert left == []
    assert [order(claim) for claim in served] == sorted(order(claim) for claim in served)


def order(claim: Claim) -> tuple[int, int, datetime]:
    return QUEUE_ORDER.index(claim.queue), -claim.priority, claim.since
