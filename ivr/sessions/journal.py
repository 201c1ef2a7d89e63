"""The journal of one ivr on disk: what is appended is fsynced before it is acted on, and read back after a restart."""

import asyncio
import contextlib
import fcntl
import itertools
import os
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from ivr.contract.dialogue import Input
from ivr.contract.envelope import Envelope
from ivr.contract.facts import Fact
from ivr.contract.ids import ContactId
from ivr.sessions.records import CallInfo, InvalidRecord, JournalState, decode_lines, encode_line
from ivr.sessions.wire import input_to_json

log = structlog.get_logger(__name__)

_SUFFIX = ".jsonl"
_RETRY_S = 1.0


class JournalUnavailable(Exception):
    """The disk did not take the records in time. They stay in memory, in order, and are written when it does."""


class JournalLocked(Exception):
    """Another process uses this journal's folder."""


@dataclass(slots=True)
class _Segment:
    """A file and why it must be kept."""

    path: Path
    contacts: set[ContactId] = field(default_factory=set)
    last_seq: int = 0
    head: bool = False  # begins with the state, so older files are not needed for it
    durable: bool = False


@dataclass(frozen=True, slots=True)
class _Write:
    index: int
    segment: _Segment
    data: bytes
    head: bool


class Journal:
    """Append, wait until durable, read the state. `run` must run as a task; group commit happens there.

    Appending never blocks and never fails; `durable` raises JournalUnavailable after `patience_s`.
    """

    def __init__(self, folder: Path, node: str, now: datetime, *, segment_bytes: int = 8_000_000) -> None:
        """Read what is there, raising JournalLocked or OSError; a torn or damaged line is counted and left out."""
        self.node = node
        self.state = JournalState()
        self.damaged = 0
        self.durable_index = 0
        self.durable_seq = 0
        self.grown = asyncio.Event()  # facts became durable; the shipper clears it
        self._folder = folder
        self._segment_bytes = segment_bytes
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(folder / "lock")
        self._segments: deque[_Segment] = deque(self._read())
        self.durable_index, self.durable_seq = self.state.index, self.state.seq
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._pending: deque[_Write] = deque()
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._wake = asyncio.Event()
        self._file: tuple[Path, int] | None = None
        self._size = 0
        self._begin(now)

    # ---- reading ----

    def _read(self) -> Iterator[_Segment]:
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            segment = _Segment(path, durable=True)
            for record in decode_lines(path.read_bytes()):
                self._fold(segment, record)
            yield segment
        if self.damaged:
            log.warning("journal_lines_damaged", count=self.damaged)

    def _fold(self, segment: _Segment, record: Mapping[str, Any] | None) -> None:
        try:
            if record is None:
                raise InvalidRecord("torn")
            self.state.apply(record)
        except InvalidRecord:
            self.damaged += 1
            return
        self._note(segment, record)

    def _note(self, segment: _Segment, record: Mapping[str, Any]) -> None:
        segment.head = segment.head or record["k"] == "head"
        if record["k"] in ("fact", "renumber"):
            segment.last_seq = max(segment.last_seq, record["env"]["seq"])
        if (contact := record.get("contact")) is not None:
            segment.contacts.add(contact)

    # ---- appending ----

    def _begin(self, now: datetime) -> None:
        """Start a segment; older ones that nothing needs any more are removed when it is durable."""
        self._segments.append(_Segment(self._fresh_path()))
        self._size = 0
        self._push(self.state.head(now))

    def _fresh_path(self) -> Path:
        """Return a path no segment has: in a container the process number is the same at every start."""
        known = {segment.path for segment in self._segments}
        stem = f"{self.state.index:015d}-{os.getpid()}"
        paths = (self._folder / f"{stem}-{n:06d}{_SUFFIX}" for n in itertools.count(len(self._segments)))
        return next(path for path in paths if path not in known and not path.exists())

    def _push(self, record: Mapping[str, Any]) -> None:
        segment = self._segments[-1]
        data = encode_line(record)
        self._size += len(data)
        self._note(segment, record)
        self._pending.append(_Write(record["i"], segment, data, record["k"] == "head"))
        self._wake.set()

    def _append(self, now: datetime, **fields: Any) -> int:
        if self._size > self._segment_bytes:
            self._begin(now)
        record = {"i": self.state.index + 1, **fields}
        self.state.apply(record)
        self._push(record)
        return self.state.index

    def open_contact(self, contact: ContactId, call: CallInfo, now: datetime) -> None:
        """A session of this contact begins (the first or a second)."""
        self._append(now, k="open", contact=contact, at=now.isoformat(), call=asdict(call))

    def input(self, contact: ContactId, item: Input, now: datetime) -> None:
        """Write an input of an open contact's dialogue."""
        self._append(now, k="input", contact=contact, at=now.isoformat(), input=input_to_json(item))

    def fact(self, contact: ContactId, fact: Fact, now: datetime, *, dialogue: int = 0) -> Envelope:
        """Write a fact with the next seq; `dialogue` counts the Save effects of the contact from 1, 0 for others."""
        envelope = Envelope(self.node, self.state.seq + 1, now, contact, fact)
        self._append(now, k="fact", d=dialogue, env=envelope.to_json())
        return envelope

    def dialogue_over(self, contact: ContactId, now: datetime) -> None:
        """The dialogue of an open contact came to its last effect."""
        self._append(now, k="over", contact=contact)

    def close_contact(self, contact: ContactId, now: datetime) -> None:
        """The caller's channel is gone and its facts are written."""
        self._append(now, k="close", contact=contact)

    def acked(self, seq: int, now: datetime) -> None:
        """Crm holds all facts up to `seq`."""
        self._append(now, k="ack", seq=seq)

    def refused(self, seq: int, reason: str, now: datetime) -> int:
        """Crm refused a ready fact: it and its contact's later ones are kept back; returns how many."""
        held = self.state.outbox.behind(seq)  # written again: the records they came in may go
        self._append(now, k="refuse", seq=seq, reason=reason, held=[envelope.to_json() for envelope in held])
        return len(held)

    def release(self, now: datetime) -> int:
        """Ship what was kept back once more; returns how many facts that is."""
        count = len(self.state.outbox.held)
        if count:
            self._append(now, k="again")
        return count

    def renumber(self, seq: int, above: int, now: datetime) -> int:
        """Give a ready fact and its contact's later ones, which crm does not hold, numbers over `above`; how many."""
        moved = self.state.outbox.behind(seq)
        for number, envelope in enumerate(moved, max(above, self.state.seq) + 1):
            self._append(now, k="renumber", old=envelope.seq, env=replace(envelope, seq=number).to_json())
        return len(moved)

    def block(self, first: int, size: int, now: datetime) -> None:
        """A block of ticket serials was leased."""
        self._append(now, k="block", first=first, size=size)

    def number(self, serial: int, now: datetime) -> None:
        """A ticket serial was taken."""
        self._append(now, k="number", serial=serial)

    def command(self, command_id: str, deadline: datetime, now: datetime) -> None:
        """A command is about to be executed."""
        self._append(now, k="command", id=command_id, deadline=deadline.isoformat())

    async def durable(self, patience_s: float = 2.0) -> None:
        """Return when all that was appended until now is on disk; raises JournalUnavailable after `patience_s`."""
        if self.durable_index >= self.state.index and not self._pending:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self.state.index, future))
        try:
            async with asyncio.timeout(patience_s):
                await future
        except TimeoutError:
            raise JournalUnavailable(f"not durable within {patience_s:g} s") from None

    # ---- writing ----

    async def run(self) -> None:
        """Write what is appended, for ever; on a disk error keep it and try again in a fresh file."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._pending:
                if not await self._flush():
                    await asyncio.sleep(_RETRY_S)

    async def _flush(self) -> bool:
        batch = list(self._pending)
        seq = self.state.seq
        try:
            await asyncio.get_running_loop().run_in_executor(self._executor, self._write, batch)
        except OSError as error:
            log.exception("journal_write_failed", errno=error.errno, pending=len(batch))
            self._move_on()
            return False
        for item in batch:
            item.segment.durable = True
            self._pending.popleft()
        self.durable_index = max(self.durable_index, batch[-1].index)
        self.durable_seq = max(self.durable_seq, seq)
        self.grown.set()
        while self._waiting and self._waiting[0][0] <= self.durable_index:
            _, future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
        self._prune()
        return True

    def _write(self, batch: list[_Write]) -> None:
        """In the writer thread: write and fsync; one fsync per file."""
        start = 0
        while start < len(batch):
            path = batch[start].segment.path
            end = start
            while end < len(batch) and batch[end].segment.path == path:
                end += 1
            _write_all(self._opened(path), b"".join(item.data for item in batch[start:end]))
            start = end

    def _opened(self, path: Path) -> int:
        if self._file is not None and self._file[0] == path:
            return self._file[1]
        self._release_file()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = (path, descriptor)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return descriptor

    def _release_file(self) -> None:
        if self._file is not None:
            os.close(self._file[1])
            self._file = None

    def _move_on(self) -> None:
        """After a failed write: the same records go to a fresh file; the reader drops by index what it sees twice."""
        with contextlib.suppress(OSError):
            self._release_file()
        failed = self._segments[-1]
        stem = failed.path.stem.split("~")
        count = int(stem[1]) + 1 if len(stem) > 1 else 1
        fresh = _Segment(self._folder / f"{stem[0]}~{count:06d}{_SUFFIX}", set(failed.contacts), failed.last_seq)
        fresh.head = any(item.head for item in self._pending)
        self._segments.append(fresh)
        self._pending = deque(_Write(item.index, fresh, item.data, item.head) for item in self._pending)

    def _prune(self) -> None:
        """Remove the oldest files that hold no fact never shipped and no open contact, once a later head is on disk."""
        while any(later.head and later.durable for later in itertools.islice(self._segments, 1, None)):
            oldest = self._segments[0]
            if oldest.last_seq > self.state.acked or oldest.contacts & self.state.contacts.keys():
                return
            with contextlib.suppress(FileNotFoundError):
                oldest.path.unlink()
            self._segments.popleft()

    async def close(self) -> None:
        """Write what is pending and release the folder; the last call."""
        if self._pending:
            await self._flush()
        self._executor.shutdown(wait=True)
        self._release_file()
        os.close(self._lock)


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise JournalLocked(f"{path.parent.name}: in use by another process") from None
    return descriptor


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)
