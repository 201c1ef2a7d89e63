"""SQL of notices."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.notices.models import Notice


async def lasting(session: AsyncSession, now: datetime) -> Sequence[Notice]:
    """Return what holds now, the newest first."""
    query = select(Notice).where(Notice.starts_at <= now, Notice.ends_at > now)
    return (await session.execute(query.order_by(Notice.starts_at.desc(), Notice.id))).scalars().all()


async def newest(session: AsyncSession, limit: int) -> Sequence[Notice]:
    """Return the notices that end last, those over included."""
    query = select(Notice).order_by(Notice.ends_at.desc(), Notice.id).limit(limit)
    return (await session.execute(query)).scalars().all()


async def get(session: AsyncSession, notice: str) -> Notice | None:
    """Return one notice, locked."""
    return await session.get(Notice, notice, with_for_update=True)


async def add(session: AsyncSession, notice: Notice) -> None:
    """Insert a notice."""
    session.add(notice)
    await session.flush()
