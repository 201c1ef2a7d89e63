"""Call-backs take their turn: never more than agents are free, never before who came earlier."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from crm.policy.turns import QUEUE_ORDER, Claim, Turn, turns

T0 = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def at(second: int) -> datetime:
    return T0 + timedelta(seconds=second)


def test_a_free_agent_is_a_turn() -> None:
    kept = Claim("consult", 0, at(0), "a")
    assert turns([kept], {"8001": ["consult"]}) == [Turn("a", 1)]
    assert turns([kept], {"8001": ["repair"]}) == []
    assert turns([kept], {}) == []


def test_who_came_before_and_waits_goes_first() -> None:
    kept, waits = Claim("consult", 0, at(9), "a"), Claim("consult", 0, at(1))
    assert turns([kept, waits], {"8001": ["consult"]}) == []
    assert turns([kept, waits], {"8001": ["consult"], "8002": ["consult"]}) == [Turn("a", 2)]


def test_who_came_later_does_not() -> None:
    assert turns([Claim("consult", 0, at(9)), Claim("consult", 0, at(1), "a")], {"8001": ["consult"]}) == [Turn("a", 1)]


def test_priority_and_the_queue_s_weight_go_before_time() -> None:
    kept = Claim("consult", 0, at(1), "a")
    assert turns([kept, Claim("consult", 10, at(9))], {"8001": ["consult"]}) == []
    assert turns([kept, Claim("complaint", 0, at(9))], {"8001": ["consult", "complaint"]}) == []


def test_who_is_being_called_holds_an_agent() -> None:
    kept = [Claim("repair", 0, at(1), "a", placed=True), Claim("repair", 0, at(2), "b")]
    assert turns(kept, {"8001": ["repair"]}) == []
    assert turns(kept, {"8001": ["repair"], "8002": ["repair"]}) == [Turn("b", 1)]


def test_the_agent_of_fewest_queues_is_taken() -> None:
    kept = [Claim("complaint", 0, at(1), "a"), Claim("repair", 0, at(2), "b")]
    free = {"8001": ["complaint", "repair"], "8002": ["complaint"]}
    assert [turn.task for turn in turns(kept, free)] == ["a", "b"]


claims = st.builds(
    Claim, st.sampled_from(QUEUE_ORDER), st.integers(0, 3), st.integers(0, 50).map(at), st.sampled_from(["", "a", "b"])
)
agents = st.dictionaries(st.sampled_from(["1", "2", "3"]), st.lists(st.sampled_from(QUEUE_ORDER)))


@settings(deadline=None)  # the machine may be busy
@given(st.lists(claims, max_size=12), agents)
def test_never_more_calls_than_free_agents(waiting: list[Claim], free: dict[str, list[str]]) -> None:
    given_turns = turns(waiting, free)
    assert len(given_turns) <= len(free)
    assert all(turn.position >= 1 for turn in given_turns)
