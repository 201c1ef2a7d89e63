"""Holding an agent by AMI: only what is open is paused, only what is ours let go, whatever comes in between."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.contract.commands import Command, CommandName, CommandStatus
from ivr.contract.facts import HELD, ContactEnded, SafetyCleared, SafetyRaised
from ivr.contract.ids import ContactId
from ivr.dialplan.limits import Limits
from ivr.sessions.commands import CommandExecutor
from ivr.sessions.outbound import Outbound
from ivr.sessions.ports import PBXUnavailable
from ivr.sessions.reservation import Reservation
from ivr.telephony.events import AgentCalled, AgentConnected, MemberStateChanged, Snapshot, TelephonyEvent
from ivr.telephony.holds import Holds
from tests.unit.ivr.sessions.fakes import NOW, MemoryPBX
from tests.unit.ivr.sessions.rig import CONTACT, clock, running_journal, until

QUEUES = ("emergency", "repair", "consult")
AGENTS = ("8001", "8002")
CONTACTS = (ContactId("a" * 32), ContactId("b" * 32), ContactId("d" * 32))
LIMIT = timedelta(seconds=120)
IDLE, BUSY = 1, 3


@dataclass
class Queues:
    """Asterisk's queues: what is asked is true at once, what happens is told when `deliver` says so."""

    at: datetime = NOW
    members_now: dict[tuple[str, str], MemberStateChanged] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)  # agent -> reason of the agent's own pause
    untold: list[TelephonyEvent] = field(default_factory=list)
    connected: bool = True
    fails: int = 0
    asked: int = 0
    meanwhile: asyncio.Event | None = None  # set: an answer waits for it

    def sign_in(self, agent: str) -> None:
        for queue in QUEUES:
            self._put(MemberStateChanged(self.at, agent, queue, True, False, "", self.device(agent)))
        self.own.pop(agent, None)

    def sign_out(self, agent: str) -> None:
        for queue in QUEUES:
            if known := self.members_now.pop((agent, queue), None):
                self.untold.append(replace(known, at=self.at, member=False))
        self.own.pop(agent, None)

    def pause(self, agent: str, reason: str) -> None:
        """The agent's own pause of all queues, or its end ("")."""
        for queue in QUEUES:
            if known := self.members_now.get((agent, queue)):
                self._put(replace(known, at=self.at, paused=bool(reason), reason=reason))
                self.own[agent] = reason
        if not reason:
            self.own.pop(agent, None)

    def turn(self, agent: str, device: int) -> None:
        for queue in QUEUES:
            if known := self.members_now.get((agent, queue)):
                self._put(replace(known, at=self.at, device=device))

    def device(self, agent: str) -> int:
        known = self.members_now.get((agent, "emergency"))
        return known.device if known else IDLE

    def _put(self, member: MemberStateChanged) -> None:
        self.members_now[member.agent, member.queue] = member
        self.untold.append(member)

    async def members(self, agent: str, now: datetime) -> Sequence[MemberStateChanged]:
        self.asked += 1
        self._fail()
        if self.meanwhile is not None:
            await self.meanwhile.wait()
        return [replace(member, at=now) for (name, _), member in self.members_now.items() if name == agent]

    async def action(self, name: str, fields: Mapping[str, str]) -> None:
        assert name == "QueuePause"
        self._fail()
        agent, paused = fields["Interface"].removeprefix("PJSIP/"), fields["Paused"] == "true"
        if "Queue" not in fields:
            self.pause(agent, fields.get("Reason", ""))
            return
        assert fields["Queue"] != "emergency"
        known = self.members_now[agent, fields["Queue"]]
        assert not self.own.get(agent)  # neither over a pause of the agent's own, nor undoing one
        self._put(replace(known, at=self.at, paused=paused, reason=fields.get("Reason", "")))

    def _fail(self) -> None:
        if self.fails:
            self.fails -= 1
            raise PBXUnavailable("QueuePause: AMITimeout")

    def ours(self) -> set[tuple[str, str]]:
        """Return where a pause of ours is."""
        return {key for key, member in self.members_now.items() if member.paused and member.reason == HELD}


class Desk:
    """A reservation on queues of the test."""

    def __init__(self) -> None:
        self.queues = Queues()
        self.dangers: dict[ContactId, datetime] = {}
        self.come()

    def come(self) -> None:
        """An ivr that knows nothing begins, and looks at what is there."""
        self.queues.untold.clear()
        self.reservation = Reservation(Holds(LIMIT), self.queues, lambda: self.dangers, lambda: self.queues.at)
        found = tuple(replace(member, at=self.queues.at) for member in self.queues.members_now.values())
        self.reservation.find(Snapshot(frozenset(), {}, found))

    def deliver(self) -> None:
        for event in self.queues.untold:
            self.reservation.take(event)
        self.queues.untold.clear()

    async def look(self) -> None:
        """Tell what happened, let it look, and tell what came of that."""
        self.deliver()
        await self.reservation.look()
        self.deliver()


def held(*agents: str) -> set[tuple[str, str]]:
    return {(agent, queue) for agent in agents for queue in ("repair", "consult")}


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
