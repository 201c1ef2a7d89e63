"""SQL of webhooks and of the events they have not taken yet."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.events.models import Event
from crm.webhooks.models import Webhook


async def listed(session: AsyncSession) -> Sequence[Webhook]:
    """Return all webhooks, oldest first."""
    return (await session.execute(select(Webhook).order_by(Webhook.created_at, Webhook.id))).scalars().all()


async def get(session: AsyncSession, webhook: str) -> Webhook | None:
    """Return a webhook, locked."""
    return await session.get(Webhook, webhook, with_for_update=True)


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
