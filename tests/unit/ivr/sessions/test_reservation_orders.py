"""Holding an agent, whatever comes in any order: every hold ends, and nothing of the agent's own is undone."""

import asyncio
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.contract.ids import ContactId
from ivr.telephony.events import AgentCalled, AgentConnected
from tests.unit.ivr.sessions.held_agents import AGENTS, BUSY, CONTACTS, IDLE, LIMIT, Desk

_ops = st.one_of(
    st.tuples(st.sampled_from(["danger", "safe"]), st.sampled_from(CONTACTS)),
    st.tuples(st.sampled_from(["in", "out", "rest", "ready", "idle", "busy", "repair", "emergency"]),
              st.sampled_from(AGENTS)),
    st.tuples(st.sampled_from(["tell", "look", "fail", "restart", "wait"]), st.just("")),
)  # fmt: skip


async def _happens(desk: Desk, what: str, who: str) -> None:
    queues = desk.queues
    match what:
        case "danger":
            desk.dangers[ContactId(who)] = queues.at
        case "safe":
            desk.dangers.pop(ContactId(who), None)
        case "in":
            queues.sign_in(who)
        case "out":
            queues.sign_out(who)
        case "rest" | "ready":
            queues.pause(who, "小休" if what == "rest" else "")
        case "idle" | "busy":
            queues.turn(who, IDLE if what == "idle" else BUSY)
        case "repair" | "emergency":
            queues.untold.append(AgentCalled(queues.at, "x", "x", what, who, "leg"))
            if queues.at.second % 2:
                queues.untold.append(AgentConnected(queues.at, "x", "x", what, who, "leg", 1))
        case "tell":
            desk.deliver()
        case "look" | "fail":
            queues.fails = int(what == "fail")
            await desk.reservation.look()
            queues.fails = 0
        case "restart":
            desk.come()
        case _:
            queues.at += timedelta(seconds=50)


def _in_danger(desk: Desk) -> list[datetime]:
    return [since for since in desk.dangers.values() if desk.queues.at - since <= LIMIT]


async def _story(story: list[tuple[str, str]], in_the_end: str) -> None:
    desk = Desk()
    for agent in AGENTS:
        desk.queues.sign_in(agent)
    for what, who in story:
        desk.queues.at += timedelta(seconds=1)
        await _happens(desk, what, who)
        for (agent, _), member in desk.queues.members_now.items():
            assert not desk.queues.own.get(agent) or member.reason == desk.queues.own[agent]
    await desk.look()
    await desk.look()
    waiting = _in_danger(desk)
    assert len({agent for agent, _ in desk.queues.ours()}) <= len(waiting)
    for agent in AGENTS:
        desk.queues.sign_in(agent)
        desk.queues.turn(agent, IDLE)
    desk.queues.at += timedelta(seconds=5)
    await desk.look()
    await desk.look()
    assert len({agent for agent, _ in desk.queues.ours()}) == min(len(_in_danger(desk)), len(AGENTS))
    if in_the_end == "cleared":
        desk.dangers.clear()
    else:
        desk.queues.at += LIMIT + timedelta(seconds=1)
    await desk.look()
    assert desk.queues.ours() == set()


@settings(deadline=None, max_examples=300)
@given(st.lists(_ops, max_size=25), st.sampled_from(["cleared", "too long"]))
def test_in_any_order_every_hold_ends_no_agent_is_held_twice_and_nothing_of_the_agent_s_is_undone(
    story: list[tuple[str, str]], in_the_end: str
) -> None:
    asyncio.run(_story(story, in_the_end))
