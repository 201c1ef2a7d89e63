"""Events of a real Asterisk 22.10.1 with this dialplan (made-up numbers), and the ledger they are folded with."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivr.contract.facts import ContactEnded, Fact
from ivr.telephony.calls import CallLedger, Noted, QueueTimes
from ivr.telephony.events import AgentConnected, CallStarted, InvalidEvent, TelephonyEvent
from ivr.telephony.translate import translate

FOLDER = Path(__file__).parent / "recorded"
NOW = datetime(2026, 11, 22, 17, 45, tzinfo=UTC)
TIMES = {"repair": QueueTimes(8, 2), "emergency": QueueTimes(5, 0, keys=False)}


def ledger() -> CallLedger:
    """Return a ledger with the recorded stack's times."""
    return CallLedger(lambda raw: f"+86{raw}" if raw else "", notice_version="n1", times=TIMES)


def raw_events(name: str) -> list[dict[str, str]]:
    """Return the messages of one recording."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text().splitlines()]


def typed(name: str) -> list[TelephonyEvent]:
    """Return its events; none may be invalid."""
    events = [translate(raw, NOW) for raw in raw_events(name)]
    assert not [event for event in events if isinstance(event, InvalidEvent)]
    return [event for event in events if event is not None and not isinstance(event, InvalidEvent)]


def snapshot_rows(name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return recorded answers of CoreShowChannels and QueueStatus."""
    data = json.loads((FOLDER / f"snapshot-{name}.json").read_text())
    return data["CoreShowChannels"], data["QueueStatus"]


def call_facts(notes: Iterable[Noted]) -> list[Fact]:
    """Return the facts of contacts, without those of phones."""
    return [note.fact for note in notes if note.contact]


def phone_words(notes: Iterable[Noted]) -> list[str]:
    """Return the state words of phones, in order."""
    return [str(getattr(note.fact, "state", "")) for note in notes if not note.contact]


def fold(book: CallLedger, events: Sequence[TelephonyEvent]) -> list[Noted]:
    """Apply the events in turn and return all that was noted."""
    return [note for event in events for note in book.apply(event)]


def kinds(notes: Sequence[Noted]) -> list[str]:
    """Return the kinds of the calls' facts, in order."""
    return [fact.KIND for fact in call_facts(notes)]


def ended(notes: Sequence[Noted]) -> ContactEnded:
    """Return the one end of a contact among the notes."""
    (fact,) = [fact for fact in call_facts(notes) if isinstance(fact, ContactEnded)]
    return fact


def waiting() -> tuple[CallLedger, CallStarted]:
    """Return a ledger in which a caller waits while a phone rings."""
    book = ledger()
    events = typed("snapshots")
    ringing = next(index for index, event in enumerate(events) if isinstance(event, AgentConnected)) - 1
    fold(book, events[:ringing])
    start = next(event for event in events if isinstance(event, CallStarted))
    return book, start
