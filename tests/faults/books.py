"""The books of one call, compared: Asterisk's queue log and call records, ivr's journal, the facts and rows of crm."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ivr.sessions.records import decode_lines
from ops.stack.supervisor import wait_until
from tests.faults.stack import FaultStack

_LOG_S = 5.0
# how a stay in a queue ended: Asterisk's word -> crm's
_ENDS: Mapping[str, str] = {
    "ABANDON": "abandoned",
    "CONNECT": "answered",
    "EXITWITHTIMEOUT": "timeout",
    "EXITWITHKEY": "key",
    "EXITEMPTY": "empty",
}
_CDR = ("start", "answer", "end", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "duration", "billsec",
        "disposition", "uniqueid", "linkedid", "userfield")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Books:
    """What each book says of one contact.

    ends: of its stays in queues. uncertain: stays of which crm does not know the end. facts, journal: (seq, kind).
    """

    outcome: str
    started_at: datetime
    entered: int
    logged_ends: list[str]
    crm_ends: list[str]
    uncertain: int
    records: list[Mapping[str, str]]
    facts: dict[int, tuple[str, Any]]
    journal: dict[int, tuple[str, Any]]
    tickets: list[str]
    callback: list[str]
    recorded: list[bool]


def read_books(stack: FaultStack, contact: str, *, records: bool = True) -> Books:
    """Read all books; records: wait for Asterisk's call records too."""
    outcome, started_at, linkedids = stack.query(
        "SELECT outcome, started_at, linkedids FROM contacts WHERE id = %s", contact
    )[0]
    (linkedid,) = set(linkedids)
    if records:
        assert wait_until(lambda: bool(_records(stack, linkedid)), _LOG_S), f"no call record of {linkedid}"
    words = _queue_log(stack, linkedid)
    visits = [str(row[0]) for row in stack.query(
        "SELECT outcome FROM visits WHERE contact_id = %s ORDER BY joined_at, id", contact)]  # fmt: skip
    facts = stack.query("SELECT seq, kind, data FROM facts WHERE contact = %s", contact)
    reasons = stack.query("SELECT reasons FROM callback_tasks JOIN callback_asked ON callback_tasks.id = task_id"
                          " WHERE callback_asked.contact_id = %s AND done_at IS NULL", contact)  # fmt: skip
    return Books(
        outcome,
        started_at,
        words.count("ENTERQUEUE"),
        [_ENDS[word] for word in words if word in _ENDS],
        [end for end in visits if end != "uncertain"],
        visits.count("uncertain"),
        _records(stack, linkedid),
        {seq: (kind, data) for seq, kind, data in facts},
        _journal(stack, contact),
        [str(row[0]) for row in stack.query("SELECT no FROM tickets WHERE contact_id = %s", contact)],
        [reason for row in reasons for reason in row[0]],
        [bool(row[0]) for row in stack.query("SELECT present FROM recordings WHERE contact_id = %s", contact)],
    )


def check_books(stack: FaultStack, books: Books) -> None:
    """Assert that they agree; only a stay that crm calls uncertain may be told otherwise by Asterisk."""
    said = str(books)
    count, highest = stack.query("SELECT count(*), max(seq) FROM facts")[0]
    assert count == highest, "facts are missing in crm"
    assert stack.query("SELECT kind, reason FROM facts WHERE status = 'rejected'") == []
    assert books.journal, "the journal does not know the call"
    assert books.journal.items() <= books.facts.items(), said

    kinds = [kind for kind, _data in books.facts.values()]
    assert kinds.count("contact_ended") == 1, said
    assert [data["outcome"] for kind, data in books.facts.values() if kind == "contact_ended"] == [books.outcome]
    assert [data["resumed"] for kind, data in books.facts.values() if kind == "contact_started"].count(False) == 1, said
    opened = {data["number"] for kind, data in books.facts.values() if kind == "ticket_opened"}
    assert sorted(opened) == sorted(books.tickets), said

    if books.uncertain:
        assert _within(books.crm_ends, books.logged_ends), said
        assert len(books.crm_ends) + books.uncertain >= books.entered, said
    else:
        assert books.crm_ends == books.logged_ends, said
        assert len(books.crm_ends) == books.entered, said
    if books.records:
        _check_records(books, said)


def _check_records(books: Books, said: str) -> None:
    """The caller's leg lasted while crm saw the call; an agent's is answered if one talked.

    Asterisk calls the leg of a caller who was answered by the hotline, but by no agent in the queue, NO ANSWER.
    """
    start = min(_time(record["start"]) for record in books.records)
    end = max(_time(record["end"]) for record in books.records)
    assert start <= books.started_at <= end, said
    with_agent = any(record["dstchannel"] and record["disposition"] == "ANSWERED" for record in books.records)
    assert with_agent == ("answered" in books.logged_ends), said


def _within(part: list[str], whole: list[str]) -> bool:
    """Tell whether `part` stands in `whole` in its order, with others between."""
    rest = iter(whole)
    return all(word in rest for word in part)


def _queue_log(stack: FaultStack, call: str) -> list[str]:
    """Return the events of the call, in order: time|call|queue|agent|event|..."""
    text = (stack.layout.instance("pbx") / "log/queue_log").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines()]
    return [row[4] for row in rows if len(row) > 4 and row[1] == call]


def _records(stack: FaultStack, linkedid: str) -> list[Mapping[str, str]]:
    path = stack.layout.instance("pbx") / "log/cdr-custom/Hotline.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = [dict(zip(_CDR, row, strict=False)) for row in csv.reader(file)]
    return [row for row in rows if row.get("linkedid") == linkedid]


def _journal(stack: FaultStack, contact: str) -> dict[int, tuple[str, Any]]:
    """Return the contact's facts in ivr's journal on disk, seq -> (kind, data)."""
    lines = [
        record for path in sorted(stack.layout.journal.glob("*.jsonl")) for record in decode_lines(path.read_bytes())
    ]
    envelopes = [record["env"] for record in lines if record is not None and record["k"] == "fact"]
    return {env["seq"]: (env["kind"], env["data"]) for env in envelopes if env["contact"] == contact}


def _time(seconds: str) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
