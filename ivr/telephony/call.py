"""One call as the ledger holds it, and the rule of its outcome. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ivr.contract.facts import Fact
from ivr.telephony.events import CallEnded, CallStarted
from ivr.telephony.visits import Visit


class DialogueEnd(StrEnum):
    """How the AGI session's dialogue ended."""

    REPORTED = "reported"
    SERVED = "served"  # answered, urged, solved or called off, with nothing left to do for the caller
    HUNG_UP = "hung_up"
    MISSED = "missed"  # hung up before any slot or statement
    VOICEMAIL = "voicemail"  # a message was recorded in the dialogue
    CALLBACK = "callback"  # left the queue, or found nobody, and is called when it is their turn
    HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True)
class QueueTimes:
    """What a queue is built with: seconds until the dialplan takes the caller out, wrap-up, whether keys lead out."""

    timeout_s: float = 90
    wrapup_s: float = 10
    keys: bool = True


@dataclass(slots=True)
class Call:
    """Everything known of one linkedid."""

    linkedid: str
    uniqueid: str
    began: datetime
    contact: str = ""
    known_to_agi: bool = False
    announced: bool = False
    dialogue: DialogueEnd | None = None
    source: CallStarted | CallEnded | None = None
    ended: CallEnded | None = None
    hangup_requested: bool = False
    endangered: bool = False  # on the emergency path
    answered_directly: bool = False  # by somebody dialed without a queue: the duty phone
    gone: tuple[datetime, int] | None = None
    lost: str = ""  # cut | uncertain: found gone by a snapshot
    joins: int = 0
    callback: bool = False  # we called
    visits: list[Visit] = field(default_factory=list)
    held: list[tuple[datetime, Fact]] = field(default_factory=list)  # until the contact is known


CALLBACKS = {"abandoned": "abandoned", "cut": "cut", "handed_over_lost": "no_agent"}
_BEFORE_NOTICE = ("opening", "busy")
_BY_STAGE = {"ivr": "hung_up", "queue": "handed_over_lost", "emergency": "handed_over_lost", "callback": "hung_up"}


def heard_notice(call: Call) -> bool:
    """Tell whether a call that no session spoke with has heard the recording notice to its end.

    Who is turned away, or hangs up in the opening, has not; nor, it may be, who pressed the key for danger.
    """
    return not call.endangered and (call.ended is None or call.ended.stage not in _BEFORE_NOTICE)


def outcome_of(call: Call) -> str:
    """Return the one outcome: the best thing that happened to the caller, as far as it is known."""
    ends = [visit.end for visit in call.visits]
    if "talked" in ends or call.answered_directly:
        return "talked"
    if call.dialogue is DialogueEnd.VOICEMAIL or (call.ended is not None and call.ended.voicemail):
        return "voicemail"
    if call.dialogue is DialogueEnd.CALLBACK:
        return "callback"
    unfinished = bool(ends) or call.dialogue in (None, DialogueEnd.HANDED_OVER)
    if call.lost and unfinished:
        return call.lost
    if "uncertain" in ends:
        return "uncertain"
    if ends:
        return "abandoned"
    if call.dialogue is DialogueEnd.HANDED_OVER:
        return "handed_over_lost"
    if call.dialogue is not None:
        return call.dialogue.value
    return _BY_STAGE.get(call.ended.stage if call.ended else "", "missed")
