"""AMI messages to typed events; the only reader of Asterisk's field names. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from ivr.telephony.events import (
    AgentCalled,
    AgentCompleted,
    AgentConnected,
    AgentLeg,
    AgentRingCanceled,
    AgentRingNoAnswer,
    CallEnded,
    CallerAbandoned,
    CallerJoinedQueue,
    CallerLeftQueue,
    CallPlaced,
    CallStarted,
    ChannelHungUp,
    ContactStatus,
    DialAnswered,
    DutyPhoneTook,
    EmergencyBegun,
    HangupRequested,
    InvalidEvent,
    Kept,
    MemberStateChanged,
    MusicChanged,
    Snapshot,
    TelephonyEvent,
)

_CHANNEL_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,32}")
_CONTACT = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_TAKEN = re.compile(r"([0-9a-f]{32}):([0-9+*#]{1,20}):([0-9]{10})")  # see HL_TAKEN
_RECORDING = re.compile(r"[0-9a-fA-F-]{0,64}")
_ACTION = re.compile(r"[0-9A-Za-z._/-]{1,128}")
_NUMBER = re.compile(r"[0-9+*#]{0,20}")
_INTERFACE = re.compile(r"(?:PJSIP/|Local/)([0-9A-Za-z_-]{1,32})(?:@[0-9A-Za-z_-]{1,64})?(?:/n)?")
_AGENT_CHANNEL = re.compile(r"PJSIP/([0-9A-Za-z_]{1,32})-[0-9a-f]+")
_SECONDS = re.compile(r"(?:[0-9]{1,10}\.[0-9]{3})?")
_STAGE = re.compile(r"[a-z]{0,16}")
_MAX_REASON = 64
_SKEW_S = 86_400.0


class _Bad(Exception):
    """A field is missing or has not its shape."""


class _Fields:
    """Reads fields of one message, each by its shape."""

    def __init__(self, raw: Mapping[str, str], now: datetime) -> None:
        self._raw = raw
        self.at = self._time(now)

    def _time(self, now: datetime) -> datetime:
        """Return Asterisk's own time stamp, or `now` when there is none that can be true."""
        try:
            at = datetime.fromtimestamp(float(self._raw["Timestamp"]), UTC)
        except (KeyError, ValueError, OverflowError, OSError):
            return now
        return at if abs((now - at).total_seconds()) < _SKEW_S else now

    def text(self, key: str, shape: re.Pattern[str], default: str | None = None) -> str:
        value = self._raw.get(key, default)
        if value is None or not shape.fullmatch(value):
            raise _Bad(key)
        return value

    def number(self, key: str, default: int | None = None) -> int:
        value = self._raw.get(key, "")
        if not value and default is not None:
            return default
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise _Bad(key)
        return int(value)

    def caller(self) -> tuple[datetime, str, str]:
        """Return at, linkedid and uniqueid: the first three fields of every call event."""
        return self.at, self.text("Linkedid", _CHANNEL_ID), self.text("Uniqueid", _CHANNEL_ID)

    def queue(self) -> str:
        return self.text("Queue", _WORD)

    def agent(self, key: str = "Interface") -> str:
        match = _INTERFACE.fullmatch(self._raw.get(key, ""))
        if match is None:
            raise _Bad(key)
        return match[1]

    def leg(self) -> tuple[str, str, str]:
        """Return queue, agent and the uniqueid of the agent's channel."""
        return self.queue(), self.agent(), self.text("DestUniqueid", _CHANNEL_ID)

    def agent_leg(self) -> dict[str, AgentLeg]:
        """Return the leg that a channel of CoreShowChannels is by its uniqueid, {} when no queue made it."""
        match = _AGENT_CHANNEL.fullmatch(self._raw.get("Channel", ""))
        if match is None or self._raw.get("Application") != "AppQueue":
            return {}
        leg = AgentLeg(self.text("Linkedid", _CHANNEL_ID), match[1], bool(self._raw.get("BridgeId")))
        return {self.text("Uniqueid", _CHANNEL_ID): leg}

    def who(self) -> tuple[str, str, str, str]:
        """Return contact, caller, did and recording of one of the dialplan's user events."""
        return (
            self.text("Contact", _CONTACT),
            self.text("Caller", _NUMBER, ""),
            self.text("Did", _NUMBER, ""),
            self.text("Recording", _RECORDING, ""),
        )

    def kept(self) -> Kept | None:
        """Return the place that was kept; None when none was told."""
        since = self.text("Since", _SECONDS, "")
        if not since:
            return None
        return Kept(self.queue(), self.number("Prio", 0), datetime.fromtimestamp(float(since), UTC))

    def taken(self) -> DutyPhoneTook:
        if not (rounds := rounds_taken(self.raw("Taken"))):
            raise _Bad("Taken")
        return rounds[0]

    def raw(self, key: str) -> str:
        return self._raw.get(key, "")


