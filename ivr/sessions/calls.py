"""The sessions that run now: one per contact; a newer session of the same contact takes over from the older."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from ivr.contract.ids import ContactId

log = structlog.get_logger(__name__)

_TAKE_OVER_S = 3.0


@dataclass(slots=True)
class RunningCall:
    """One session. moved: we sent its channel elsewhere, so the end of AGI is no hang-up. gone: Asterisk said so."""

    contact: ContactId
    channel: str
    uniqueid: str
    moved: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    uses_speech: bool = False


class Calls:
    """Registry of running sessions."""

    def __init__(self) -> None:
        self._running: dict[ContactId, RunningCall] = {}
        self._tasks: dict[ContactId, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        return len(self._running)

    def get(self, contact: ContactId) -> RunningCall | None:
        """Return the session of this contact that runs now."""
        return self._running.get(contact)

    def in_speech(self) -> list[RunningCall]:
        """Return the sessions whose channel may sit in AudioSocket."""
        return [call for call in self._running.values() if call.uses_speech and not call.moved]

    def by_uniqueid(self, uniqueid: str) -> RunningCall | None:
        """Return the session of this caller's channel."""
        return next((call for call in self._running.values() if call.uniqueid == uniqueid), None)

    async def run(self, call: RunningCall, body: Callable[[RunningCall], Awaitable[None]]) -> None:
        """Run a session to its end, after the older one of the same contact has stopped."""
        await self._take_over(call.contact)

        async def whole() -> None:
            await body(call)

        task = asyncio.create_task(whole(), name=f"call-{call.contact}")
        self._running[call.contact], self._tasks[call.contact] = call, task
        try:
            async with _cancelling(task):
                await asyncio.wait([task])
        finally:
            if self._running.get(call.contact) is call:
                del self._running[call.contact], self._tasks[call.contact]
            call.ended.set()
        if not task.cancelled():
            task.result()

    async def _take_over(self, contact: ContactId) -> None:
        older, task = self._running.get(contact), self._tasks.get(contact)
        if older is None or task is None:
            return
        log.info("session_taken_over", contact=contact)
        older.moved = True
        task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_TAKE_OVER_S):
                await older.ended.wait()

    async def drain(self, timeout_s: float) -> int:
        """Wait until no session runs, at most `timeout_s`; return how many still do."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self._running:
                    await next(iter(self._running.values())).ended.wait()
        return len(self._running)


@contextlib.asynccontextmanager
async def _cancelling(task: asyncio.Task[None]) -> AsyncIterator[None]:
    """Whoever leaves early cancels the task and waits for it."""
    try:
        yield
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
