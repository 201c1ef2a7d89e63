"""The ten processes: no dead ends for anybody, guards and slots known, what document and phone need is there."""

from collections import deque
from collections.abc import Collection

import pytest

from crm import slots
from crm.policy import ticket_states as policy
from crm.policy.processes import PAUSING, SUPERVISOR
from crm.policy.training import DEALER_TOPICS, USER_TOPICS, check_topics
from crm.tickets.guards import GUARDS

STAFF = ("agent", "dispatcher", "supervisor")


def reachable(kind: str, start: str, roles: Collection[str]) -> set[str]:
    seen, ahead = {start}, deque([start])
    while ahead:
        for move in policy.moves_for(kind, ahead.popleft(), roles):
            if move.to not in seen:
                seen.add(move.to)
                ahead.append(move.to)
    return seen


@pytest.mark.parametrize("kind", policy.KINDS)
def test_no_state_is_a_dead_end_and_every_one_is_reached(kind: str) -> None:
    table = policy.MOVES[kind]
    assert reachable(kind, "new", STAFF) == set(table)
    for state in table:
        assert {"closed", "new"} <= reachable(kind, state, STAFF)
        assert {"closed", "new"} <= reachable(kind, state, [SUPERVISOR]), f"a supervisor is stuck in {state}"


@pytest.mark.parametrize("kind", policy.KINDS)
def test_an_agent_alone_is_never_without_a_way_on_except_where_another_must_decide(kind: str) -> None:
    others = {state for state in policy.MOVES[kind] if not policy.moves_for(kind, state, ["agent"])}
    assert others <= {"approving", "refunding", "to_dispatch", "void"}


@pytest.mark.parametrize("kind", policy.KINDS)
def test_every_move_is_well_made(kind: str) -> None:
    for state, moves in policy.MOVES[kind].items():
        assert state in policy.STATES
        assert len({move.move for move in moves}) == len(moves)
        for move in moves:
            assert move.to in policy.MOVES[kind]
            assert move.roles
            assert set(move.roles) <= set(STAFF)
            assert set(move.needs) <= set(slots.LABELS)
            assert move.guard in GUARDS | {""}


def test_what_waits_for_the_customer_stops_the_clock() -> None:
    assert set(policy.STATES) >= PAUSING
    assert {"waiting_customer", "waiting_return"} <= PAUSING


@pytest.mark.parametrize(
    ("kind", "state", "spoken"),
    [("repair", "new", "st_new"), ("install", "to_dispatch", "st_new"), ("repair", "dispatched", "st_assigned"),
     ("repair", "scheduled", "st_scheduled"), ("install", "on_the_way", "st_on_the_way"),
     ("repair", "waiting_part", "st_waiting_parts"), ("unit_return", "factory", "st_factory"),
     ("unit_return", "new", "st_registered"), ("tech_support", "escalated", "st_registered"),
     ("complaint", "waiting_customer", "st_waiting_customer"), ("part_request", "quoted", "st_quoted"),
     ("unit_return", "waiting_return", "st_waiting_return"), ("part_return", "waiting_old", "st_waiting_return"),
     ("part_request", "shipped", "st_shipped"), ("repair", "closed", "st_done")],
)  # fmt: skip
def test_the_phone_tells_how_a_ticket_stands(kind: str, state: str, spoken: str) -> None:
    assert policy.spoken_state(kind, state) == spoken
    assert state in policy.MOVES[kind]


def test_who_decides() -> None:
    assert policy.moves_for("unit_return", "approving", ["agent"]) == ()
    assert {move.move for move in policy.moves_for("unit_return", "approving", ["supervisor"])} >= {"accept", "refuse"}
    assert "dispatch" not in {move.move for move in policy.moves_for("repair", "to_dispatch", ["agent"])}
    assert policy.moves_for("repair", "new", ["auditor", "quality", "admin"]) == ()
    assert "close" not in {move.move for move in policy.moves_for("complaint", "resolved", ["agent"])}


def test_headquarters_send_somebody_only_after_the_telephone() -> None:
    assert {move.to for move in policy.moves("tech_support", "new")} == {"in_progress", "closed", "void"}
    escalate = policy.find_move("tech_support", "in_progress", "escalate")
    assert escalate is not None
    assert escalate.needs == ("phone_support",)
    dispatched_from = [state for state, moves in policy.MOVES["tech_support"].items()
                       if any(move.to == "dispatched" for move in moves)]  # fmt: skip
    assert dispatched_from == ["escalated"]


def test_the_old_part_comes_back_before_a_swap_is_done() -> None:
    moves = {move.move: move for move in policy.moves("part_return", "waiting_old")}
    assert moves["receive_old"].needs == ("courier_in",)
    assert moves["waive"].roles == ("supervisor",)
    assert {move.to for move in moves.values()} == {"resolved", "void"}


@pytest.mark.parametrize(
    ("audience", "chosen", "wrong"),
    [
        ("user", list(USER_TOPICS), ""),
        ("dealer", [*USER_TOPICS, *DEALER_TOPICS], ""),
        ("user", ["u1", "d7"], "专业课程只针对经销商、工程商：工厂实操"),
        ("user", [], "请至少选一项培训内容"),
        ("user", ["x"], "没有这项培训内容：x"),
        ("nobody", ["u1"], "请选培训对象：用户，或经销商、工程商"),
    ],
)
def test_topics_fit_their_audience(audience: str, chosen: list[str], wrong: str) -> None:
    assert check_topics(audience, chosen) == wrong
