"""Events of a real Asterisk 22.10.1 with this dialplan (made-up numbers), and the ledger they are folded with."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivr.contract.facts import Fact
from ivr.telephony.calls import CallLedger, Noted, QueueTimes
from ivr.telephony.events import InvalidEvent, TelephonyEvent
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
