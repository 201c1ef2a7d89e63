"""SQL of events."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm.events.models import Event

_APPENDING = 4001726011  # key of the advisory lock


async def lock_appending(session: AsyncSession) -> None:
    """Take the lock that appends one after the other until this transaction ends."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _APPENDING})


async def insert_event(
    session: AsyncSession, *, at: datetime, kind: str, contact: str, agent: str, ticket: str, customer: str
) -> int:
    """Insert one event and return its number. Call lock_appending first."""
    values = {"at": at, "kind": kind, "contact": contact, "agent": agent, "ticket": ticket, "customer": customer}
    return (await session.execute(insert(Event).values(values).returning(Event.seq))).scalar_one()


async def insert_events(session: AsyncSession, *, at: datetime, kind: str, customers: Sequence[str]) -> int:
    """Insert an event for each customer and return the highest number. Call lock_appending first."""
    blank = {"at": at, "kind": kind, "contact": "", "agent": "", "ticket": ""}
    rows = [{**blank, "customer": customer} for customer in customers]
    return max((await session.execute(insert(Event).returning(Event.seq), rows)).scalars())


async def highest(session: AsyncSession) -> int:
    """Return the number of the newest committed event, 0 when there is none."""
    return (await session.execute(select(func.coalesce(func.max(Event.seq), 0)))).scalar_one()


async def after(session: AsyncSession, seq: int, limit: int) -> Sequence[Event]:
    """Return events with numbers above `seq`, in order."""
    return (
        (await session.execute(select(Event).where(Event.seq > seq).order_by(Event.seq).limit(limit))).scalars().all()
    )
