"""Runs a job again and again: one failed tick is one line in the log, the next one comes all the same."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from crm.transaction import UnitOfWork

log = structlog.get_logger(__name__)

Job = Callable[[AsyncSession, datetime], Awaitable[int]]


async def run_once(name: str, job: Job, work: UnitOfWork, now: datetime) -> int:
    """Run one tick in a transaction of its own; returns how much it did, 0 when it failed."""
    return await attempt(name, lambda: _in_transaction(job, work, now))


async def _in_transaction(job: Job, work: UnitOfWork, now: datetime) -> int:
    async with work() as session:
        return await job(session, now)


async def attempt(name: str, tick: Callable[[], Awaitable[int]]) -> int:
    """Run one tick; returns how much it did, 0 when it failed."""
    try:
        return await tick()
    except Exception as error:  # noqa: BLE001 one job tick: whatever it was, the next tick comes
        log.warning("job_failed", job=name, error=type(error).__name__)
        return 0


async def run(name: str, job: Job, work: UnitOfWork, now: Callable[[], datetime], every_s: float) -> None:
    """Run the job for ever; when a tick did something, the next comes at once."""
    await repeat(name, lambda: _in_transaction(job, work, now()), every_s)


async def repeat(name: str, tick: Callable[[], Awaitable[int]], every_s: float) -> None:
    """Run a tick for ever; when one did something, the next comes at once."""
    while True:
        if not await attempt(name, tick):
            await asyncio.sleep(every_s)
