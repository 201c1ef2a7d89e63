"""Facts of a call: the only way a call becomes data. Shipped in order, idempotent by (node, seq).

Each fact class is past tense, frozen, and made of JSON values. `ivr.contract.envelope` carries one to crm.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ContactStarted:
    """A caller came in. caller_raw is what the trunk sent; caller_e164 "" when unknown or anonymous.

    callback: the hotline called the contact back in its turn; the number is the one that was called.
    """

    KIND: ClassVar[str] = "contact_started"
    linkedid: str
    caller_raw: str
    caller_e164: str
    did: str
    recording: str  # uuid that names the recording
    notice_version: str
    resumed: bool = False
    callback: bool = False


@dataclass(frozen=True, slots=True)
class NodeEntered:
    """The dialogue came to a node that listens, records or hands over."""

    KIND: ClassVar[str] = "node_entered"
    flow: str
    node: str


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """One turn is over. text and digits are pii. asked: the kind of answer wanted, a value of SlotKind."""

    KIND: ClassVar[str] = "turn_ended"
    flow: str
    node: str
    cause: str
    mode: str = ""
    text: str = ""
    digits: str = ""
    meaning: str = ""
    clip: str = ""
    attempt: int = 1
    wait_ms: int = 0
    barged_in: bool = False
    asked: str = ""


@dataclass(frozen=True, slots=True)
class MatterOpened:
    """The caller has a matter: one entry into consult, complaint, repair or request (design 4.5)."""

    KIND: ClassVar[str] = "matter_opened"
    matter: int
    kind: str  # ticket kind: consult, complaint, repair, install ...
    ticket: str = ""  # the ticket that it is about, when there is one before the call
    draft: str = ""  # that ticket is a report that was cut a moment ago: resumed (what was said holds) | anew


@dataclass(frozen=True, slots=True)
class TicketAsked:
    """A caller was told how a ticket stands, or not. how: own (by number) | verified (number and tail) | denied."""

    KIND: ClassVar[str] = "ticket_asked"
    matter: int
    ticket: str
    how: str


@dataclass(frozen=True, slots=True)
class TicketUrged:
    """A caller urges a ticket; count: the how manieth time, as the caller was told."""

    KIND: ClassVar[str] = "ticket_urged"
    matter: int
    ticket: str
    count: int


@dataclass(frozen=True, slots=True)
class SlotFilled:
    """A slot of a matter got a value.

    status: crm_confirmed | voice_confirmed | dtmf | unverified. source: speech | dtmf | crm | caller_id.
    """

    KIND: ClassVar[str] = "slot_filled"
    matter: int
    slot: str
    value: Mapping[str, str]
    status: str
    source: str
    candidates: tuple[Mapping[str, str], ...] = ()
    clip: str = ""


@dataclass(frozen=True, slots=True)
class TicketOpened:
    """A matter became a ticket, with the number that was (or will be) spoken.

    number: "" from a dialogue that took none; it is given one when the fact is written, by crm when none was left.
    """

    KIND: ClassVar[str] = "ticket_opened"
    matter: int
    number: str
    kind: str
    priority: str  # urgent | high | normal | low
    outcome: str  # reported handed_over hung_up self_resolved solved unconfirmed cancelled_by_caller voicemail
    safety: str = ""


@dataclass(frozen=True, slots=True)
class SafetyRaised:
    """The caller pressed 9 or named a danger.

    matter 0: outside the dialogue, where only the key is known; what the dialogue was told stands above it.
    """

    KIND: ClassVar[str] = "safety_raised"
    matter: int
    safety: str  # gas | co | fire | electric | unknown
    trigger: str  # "key" or the words (pii)
    clip: str = ""


@dataclass(frozen=True, slots=True)
class SafetyCleared:
    """Asked about the danger, the caller said there is none: the emergency of this matter was a false alarm."""

    KIND: ClassVar[str] = "safety_cleared"
    matter: int


@dataclass(frozen=True, slots=True)
class CallbackRequested:
    """Somebody must ring this caller back. reason: hung_up | abandoned | asked | voicemail | no_agent | cut.

    queue: the hotline itself calls when it is the caller's turn in this queue, "" = a person does. priority: that of
    the place in the queue. after: not before this local time ("2026-11-26T18:00"), "" = as soon as it is their turn.
    """

    KIND: ClassVar[str] = "callback_requested"
    reason: str
    matter: int = 0
    number: str = ""  # E.164, "" = the caller's own number
    queue: str = ""
    priority: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class CallbackRang:
    """The hotline called the contact back in its turn. end: answered | busy | no_answer | failed."""

    KIND: ClassVar[str] = "callback_rang"
    end: str


@dataclass(frozen=True, slots=True)
class FollowUpRang:
    """A call of ours to ask how work turned out ended ringing. contact id of the envelope is "".

    call: the contact that it is or would have been. end: answered | busy | no_answer | failed.
    """

    KIND: ClassVar[str] = "follow_up_rang"
    call: str
    end: str


@dataclass(frozen=True, slots=True)
class FollowUpTold:
    """What a customer whom we rang said of completed work; once per contact.

    result: answered | unanswered (was willing, and said nothing of it) | later | not_asked (did not say whether they
    were willing) | wrong_number | refused. fixed: yes | no | again, "" unless answered. Scores 1 to 5, 0 = none.
    rules: of the visit, yes | no; `some`: something, they did not say what. remark: a clip. said: which of these was
    said how, speech | dtmf. danger: a machine heard it in the remark.
    """

    KIND: ClassVar[str] = "follow_up_told"
    result: str
    fixed: str = ""
    score_visit: int = 0
    rules: Mapping[str, str] = field(default_factory=dict)
    score_call: int = 0
    remark: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    danger: str = ""


WRONG_NUMBER = "wrong_number"  # why a dialogue ended: nobody wanted us


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The dialogue ended by handing the caller to a queue, voicemail or the end. reason: silent | a danger | error |
    wrong_number."""

    KIND: ClassVar[str] = "handed_over"
    target: str  # queue | voicemail | end
    queue: str = ""
    reason: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class VoicemailRecorded:
    """A message lies in the recordings folder."""

    KIND: ClassVar[str] = "voicemail_recorded"
    clip: str
    duration_ms: int = 0
    matter: int = 0


