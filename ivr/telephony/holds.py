"""Which agent is held for which caller in danger, while that caller still hears the words of safety. Pure.

A held agent is paused in all queues but the emergency one, with a reason that is ours alone: an agent's own pause, in
all queues and with another reason, overwrites it, and is never undone here. What is true is asked of Asterisk by
whoever takes the steps; this only remembers whom each caller was given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.contract.facts import HELD
from ivr.contract.ids import ContactId
from ivr.dialplan.queues import EMERGENCY
from ivr.telephony.events import AgentCalled, AgentConnected, MemberStateChanged, TelephonyEvent

_IDLE = 1  # device state: not in use
_UNREACHABLE = (4, 5)  # invalid and unavailable
_SETTLES = timedelta(seconds=2)  # that a queue rings a phone and that the phone is busy come in any order


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with an agent: paused in the other queues for this contact, or let go (None)."""

    agent: str
    contact: ContactId | None = None


@dataclass(slots=True)
class _Ring:
    queue: str  # "" once it was answered: then it is nobody else's
    at: datetime


@dataclass(slots=True)
class _Agent:
    since: datetime  # the phone is idle, or is not
    device: int
    queues: dict[str, MemberStateChanged] = field(default_factory=dict)
    ring: _Ring | None = None  # the last one

    def answers(self) -> bool:
        """Whether an emergency would be put through, now or after what the phone does."""
        own = self.queues.get(EMERGENCY.name)
        return own is not None and not own.paused and self.device not in _UNREACHABLE

    def is_idle(self, now: datetime) -> bool:
        """Whether nothing rings or is about to."""
        begins = self.ring is not None and self.ring.at > self.since and now - self.ring.at <= _SETTLES
        return self.device == _IDLE and not begins

    def rung_by(self) -> str | None:
        """Return which queue rings the phone, "" when it was answered, None when nobody has told."""
        ring = self.ring
        return ring.queue if ring is not None and ring.at >= self.since - _SETTLES else None

    def others(self) -> list[MemberStateChanged]:
        """Return the memberships that a hold is about."""
        return [item for name, item in self.queues.items() if name != EMERGENCY.name]


def is_ours(member: MemberStateChanged) -> bool:
    """Tell whether this is a pause of ours."""
    return member.paused and member.reason == HELD


class Holds:
    """`take` every event, `replace` after each snapshot; `steps` says what is to be done. limit: of one hold."""

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._agents: dict[str, _Agent] = {}
        self._held: dict[ContactId, str] = {}

    def take(self, event: TelephonyEvent) -> None:
        """Note memberships, pauses and device states, and who is rung by which queue."""
        match event:
            case MemberStateChanged():
                self._member(event)
            case AgentCalled(at=at, queue=queue, agent=name) if name in self._agents:
                self._agents[name].ring = _Ring(queue, at)
            case AgentConnected(at=at, agent=name) if name in self._agents:
                self._agents[name].ring = _Ring("", at)
            case _:
                pass

    def replace(self, members: Iterable[MemberStateChanged]) -> None:
        """Take all memberships anew."""
        for agent in self._agents.values():
            agent.queues.clear()
        for event in members:
            self._member(event)
        self._agents = {name: agent for name, agent in self._agents.items() if agent.queues}

    def _member(self, event: MemberStateChanged) -> None:
        agent = self._agents.setdefault(event.agent, _Agent(event.at, event.device))
        if event.member:
            agent.queues[event.queue] = event
            if (agent.device == _IDLE) != (event.device == _IDLE):
                agent.since = event.at
            agent.device = event.device
        else:
            agent.queues.pop(event.queue, None)
        if not agent.queues:
            del self._agents[event.agent]

    def steps(self, dangers: Mapping[ContactId, datetime], now: datetime) -> list[Step]:
        """Give each contact in danger an agent as far as there are any, and return what is to be done now.

        dangers: since when. An agent is given to one contact only, and kept while it can still be rung by the
        emergency queue, or is. Nothing is to be done for who answers no other queue: they are free as it is.
        """
        current = sorted((since, contact) for contact, since in dangers.items() if now - since <= self._limit)
        waiting = {contact for _, contact in current}
        self._held = {
            contact: agent for contact, agent in self._held.items() if contact in waiting and self._stays(agent, now)
        }
        for _, contact in current:
            if contact not in self._held and (agent := self._best(now)):
                self._held[contact] = agent
        held = {agent: contact for contact, agent in self._held.items()}
        hold = [Step(agent, contact) for agent, contact in held.items() if self._is_open(agent)]
        return hold + [Step(name) for name, agent in self._agents.items() if name not in held and _has_ours(agent)]

    def is_held(self, name: str) -> bool:
        """Whether the agent is given to somebody, as of the last `steps` and of all that was told since."""
        agent = self._agents.get(name)
        return name in self._held.values() and agent is not None and agent.answers()

    def _stays(self, name: str, now: datetime) -> bool:
        agent = self._agents.get(name)
        if agent is None or not agent.answers():
            return False
        by = agent.rung_by()
        untold = agent.device != _IDLE and by is None and now - agent.since <= _SETTLES
        return by == EMERGENCY.name or agent.is_idle(now) or untold

    def _best(self, now: datetime) -> str:
        """Return who is idle and nobody's: held already by ours, or in no other queue, else idle the longest."""
        taken = set(self._held.values())
        fitting = [
            (not _has_ours(agent), bool(agent.others()), agent.since, name)
            for name, agent in self._agents.items()
            if name not in taken and agent.answers() and agent.is_idle(now)
        ]
        return min(fitting)[-1] if fitting else ""

    def _is_open(self, name: str) -> bool:
        return any(not item.paused for item in self._agents[name].others())


def _has_ours(agent: _Agent) -> bool:
    return any(is_ours(item) for item in agent.queues.values())