def translate(raw: Mapping[str, str], now: datetime) -> TelephonyEvent | InvalidEvent | None:
    """Return what the message means; None when nobody needs it, InvalidEvent when it cannot be used at all."""
    name = raw.get("Event", "")
    reader = _READERS.get(name)
    if reader is None:
        return None
    try:
        return reader(_Fields(raw, now))
    except _Bad as bad:
        return InvalidEvent(name, str(bad))


def snapshot(
    channels: Iterable[Mapping[str, str]], queues: Iterable[Mapping[str, str]], now: datetime
) -> tuple[Snapshot, tuple[InvalidEvent, ...]]:
    """Return the answers of CoreShowChannels and QueueStatus as a snapshot, and the rows that could not be used."""
    alive: set[str] = set()
    waiting: dict[tuple[str, str], datetime] = {}
    members: list[MemberStateChanged] = []
    legs: dict[str, AgentLeg] = {}
    invalid: list[InvalidEvent] = []
    for row in (*channels, *queues):
        fields = _Fields(row, now)
        try:
            match row.get("Event"):
                case "CoreShowChannel":
                    alive.add(fields.text("Uniqueid", _CHANNEL_ID))
                    legs |= fields.agent_leg()
                case "QueueEntry":
                    who = fields.queue(), fields.text("Uniqueid", _CHANNEL_ID)
                    waiting[who] = now - timedelta(seconds=fields.number("Wait", 0))
                case "QueueMember":
                    members.append(_membership(fields, "Location"))
        except _Bad as bad:
            invalid.append(InvalidEvent(row.get("Event", ""), str(bad)))
    return Snapshot(frozenset(alive), waiting, tuple(members), legs), tuple(invalid)


def rounds_taken(kept: str) -> list[DutyPhoneTook]:
    """Read HL_DUTY_TAKEN, oldest first; what has not the shape of a HL_TAKEN is left out."""
    shaped = [match for word in reversed(kept.split()) if (match := _TAKEN.fullmatch(word))]
    return [DutyPhoneTook(datetime.fromtimestamp(int(match[3]), UTC), match[1], match[2]) for match in shaped]


def _user_event(fields: _Fields) -> TelephonyEvent | None:
    match fields.raw("UserEvent"):
        case "HLContact":
            callback = fields.raw("Callback") == "yes"
            return CallStarted(*fields.caller(), *fields.who(), callback=callback, kept=fields.kept())
        case "HLEmergency":
            return EmergencyBegun(*fields.caller(), fields.text("Contact", _CONTACT))
        case "HLDutyTaken":
            return fields.taken()
        case "HLEnded":
            stage = fields.text("Stage", _STAGE, "")
            queue = fields.text("Queue", _STAGE, "")
            voicemail = fields.number("Voicemail", 0) > 0
            cause = fields.number("Cause", 0)
            danger = fields.number("Danger", 0) > 0
            return CallEnded(*fields.caller(), *fields.who(), stage, queue, voicemail, cause, danger)
        case _:
            return None


