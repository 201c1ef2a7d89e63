"""What Asterisk's manager says, as typed events; everything behind translate.py sees only these.

`at` is UTC. linkedid and uniqueid are the caller's, agent_uniqueid that of the agent's channel; agent is an extension.
All events of one caller's channel come in order; between channels there is no order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """The place in a queue that was kept for who is called back: since when, and how pressing (QUEUE_PRIO)."""

    queue: str
    priority: int
    since: datetime


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The dialplan answered a call (UserEvent HLContact). callback: we called the contact, who answered; then kept."""

    at: datetime
    linkedid: str
    uniqueid: str
    contact: str
    caller: str
    did: str
    recording: str
    callback: bool = False
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class CallPlaced:
    """An Originate came to its end (OriginateResponse). end: answered | busy | no_answer | failed."""

    at: datetime
    action: str
    end: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The caller's hang-up handler ran (UserEvent HLEnded). stage is the dialplan's, voicemail: a message was begun,
    danger: the caller came onto the emergency path.

    Not the last event of the channel: AgentCompleted and ChannelHungUp may follow.
    """

    at: datetime
    linkedid: str
    uniqueid: str
    contact: str
    caller: str
    did: str
    recording: str
    stage: str
    queue: str
    voicemail: bool
    cause: int
    danger: bool = False


@dataclass(frozen=True, slots=True)
class EmergencyBegun:
    """The dialplan took the caller onto the emergency path (UserEvent HLEmergency): after ivr, or by key 9."""

    at: datetime
    linkedid: str
    uniqueid: str
    contact: str


@dataclass(frozen=True, slots=True)
class DutyPhoneTook:
    """Who answered a duty phone took the round for this call-back of crm (UserEvent HLDutyTaken)."""

    at: datetime
    task: str
    number: str


@dataclass(frozen=True, slots=True)
class CallerJoinedQueue:
    """The caller waits from now on."""

    at: datetime
    linkedid: str
    uniqueid: str
    queue: str
    position: int


@dataclass(frozen=True, slots=True)
class AgentCalled:
    """An agent's phone is being rung."""

    at: datetime
    linkedid: str
    uniqueid: str
    queue: str
    agent: str
    agent_uniqueid: str


@dataclass(frozen=True, slots=True)
class AgentRingNoAnswer:
    """An agent's phone rang in vain, or was busy or refused."""

    at: datetime
    linkedid: str
    uniqueid: str
    queue: str
    agent: str
    agent_uniqueid: str
    ring_ms: int


@dataclass(frozen=True, slots=True)
class AgentRingCanceled:
    """Ringing was broken off: the caller left, or somebody else answered (DialEnd CANCEL; also follows no answer)."""

    at: datetime
    linkedid: str
    uniqueid: str
    agent_uniqueid: str


@dataclass(frozen=True, slots=True)
class DialAnswered:
    """A dialed phone answered; comes for a queue's agents too, before AgentConnected."""

    at: datetime
    linkedid: str
    uniqueid: str
    agent_uniqueid: str


@dataclass(frozen=True, slots=True)
class AgentConnected:
    """An agent answered."""

    at: datetime
    linkedid: str
    uniqueid: str
    queue: str
    agent: str
    agent_uniqueid: str
    hold_s: int


@dataclass(frozen=True, slots=True)
class AgentCompleted:
    """The talk is over. by: caller | agent | transfer."""

    at: datetime
    linkedid: str
    uniqueid: str
    queue: str
    agent: str
    agent_uniqueid: str
    hold_s: int
    talk_s: int
    by: str


@dataclass(frozen=True, slots=True)
class CallerAbandoned:
    """The caller left the queue without an agent; Asterisk says so for hang-up, time-out and an empty queue alike."""

    at: datetime
    linkedid: str
    uniqueid: str
    queue: str
    position: int


@dataclass(frozen=True, slots=True)
class CallerLeftQueue:
    """The caller is out of the queue's list; comes before AgentConnected, after CallerAbandoned, alone after a key."""

    at: datetime
    linkedid: str
    uniqueid: str
    queue: str
    position: int


@dataclass(frozen=True, slots=True)
class HangupRequested:
    """The far end of this channel hung up, or somebody asked to hang it up; its last events are still to come."""

    at: datetime
    linkedid: str
    uniqueid: str


@dataclass(frozen=True, slots=True)
class ChannelHungUp:
    """A channel is gone: its last event. cause is Q.850."""

    at: datetime
    linkedid: str
    uniqueid: str
    cause: int


@dataclass(frozen=True, slots=True)
class MusicChanged:
    """A channel's hold music stopped or began; in a queue it stops for what is said at each beat."""

    at: datetime
    uniqueid: str
    playing: bool


@dataclass(frozen=True, slots=True)
class MemberStateChanged:
    """An agent's membership of one queue. device is Asterisk's device state (5 unavailable, 4 invalid, 0 unknown)."""

    at: datetime
    agent: str
    queue: str
    member: bool
    paused: bool
    reason: str
    device: int


@dataclass(frozen=True, slots=True)
class ContactStatus:
    """A phone registered, went away, or (not) answered its check."""

    at: datetime
    agent: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class InvalidEvent:
    """An event we need that does not have its shape. field names what is wrong; never carries a value."""

    name: str
    field: str


VisitEvent = (
    CallerJoinedQueue
    | AgentCalled
    | AgentRingNoAnswer
    | AgentConnected
    | AgentCompleted
    | CallerAbandoned
    | CallerLeftQueue
)
CallEvent = (
    VisitEvent
    | CallStarted
    | CallEnded
    | EmergencyBegun
    | AgentRingCanceled
    | DialAnswered
    | HangupRequested
    | ChannelHungUp
)
TelephonyEvent = CallEvent | MemberStateChanged | ContactStatus | CallPlaced | MusicChanged | DutyPhoneTook


@dataclass(frozen=True, slots=True)
class AgentLeg:
    """A channel by which a queue reaches an agent, for the call of this linkedid. talking: bridged, else it rings."""

    linkedid: str
    agent: str
    talking: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What Asterisk held when asked: uniqueids of all channels, who waits in which queue since when, all memberships.

    waiting: (queue, uniqueid) -> when joined, to the second. legs: by the uniqueid of the agent's channel.
    """

    channels: frozenset[str]
    waiting: Mapping[tuple[str, str], datetime]
    members: tuple[MemberStateChanged, ...]
    legs: Mapping[str, AgentLeg] = field(default_factory=dict)

    def waits_of(self, caller: str) -> dict[str, datetime]:
        """Return the queues in which the caller's channel waits, and since when; none when it is gone."""
        if caller not in self.channels:
            return {}
        return {queue: joined for (queue, uniqueid), joined in self.waiting.items() if uniqueid == caller}

    def legs_of(self, linkedid: str) -> dict[str, AgentLeg]:
        """Return the queues' channels to agents for this call."""
        return {channel: leg for channel, leg in self.legs.items() if leg.linkedid == linkedid}
