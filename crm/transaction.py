"""The one place that commits: a unit of work around each request, job tick and command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

LAST_EVENT = "last_event"  # key of AsyncSession.info: number of the newest event this transaction appended


class Bell(Protocol):
    """Tells readers that there are new events; it may ring in vain or not at all."""

    def ring(self, seq: int) -> None:
        """Tell that events up to `seq` are committed. Never blocks and never raises."""


class UnitOfWork:
    """Makes transactions. Call it: `async with work() as session: …` commits at the end, or rolls back if it raises."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], bell: Bell) -> None:
        self._sessions = sessions
        self._bell = bell

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[AsyncSession]:
        """Give a session; commit when the block ends well and only then ring the bell."""
        async with self._sessions() as session:
            yield session
            await session.commit()
            seq = session.info.pop(LAST_EVENT, 0)
        if seq:
            self._bell.ring(seq)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one moment of the database in all its statements; nothing is written."""
        async with self._sessions() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session