def _completed(fields: _Fields) -> AgentCompleted:
    by = fields.raw("Reason")
    by = by if by in ("caller", "agent", "transfer") else "caller"
    return AgentCompleted(
        *fields.caller(), *fields.leg(), fields.number("HoldTime", 0), fields.number("TalkTime", 0), by
    )


def _dial_end(fields: _Fields) -> AgentRingCanceled | DialAnswered | None:
    # every other status of a queue's leg comes with AgentRingNoAnswer; a call we originate has no Uniqueid here
    if not fields.raw("Uniqueid"):
        return None
    match fields.raw("DialStatus"):
        case "CANCEL":
            return AgentRingCanceled(*fields.caller(), fields.text("DestUniqueid", _CHANNEL_ID))
        case "ANSWER":
            return DialAnswered(*fields.caller(), fields.text("DestUniqueid", _CHANNEL_ID))
        case _:
            return None


def _placed(fields: _Fields) -> CallPlaced:
    # Reason: the last control frame of the channel; 4 answered, 5 busy, 1 hung up and 3 still ringing at the end
    ends = {"4": "answered", "5": "busy", "1": "no_answer", "3": "no_answer"}
    answered = fields.raw("Response") == "Success"
    end = "answered" if answered else ends.get(fields.raw("Reason"), "failed")
    return CallPlaced(fields.at, fields.text("ActionID", _ACTION), end)


def _membership(fields: _Fields, interface: str, *, member: bool = True) -> MemberStateChanged:
    reason = "".join(char for char in fields.raw("PausedReason")[:_MAX_REASON] if char.isprintable())
    paused = fields.number("Paused", 0) == 1
    return MemberStateChanged(
        fields.at, fields.agent(interface), fields.queue(), member, paused, reason, fields.number("Status", 0)
    )


def _member(fields: _Fields) -> MemberStateChanged:
    return _membership(fields, "Interface")


def _music(fields: _Fields) -> MusicChanged:
    return MusicChanged(fields.at, fields.text("Uniqueid", _CHANNEL_ID), fields.raw("Event") == "MusicOnHoldStart")


def _contact_status(fields: _Fields) -> ContactStatus:
    return ContactStatus(
        fields.at, fields.text("EndpointName", _WORD), fields.raw("ContactStatus") in ("Reachable", "NonQualified")
    )


_READERS: Mapping[str, Callable[[_Fields], TelephonyEvent | None]] = {
    "UserEvent": _user_event,
    "QueueCallerJoin": lambda f: CallerJoinedQueue(*f.caller(), f.queue(), f.number("Position", 0)),
    "QueueCallerLeave": lambda f: CallerLeftQueue(*f.caller(), f.queue(), f.number("Position", 0)),
    "QueueCallerAbandon": lambda f: CallerAbandoned(*f.caller(), f.queue(), f.number("Position", 0)),
    "AgentCalled": lambda f: AgentCalled(*f.caller(), *f.leg()),
    "AgentRingNoAnswer": lambda f: AgentRingNoAnswer(*f.caller(), *f.leg(), f.number("RingTime", 0)),
    "AgentConnect": lambda f: AgentConnected(*f.caller(), *f.leg(), f.number("HoldTime", 0)),
    "AgentComplete": _completed,
    "DialEnd": _dial_end,
    "OriginateResponse": _placed,
    "HangupRequest": lambda f: HangupRequested(*f.caller()),
    "SoftHangupRequest": lambda f: HangupRequested(*f.caller()),
    "Hangup": lambda f: ChannelHungUp(*f.caller(), f.number("Cause", 0)),
    "QueueMemberAdded": _member,
    "QueueMemberStatus": _member,
    "QueueMemberPause": _member,
    "QueueMemberRemoved": lambda f: _membership(f, "Interface", member=False),
    "ContactStatus": _contact_status,
    "MusicOnHoldStart": _music,
    "MusicOnHoldStop": _music,
}
