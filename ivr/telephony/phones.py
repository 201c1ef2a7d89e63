"""The one word for each agent's phone, derived from memberships, registrations and the calls it has. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ivr.contract.facts import HELD, AgentPhoneChanged
from ivr.telephony.events import ContactStatus, MemberStateChanged

_UNREACHABLE = (4, 5)  # device states invalid and unavailable; a ringing phone says busy, so the others tell nothing


@dataclass(slots=True)
class _Phone:
    queues: dict[str, tuple[bool, str]] = field(default_factory=dict)  # queue -> (paused, reason)
    reachable: bool = True
    rings: set[str] = field(default_factory=set)  # uniqueids of its channels
    talks: set[str] = field(default_factory=set)
    wrapup_until: datetime | None = None
    told: tuple[str, str] = ("", "")  # nothing yet, so that the first word is told

    def word(self, now: datetime) -> tuple[str, str]:
        """Return state and reason."""
        if self.talks:
            return "talking", ""
        if self.rings:
            return "ringing", ""
        if not self.queues:
            return "offline", ""
        if not self.reachable:
            return "unreachable", ""
        paused = {reason for is_paused, reason in self.queues.values() if is_paused}
        if own := paused - {HELD}:
            return "paused", max(own)
        held = HELD if paused else ""
        if self.wrapup_until is not None and now < self.wrapup_until:
            return "wrapup", held
        return "ready", held


class Phones:
    """Every method returns the changes as facts, at most one per agent."""

    def __init__(self) -> None:
        self._phones: dict[str, _Phone] = {}

    def member(self, event: MemberStateChanged) -> list[AgentPhoneChanged]:
        """Take a change of membership, pause or device state."""
        phone = self._phone(event.agent)
        if event.member:
            phone.queues[event.queue] = (event.paused, event.reason if event.paused else "")
            phone.reachable = event.device not in _UNREACHABLE
        else:
            phone.queues.pop(event.queue, None)
        return self._changed([event.agent], event.at)

    def registered(self, event: ContactStatus) -> list[AgentPhoneChanged]:
        """Take a registration; endpoints that never were an agent are ignored."""
        phone = self._phones.get(event.agent)
        if phone is None:
            return []
        phone.reachable = event.reachable
        return self._changed([event.agent], event.at)

    def ringing(self, agent: str, channel: str, now: datetime) -> list[AgentPhoneChanged]:
        """Note that it rings."""
        self._phone(agent).rings.add(channel)
        return self._changed([agent], now)

    def talking(self, agent: str, channel: str, now: datetime) -> list[AgentPhoneChanged]:
        """Note that it was answered."""
        phone = self._phone(agent)
        phone.rings.discard(channel)
        phone.talks.add(channel)
        return self._changed([agent], now)

    def free(
        self, agent: str, channel: str, now: datetime, wrapup_until: datetime | None = None
    ) -> list[AgentPhoneChanged]:
        """Note that a ring or talk is over; after a talk wrapup_until is when the agent is ready again."""
        phone = self._phone(agent)
        phone.rings.discard(channel)
        phone.talks.discard(channel)
        phone.wrapup_until = wrapup_until or phone.wrapup_until
        return self._changed([agent], now)

    def replace(self, members: Iterable[MemberStateChanged], now: datetime) -> list[AgentPhoneChanged]:
        """Take all memberships anew; who is not among them is a member of nothing."""
        for phone in self._phones.values():
            phone.queues.clear()
        for event in members:
            phone = self._phone(event.agent)
            phone.queues[event.queue] = (event.paused, event.reason if event.paused else "")
            phone.reachable = event.device not in _UNREACHABLE
        return self._changed(self._phones, now)

    def tick(self, now: datetime) -> list[AgentPhoneChanged]:
        """Tell whose wrap-up is over."""
        due = [name for name, phone in self._phones.items() if phone.wrapup_until and phone.wrapup_until <= now]
        for name in due:
            self._phones[name].wrapup_until = None
        return self._changed(due, now)

    def _phone(self, agent: str) -> _Phone:
        return self._phones.setdefault(agent, _Phone())

    def _changed(self, agents: Iterable[str], now: datetime) -> list[AgentPhoneChanged]:
        facts = []
        for agent in agents:
            phone = self._phones[agent]
            word = phone.word(now)
            if word != phone.told:
                phone.told = word
                facts.append(AgentPhoneChanged(agent, *word))
        return facts
