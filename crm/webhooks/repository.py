"""SQL of webhooks and of the events they have not taken yet."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.events.models import Event
from crm.paging import COUNTED, decode_key
from crm.webhooks.models import Webhook


async def listed(session: AsyncSession) -> Sequence[tuple[Webhook, int]]:
    """Return all webhooks, oldest first, each with how many events it has not taken yet, at most COUNTED + 1."""
    wanted_yet = (Event.seq > Webhook.sent_seq, Webhook.kinds.op("?")(Event.kind))
    some = select(literal(1)).select_from(Event).where(*wanted_yet).correlate(Webhook).limit(COUNTED + 1)
    untaken = select(func.count()).select_from(some.lateral()).scalar_subquery()
    query = select(Webhook, untaken).order_by(Webhook.created_at, Webhook.id)
    return [(row, waiting) for row, waiting in await session.execute(query)]


async def get(session: AsyncSession, webhook: str, *, lock: bool = True) -> Webhook | None:
    """Return a webhook."""
    return await session.get(Webhook, webhook, with_for_update=lock)


async def add(session: AsyncSession, row: Webhook) -> None:
    """Insert a webhook."""
    session.add(row)
    await session.flush()


async def delete(session: AsyncSession, row: Webhook) -> None:
    """Delete a webhook."""
    await session.delete(row)


async def due(session: AsyncSession, now: datetime) -> Sequence[Webhook]:
    """Return active webhooks that may be told now, locked; another process keeps those it works on."""
    query = select(Webhook).where(Webhook.active, Webhook.next_at <= now).order_by(Webhook.next_at)
    return (await session.execute(query.with_for_update(skip_locked=True))).scalars().all()


async def untold(session: AsyncSession, webhook: Webhook, limit: int) -> Sequence[Event]:
    """Return the next events of the kinds a webhook wants, in order."""
    query = select(Event).where(Event.seq > webhook.sent_seq, Event.kind.in_(webhook.kinds)).order_by(Event.seq)
    return (await session.execute(query.limit(limit))).scalars().all()


async def wanted(session: AsyncSession, webhook: Webhook, cursor: str, limit: int) -> Sequence[Event]:
    """Return the newest events that a webhook wants, told or not; raises Invalid for a cursor that is not ours."""
    query = select(Event).where(Event.seq > webhook.first_seq, Event.kind.in_(webhook.kinds))
    if cursor:
        key = decode_key(cursor)
        query = query.where(Event.seq < (int(key) if key.isdecimal() and len(key) < 19 else 0))
    return (await session.execute(query.order_by(Event.seq.desc()).limit(limit))).scalars().all()
