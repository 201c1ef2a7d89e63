"""The journal's records: JSON lines with a checksum, and the state they fold into. Pure: no clock, no file."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ivr.contract.dialogue import Input, Returned
from ivr.contract.envelope import Envelope, InvalidFact, parse_envelope
from ivr.contract.facts import (
    AgentAnswered,
    AgentRingEnded,
    AgentRinging,
    ContactStarted,
    QueueJoined,
    QueueLeft,
    TalkEnded,
)
from ivr.contract.ids import ContactId
from ivr.sessions.outbox import Outbox
from ivr.sessions.wire import InvalidMessage, input_from_json
from ivr.telephony.dangers import danger_after

_COMMANDS_KEPT = timedelta(minutes=10)  # far beyond any deadline that is accepted
_DANGERS_KEPT = timedelta(hours=1)  # far beyond any hold; the end of a call that no session had may never be told

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What is known of a contact when it begins; channel and uniqueid are those of the newest session."""

    linkedid: str
    uniqueid: str
    channel: str
    caller_e164: str
    did: str
    recording: str
    program: str = ""  # fingerprint of the flow documents it was begun with


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A queue visit whose end is not written. since: when it was joined, or answered (agent set).

    ringing: agents whose phones ring for it, since when.
    """

    queue: str
    since: datetime
    agent: str = ""
    ringing: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class OpenContact:
    """A contact whose channel is not known to be gone, as the journal holds it."""

    contact: ContactId
    opened_at: datetime
    call: CallInfo
    inputs: list[Input] = field(default_factory=list)
    dialogue_facts: int = 0  # how many Save effects of the dialogue are facts already
    announced: bool = False  # ContactStarted is written
    joins: int = 0  # queue visits so far
    visits: dict[str, OpenVisit] = field(default_factory=dict)  # without an end
    over: bool = False  # the dialogue came to its last effect


@dataclass(slots=True)
class JournalState:
    """The fold of all records. Every record only moves it forward, so one that is read twice does no harm."""

    index: int = 0  # of the last record
    seq: int = 0  # of the last fact
    outbox: Outbox = field(default_factory=Outbox)
    contacts: dict[ContactId, OpenContact] = field(default_factory=dict)
    pool: dict[int, tuple[int, int]] = field(default_factory=dict)  # first serial -> (next free, end)
    commands: dict[str, datetime] = field(default_factory=dict)  # executed ids and their deadlines
    dangers: dict[ContactId, datetime] = field(default_factory=dict)  # who is in danger with nobody yet, since when

    @property
    def acked(self) -> int:
        """Crm holds every fact up to here, but for those in the outbox."""
        return self.outbox.acked

    @property
    def facts(self) -> Mapping[int, Envelope]:
        """Facts to be shipped, by seq, in order."""
        return self.outbox.ready

    def apply(self, record: Record) -> None:
        """Fold one record. Raises InvalidRecord, with the state unchanged, when it does not fit."""
        try:
            index = _int(record, "i")
            if record["k"] == "head":
                if index >= self.index:  # else written before what we have read: its facts may have moved on
                    self._head(record)
            elif index > self.index:
                self._one(record)
            self.index = max(self.index, index)
        except (KeyError, TypeError, ValueError, InvalidMessage, InvalidFact) as error:
            raise InvalidRecord(f"record: {type(error).__name__}") from error

    def _head(self, record: Record) -> None:
        commands = {str(key): datetime.fromisoformat(value) for key, value in record["commands"].items()}
        pool = [(int(first), int(free), int(end)) for first, free, end in record["pool"]]
        seq, acked = _int(record, "seq"), _int(record, "acked")
        self.outbox.read_head(record, acked)
        self.seq = max(self.seq, seq)
        self.commands.update(commands)
        for first, free, end in pool:
            self._serial(first, free, end)

    def _one(self, record: Record) -> None:
        kind = record["k"]
        match kind:
            case "fact":
                self._fact(record)
            case "input":
                item = input_from_json(record["input"])
                contact = self._contact(record)
                contact.inputs.append(item)
                contact.over = contact.over and not isinstance(item, Returned)
            case "open":
                self._open(record)
            case "over":
                self._contact(record).over = True
            case "close":
                self.contacts.pop(ContactId(record["contact"]), None)
            case "ack":
                self.outbox.ack(_int(record, "seq"))
            case "refuse":
                held = [parse_envelope(raw) for raw in record["held"]]
                self.outbox.hold(held, _int(record, "seq"), str(record["reason"]))
            case "again":
                self.outbox.release()
            case "renumber":
                self._renumber(record)
            case "block":
                first = _int(record, "first")
                self._serial(first, first, first + _int(record, "size"))
            case "number":
                self._taken(_int(record, "serial"))
            case "command":
                self._command(str(record["id"]), datetime.fromisoformat(record["deadline"]))
            case _:
                raise InvalidMessage("unknown kind of record")

    def _fact(self, record: Record) -> None:
        envelope = parse_envelope(record["env"])
        dialogue = _int(record, "d")
        if dialogue and (contact := self.contacts.get(envelope.contact)) is not None:
            contact.dialogue_facts = max(contact.dialogue_facts, dialogue)
        if envelope.contact in self.contacts:
            _follow(self.contacts[envelope.contact], envelope)
        self._danger(envelope)
        self.seq = max(self.seq, envelope.seq)
        self.outbox.add(envelope)

    def _danger(self, envelope: Envelope) -> None:
        before = self.dangers.pop(envelope.contact, None)
        after = danger_after(before, envelope.fact, envelope.at)
        if after is None:
            return
        for old in [contact for contact, since in self.dangers.items() if since < after - _DANGERS_KEPT]:
            del self.dangers[old]
        self.dangers[envelope.contact] = after

    def _renumber(self, record: Record) -> None:
        envelope = parse_envelope(record["env"])
        self.outbox.renumber(_int(record, "old"), envelope)
        self.seq = max(self.seq, envelope.seq)

    def _open(self, record: Record) -> None:
        contact = ContactId(record["contact"])
        call = CallInfo(**{str(key): str(value) for key, value in record["call"].items()})
        opened_at = datetime.fromisoformat(record["at"])
        if (known := self.contacts.get(contact)) is not None:
            known.call = call  # a second session of the same contact
        else:
            self.contacts[contact] = OpenContact(contact, opened_at, call)

    def _contact(self, record: Record) -> OpenContact:
        return self.contacts[ContactId(record["contact"])]

    def _command(self, command_id: str, deadline: datetime) -> None:
        for old in [key for key, at in self.commands.items() if at < deadline - _COMMANDS_KEPT]:
            del self.commands[old]
        self.commands[command_id] = deadline

    def _serial(self, first: int, free: int, end: int) -> None:
        known = self.pool.get(first)
        free = max(free, known[0]) if known else free
        if free < end:
            self.pool[first] = (free, end)
        else:
            self.pool.pop(first, None)

    def _taken(self, serial: int) -> None:
        for first, (free, end) in list(self.pool.items()):
            if free <= serial < end:
                self._serial(first, serial + 1, end)

    def head(self, now: datetime) -> dict[str, Any]:
        """Return the record that begins a segment: all but contacts and facts that were never shipped."""
        return {
            "i": self.index,
            "k": "head",
            "seq": self.seq,
            **self.outbox.head(),
            "pool": [[first, free, end] for first, (free, end) in self.pool.items()],
            "commands": {key: at.isoformat() for key, at in self.commands.items() if at > now},
        }


def _follow(contact: OpenContact, envelope: Envelope) -> None:
    """Keep what a restarted ivr must know of a contact's facts."""
    match envelope.fact:
        case ContactStarted():
            contact.announced = True
        case QueueJoined(visit=visit, queue=queue):
            contact.joins += 1
            contact.visits[visit] = OpenVisit(queue, envelope.at)
        case AgentRinging(visit=visit, agent=agent) if visit in contact.visits:
            contact.visits[visit].ringing[agent] = envelope.at
        case AgentRingEnded(visit=visit, agent=agent) if visit in contact.visits:
            contact.visits[visit].ringing.pop(agent, None)
        case AgentAnswered(visit=visit, queue=queue, agent=agent):
            contact.visits[visit] = OpenVisit(queue, envelope.at, agent)
        case QueueLeft(visit=visit) | TalkEnded(visit=visit):
            contact.visits.pop(visit, None)


class InvalidRecord(ValueError):
    """A record that does not fit; the text never holds a value."""


def encode_line(record: Record) -> bytes:
    """Return the record as one line with its checksum."""
    text = json.dumps(record, separators=(",", ":"))
    crc = zlib.crc32(text.encode("ascii"))
    return f'{{"crc":"{crc:08x}","rec":{text}}}\n'.encode()


_PREFIX = len('{"crc":"00000000","rec":')


def decode_line(line: bytes) -> Record | None:
    """Return the record of one line without its newline; None when it is torn or damaged."""
    head, body = line[:_PREFIX], line[_PREFIX:-1]
    if not head.startswith(b'{"crc":"') or not line.endswith(b"}"):
        return None
    if head != f'{{"crc":"{zlib.crc32(body):08x}","rec":'.encode():
        return None
    try:
        record = json.loads(body)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def decode_lines(data: bytes) -> Iterator[Record | None]:
    """Yield each line's record, None for a damaged one. A last line without newline is torn: it yields None too."""
    lines = data.split(b"\n")
    torn = lines.pop()
    for line in lines:
        yield decode_line(line)
    if torn:
        yield None


def _int(record: Record, name: str) -> int:
    value = record[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidMessage(f"{name}: expected a number")
    return value
