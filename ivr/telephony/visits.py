"""One stay of a caller in a queue: rings, talk and exactly one end. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.contract.facts import (
    AgentAnswered,
    AgentPhoneChanged,
    AgentRingEnded,
    AgentRinging,
    Fact,
    QueueLeft,
    TalkEnded,
)
from ivr.telephony.phones import Phones

_SAME = timedelta(seconds=5)  # Asterisk tells whole seconds of waiting, and its answer takes a moment


@dataclass(slots=True)
class Out:
    """What one event gave: facts of the call and of agents' phones, with their times."""

    facts: list[tuple[datetime, Fact]] = field(default_factory=list)
    phones: list[tuple[datetime, AgentPhoneChanged]] = field(default_factory=list)

    def say(self, at: datetime, fact: Fact) -> None:
        """Add a fact of the call."""
        self.facts.append((at, fact))

    def tell(self, at: datetime, changes: list[AgentPhoneChanged]) -> None:
        """Add changes of phones."""
        self.phones += [(at, change) for change in changes]


@dataclass(slots=True)
class _Ring:
    agent: str
    since: datetime
    over: bool = False


@dataclass(slots=True)
class _Talk:
    agent: str
    channel: str
    since: datetime


@dataclass(slots=True)
class Visit:
    """A queue visit. Every method is harmless after the end and for what it has seen already."""

    id: str
    queue: str
    joined: datetime
    position: int
    phones: Phones
    rings: dict[str, _Ring] = field(default_factory=dict)
    talk: _Talk | None = None
    over: bool = False
    end: str = ""  # talked, or a reason of QueueLeft
    left: tuple[datetime, str] | None = None  # out of the queue's list; why, unless an agent turns out to have answered

    def ring(self, agent: str, channel: str, at: datetime, out: Out) -> None:
        """An agent's phone begins to ring."""
        if self.over or self.talk or channel in self.rings:
            return
        self.rings[channel] = _Ring(agent, at)
        out.say(at, AgentRinging(self.id, self.queue, agent))
        out.tell(at, self.phones.ringing(agent, channel, at))

    def rang(self, agent: str, since: datetime) -> None:
        """A phone rang before ivr was lost; which channel that was is not known any more."""
        self.rings[f"before {agent}"] = _Ring(agent, since)

    def reached(self, channel: str, agent: str, at: datetime, out: Out) -> None:
        """A queue's channel to an agent is there: it rings for this stay, whether we saw that begin or not."""
        if (ring := self.rings.pop(f"before {agent}", None)) is None:
            self.ring(agent, channel, at, out)
        else:
            self.rings[channel] = ring
            out.tell(at, self.phones.ringing(agent, channel, at))

    def is_among(self, waits: Mapping[str, datetime]) -> bool:
        """Tell whether Asterisk lists this very stay. waits: queue -> when joined, to the second."""
        return self.queue in waits and abs(waits[self.queue] - self.joined) <= _SAME

    def ring_ended(self, channel: str, reason: str, at: datetime, out: Out, ring_ms: int | None = None) -> None:
        """It stopped ringing without an answer; reason: no_answer | canceled."""
        ring = self.rings.get(channel)
        if ring is None or ring.over:
            return
        ring.over = True
        lasted = milliseconds(ring.since, at) if ring_ms is None else ring_ms
        out.say(at, AgentRingEnded(self.id, self.queue, ring.agent, reason, lasted))
        out.tell(at, self.phones.free(ring.agent, channel, at))

    def answer(self, agent: str, channel: str, at: datetime, out: Out) -> None:
        """An agent answered; other phones stop ringing."""
        if self.over or self.talk:
            return
        ring = self.rings.get(channel)
        ring_ms = milliseconds(ring.since, at) if ring else 0
        if ring:
            ring.over = True
        self._stop_rings(at, out)
        self.talk = _Talk(agent, channel, at)
        out.say(at, AgentAnswered(self.id, self.queue, agent, milliseconds(self.joined, at), ring_ms))
        out.tell(at, self.phones.talking(agent, channel, at))

    def go_on(self, agent: str, since: datetime, out: Out) -> None:
        """The agent answered before ivr was lost; which channel that was is not known any more."""
        self.talk = _Talk(agent, "", since)
        out.tell(since, self.phones.talking(agent, "", since))

    def talks_in(self, channels: frozenset[str]) -> bool:
        """Tell whether the agent's channel is among these, as far as it is known which that is."""
        return self.talk is not None and (not self.talk.channel or self.talk.channel in channels)

    def complete(self, by: str, at: datetime, wrapup: timedelta, out: Out) -> None:
        """The talk is over; by: caller | agent | transfer | uncertain."""
        if self.over or self.talk is None:
            return
        self.over, self.end = True, "talked"
        talk = self.talk
        out.say(at, TalkEnded(self.id, self.queue, talk.agent, by, milliseconds(talk.since, at)))
        out.tell(at, self.phones.free(talk.agent, talk.channel, at, at + wrapup))

    def leave(self, reason: str, at: datetime, out: Out) -> None:
        """The caller is out of the queue without an agent."""
        if self.over or self.talk:
            return
        self.over, self.end = True, reason
        self._stop_rings(at, out)
        out.say(at, QueueLeft(self.id, self.queue, reason, milliseconds(self.joined, at), self.position))

    def settle(self, out: Out) -> None:
        """Nobody answered although the caller is out of the list: that was the end (a key gives no other event)."""
        if self.left is not None:
            self.leave(self.left[1], self.left[0], out)

    def vanished(self, channels: frozenset[str], at: datetime, out: Out) -> None:
        """End the rings whose channel is not there any more."""
        for channel in self.rings.keys() - channels:
            self.ring_ended(channel, "canceled", at, out)

    def _stop_rings(self, at: datetime, out: Out) -> None:
        for channel in self.rings:
            self.ring_ended(channel, "canceled", at, out)


def milliseconds(start: datetime, end: datetime) -> int:
    """Return the time between, never negative."""
    return max(0, round((end - start).total_seconds() * 1000))
