"""The one place that commits: a unit of work around each request, job tick and command."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

log = structlog.get_logger(__name__)

T = TypeVar("T")

LAST_EVENT = "last_event"  # key of AsyncSession.info: number of the newest event this transaction appended
ACTED_OUTSIDE = "acted_outside"  # key of AsyncSession.info: what rolling back does not undo was done
_CLASHES = ("40001", "40P01")  # serialization_failure, deadlock_detected: PostgreSQL picked us to give way


def clashed(error: DBAPIError) -> bool:
    """Tell whether the transaction had to give way to another one, so that the same again can succeed."""
    return sql_state(error) in _CLASHES


def sql_state(error: DBAPIError) -> str:
    """Return the five characters that PostgreSQL gives an error, "" when it gave none."""
    return str(getattr(error.orig, "sqlstate", None) or "")


class Bell(Protocol):
    """Tells readers that there are new events; it may ring in vain or not at all."""

    def ring(self, seq: int) -> None:
        """Tell that events up to `seq` are committed. Never blocks and never raises."""


class UnitOfWork:
    """Makes transactions. Call it: `async with work() as session: …` commits at the end, or rolls back if it raises.

    finish: what every transaction does last (writing the search terms of what it touched).
    """

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], bell: Bell, finish: Callable[[AsyncSession], Awaitable[None]]
    ) -> None:
        self._sessions = sessions
        self._bell = bell
        self._finish = finish

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[AsyncSession]:
        """Give a session; commit when the block ends well and only then ring the bell."""
        async with self._sessions() as session:
            yield session
            await self._finish(session)
            await session.commit()
            seq = session.info.pop(LAST_EVENT, 0)
        if seq:
            self._bell.ring(seq)

    async def run(self, block: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run a block in a transaction, and once more when it had to give way to another writer.

        Not once more when it set ACTED_OUTSIDE. The second clash is raised like every other error.
        """
        session: AsyncSession | None = None
        try:
            async with self() as session:
                return await block(session)
        except DBAPIError as error:
            if session is None or session.info.get(ACTED_OUTSIDE) or not clashed(error):
                raise
            log.warning("transaction_gave_way", sqlstate=sql_state(error))
        async with self() as session:
            return await block(session)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one moment of the database in all its statements; nothing is written."""
        async with self._sessions() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session
