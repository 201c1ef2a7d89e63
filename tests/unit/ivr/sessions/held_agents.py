"""Queues with agents in them, and a reservation on them, for tests of holding agents."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ivr.contract.facts import HELD
from ivr.contract.ids import ContactId
from ivr.sessions.ports import PBXUnavailable
from ivr.sessions.reservation import Reservation
from ivr.telephony.events import MemberStateChanged, Snapshot, TelephonyEvent
from ivr.telephony.holds import Holds
from tests.unit.ivr.sessions.fakes import NOW

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
