"""Holding an agent by AMI: only what is open is paused, only what is ours let go, whatever comes in between."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from ivr.contract.commands import Command, CommandName, CommandStatus
from ivr.contract.facts import HELD, ContactEnded, SafetyCleared, SafetyRaised
from ivr.contract.ids import ContactId
from ivr.dialplan.limits import Limits
from ivr.sessions.commands import CommandExecutor
from ivr.sessions.outbound import Outbound
from ivr.sessions.reservation import Reservation
from ivr.telephony.events import MemberStateChanged, Snapshot
from ivr.telephony.holds import Holds
from tests.unit.ivr.sessions.fakes import NOW, MemoryPBX
from tests.unit.ivr.sessions.held_agents import AGENTS, CONTACTS, IDLE, LIMIT, Desk, held
from tests.unit.ivr.sessions.rig import CONTACT, clock, running_journal, until


async def test_held_in_every_other_queue_and_let_go_in_the_end() -> None:
    desk = Desk()
    desk.queues.sign_in("8001")
    await desk.look()
    assert desk.queues.ours() == set()
    desk.dangers[CONTACT] = NOW
    await desk.look()
    assert desk.queues.ours() == held("8001")
    asked = desk.queues.asked
    await desk.look()
    assert desk.queues.asked == asked
    desk.dangers.clear()
    await desk.look()
    assert desk.queues.ours() == set()


async def test_the_agent_s_own_pause_ends_the_hold_and_stands() -> None:
    desk = Desk()
    for agent in AGENTS:
        desk.queues.sign_in(agent)
    desk.dangers[CONTACT] = NOW
    await desk.look()
    assert desk.queues.ours() == held("8001")
    desk.queues.pause("8001", "用餐")
    await desk.look()
    assert desk.queues.ours() == held("8002")
    desk.dangers.clear()
    await desk.look()
    assert desk.queues.own == {"8001": "用餐"}
    assert {member.reason for (agent, _), member in desk.queues.members_now.items() if agent == "8001"} == {"用餐"}


async def test_a_pause_that_nobody_has_told_of_yet_stands_too() -> None:
    """Both ways: the agent pauses before the hold, and between hold and release."""
    desk = Desk()
    desk.queues.sign_in("8001")
    desk.deliver()
    desk.queues.pause("8001", "会议")
    desk.dangers[CONTACT] = NOW
    await desk.reservation.look()
    assert desk.queues.ours() == set()
    desk.queues.pause("8001", "")
    await desk.look()
    assert desk.queues.ours() == held("8001")
    desk.queues.pause("8001", "会议")
    desk.dangers.clear()
    await desk.reservation.look()
    assert desk.queues.own == {"8001": "会议"}


async def test_ready_while_held_is_held_again() -> None:
    desk = Desk()
    desk.queues.sign_in("8001")
    desk.dangers[CONTACT] = NOW
    await desk.look()
    desk.queues.pause("8001", "")
    await desk.look()
    assert desk.queues.ours() == held("8001")


async def test_what_ended_while_asterisk_was_asked_is_not_done_any_more() -> None:
    desk = Desk()
    desk.queues.sign_in("8001")
    desk.deliver()
    desk.dangers[CONTACT] = NOW
    desk.queues.meanwhile = asyncio.Event()
    look = asyncio.create_task(desk.reservation.look())
    await until(lambda: desk.queues.asked == 1, "the question")
    desk.reservation.take(MemberStateChanged(NOW, "8001", "emergency", False, False, "", IDLE))
    del desk.queues.members_now["8001", "emergency"]
    desk.queues.meanwhile.set()
    await look
    assert desk.queues.ours() == set()


async def test_a_manager_that_does_not_answer_is_asked_again_and_one_that_is_away_is_not() -> None:
    desk = Desk()
    desk.queues.sign_in("8001")
    desk.dangers[CONTACT] = NOW
    desk.queues.fails = 1
    await desk.look()
    assert desk.queues.ours() == set()
    await desk.look()
    assert desk.queues.ours() == held("8001")
    desk.queues.connected = False
    desk.dangers.clear()
    asked = desk.queues.asked
    await desk.look()
    assert desk.queues.asked == asked
    desk.queues.connected = True
    await desk.look()
    assert desk.queues.ours() == set()


async def test_an_ivr_that_ends_lets_everybody_go() -> None:
    desk = Desk()
    desk.queues.sign_in("8001")
    desk.dangers[CONTACT] = NOW
    await desk.look()
    await desk.reservation.close()
    assert desk.queues.ours() == set()
    await desk.look()
    assert desk.queues.ours() == set()


async def test_it_runs_beside_and_survives_what_breaks_in_a_look() -> None:
    desk = Desk()
    desk.queues.sign_in("8001")
    desk.deliver()
    broken = True

    def dangers() -> Mapping[ContactId, datetime]:
        nonlocal broken
        if broken:
            broken = False
            raise RuntimeError("broken here")
        return {CONTACT: NOW}

    desk.reservation = Reservation(Holds(LIMIT), desk.queues, dangers, clock)
    desk.reservation.find(Snapshot(frozenset(), {}, tuple(desk.queues.members_now.values())))
    task = asyncio.create_task(desk.reservation.run())
    await until(lambda: desk.queues.ours() == held("8001"), "the hold")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_pause_by_command_waits_for_the_step_that_is_being_taken(tmp_path: Path) -> None:
    lock, pbx = asyncio.Lock(), MemoryPBX(connected=True)
    async with running_journal(tmp_path) as journal:
        executor = CommandExecutor(journal, pbx, Outbound(pbx, journal, clock, Limits()), clock, lock)
        deadline = NOW + timedelta(seconds=10)
        pause = Command("p1", CommandName.AGENT_PAUSE, deadline, {"agent": "8001", "reason": "小休"})
        async with lock:
            task = asyncio.create_task(executor.execute(pause))
            await until(lambda: journal.durable_index == journal.state.index and "p1" in journal.state.commands, "it")
            assert pbx.actions == []
        assert (await task).status is CommandStatus.DONE
        own = Command("p2", CommandName.AGENT_PAUSE, deadline, {"agent": "8001", "reason": HELD})
        assert (await executor.execute(own)).status is CommandStatus.REFUSED
        assert [fields["Reason"] for _, fields in pbx.actions] == ["小休"]


async def test_the_journal_knows_after_a_restart_who_is_in_danger(tmp_path: Path) -> None:
    old, cleared, other = CONTACTS
    async with running_journal(tmp_path) as journal:
        journal.fact(old, SafetyRaised(1, "gas", "key"), NOW - timedelta(hours=2))
        for contact in (CONTACT, cleared, other):
            journal.fact(contact, SafetyRaised(1, "gas", "key"), NOW)
        journal.fact(cleared, SafetyCleared(1), NOW)
        journal.fact(other, ContactEnded("talked"), NOW)
        await journal.durable()
    async with running_journal(tmp_path) as journal:
        assert journal.state.dangers == {CONTACT: NOW}
