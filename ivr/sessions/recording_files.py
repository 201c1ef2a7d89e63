"""Looks for a call's recording after its hang-up and says whether it is there."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from ivr.contract.facts import RecordingFinished
from ivr.contract.ids import ContactId
from ivr.sessions.journal import Journal

log = structlog.get_logger(__name__)

_POLL_S = 0.25


class RecordingWatch:
    """`expect` a recording, `run` as a task. A file counts once its size stands still; none in time is a gap."""

    def __init__(
        self, folder: Path, journal: Journal, clock: Callable[[], datetime], *, patience_s: float = 5.0
    ) -> None:
        self._folder = folder
        self._journal = journal
        self._clock = clock
        self._patience_s = patience_s
        self._expected: asyncio.Queue[tuple[ContactId, str]] = asyncio.Queue()

    def expect(self, contact: ContactId, recording: str) -> None:
        """The call that this recording belongs to is over; "" means that none was begun."""
        if recording:
            self._expected.put_nowait((contact, recording))

    async def run(self) -> None:
        """Look for each expected recording, for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                contact, recording = await self._expected.get()
                group.create_task(self._look(contact, recording))

    async def _look(self, contact: ContactId, recording: str) -> None:
        size, deadline = -1, asyncio.get_running_loop().time() + self._patience_s
        while asyncio.get_running_loop().time() < deadline:
            seen = self._size(recording)
            if seen > 0 and seen == size:
                break
            size = seen
            await asyncio.sleep(_POLL_S)
        present = size > 0
        if not present:
            log.error("recording_missing", contact=contact)
        self._journal.fact(contact, RecordingFinished(recording, present, max(0, size)), self._clock())

    def _size(self, recording: str) -> int:
        """Return the size of the caller's leg in bytes, -1 when it is not there."""
        try:
            return (self._folder / f"{recording}-rx.wav").stat().st_size
        except (OSError, ValueError):
            return -1