@dataclass(frozen=True, slots=True)
class QueueJoined:
    """The caller waits in a queue: a queue visit begins. visit is its id, unique for ever."""

    KIND: ClassVar[str] = "queue_joined"
    visit: str
    queue: str
    position: int


@dataclass(frozen=True, slots=True)
class AgentRinging:
    """An agent's phone rings for this visit: the pop goes out on this."""

    KIND: ClassVar[str] = "agent_ringing"
    visit: str
    queue: str
    agent: str  # extension


@dataclass(frozen=True, slots=True)
class AgentRingEnded:
    """The agent's phone stopped ringing without an answer. reason: no_answer | canceled."""

    KIND: ClassVar[str] = "agent_ring_ended"
    visit: str
    queue: str
    agent: str
    reason: str
    ring_ms: int = 0


@dataclass(frozen=True, slots=True)
class AgentAnswered:
    """The agent answered and talks with the caller."""

    KIND: ClassVar[str] = "agent_answered"
    visit: str
    queue: str
    agent: str
    wait_ms: int
    ring_ms: int


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The talk with an agent is over. by: caller | agent | transfer | uncertain (ended while AMI was away)."""

    KIND: ClassVar[str] = "talk_ended"
    visit: str
    queue: str
    agent: str
    by: str
    talk_ms: int


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """A queue visit ended without an agent. reason: abandoned | timeout | key | full | empty | uncertain."""

    KIND: ClassVar[str] = "queue_left"
    visit: str
    queue: str
    reason: str
    wait_ms: int
    position: int = 0


@dataclass(frozen=True, slots=True)
class ContactEnded:
    """The caller's channel is gone. outcome: one per contact.

    outcome: talked | reported | served | callback | abandoned | hung_up | voicemail | missed | handed_over_lost |
    cut | uncertain.
    """

    KIND: ClassVar[str] = "contact_ended"
    outcome: str
    cause: int = 0  # Q.850
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class RecordingFinished:
    """The recording of the call is complete on disk. expected=True without a file is a gap in the ledger."""

    KIND: ClassVar[str] = "recording_finished"
    recording: str
    present: bool
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class CallFound:
    """A call ended while ivr was away; this is all that is known of it, told when ivr is back, perhaps twice.

    The envelope's time is that of its end. Fields as in ContactStarted and ContactEnded; clip as in VoicemailRecorded,
    "" without a message. danger: the caller pressed 9.
    """

    KIND: ClassVar[str] = "call_found"
    linkedid: str
    caller_raw: str
    caller_e164: str
    did: str
    recording: str
    notice_version: str
    outcome: str
    clip: str = ""
    danger: bool = False
    cause: int = 0
    duration_ms: int = 0


HELD = "紧急预占"  # why a queue gives an agent no calls who is held for a caller in danger: no pause of their own


@dataclass(frozen=True, slots=True)
class AgentPhoneChanged:
    """What Asterisk says of an agent's phone and membership. contact id of the envelope is "".

    state: ready | paused | ringing | talking | wrapup | unreachable | offline. since is the envelope's time.
    reason: of a pause; HELD with ready and wrapup: free for the emergency queue alone.
    """

    KIND: ClassVar[str] = "agent_phone_changed"
    agent: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DutyTaken:
    """A duty phone took a round that crm asked for. contact id of the envelope is "".

    task: crm's id of the call-back; number: of the duty phone, as the trunk dials it.
    """

    KIND: ClassVar[str] = "duty_taken"
    task: str
    number: str


Fact = (
    ContactStarted
    | NodeEntered
    | TurnEnded
    | MatterOpened
    | TicketAsked
    | TicketUrged
    | SlotFilled
    | TicketOpened
    | SafetyRaised
    | SafetyCleared
    | CallbackRequested
    | CallbackRang
    | FollowUpRang
    | FollowUpTold
    | HandedOver
    | VoicemailRecorded
    | QueueJoined
    | AgentRinging
    | AgentRingEnded
    | AgentAnswered
    | TalkEnded
    | QueueLeft
    | ContactEnded
    | RecordingFinished
    | CallFound
    | AgentPhoneChanged
    | DutyTaken
)

FACTS: Mapping[str, type[Fact]] = {cls.KIND: cls for cls in Fact.__args__}
