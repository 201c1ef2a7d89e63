"""SQL of channels and messages."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.messages.models import Channel, Message


async def add(session: AsyncSession, row: Channel | Message) -> None:
    """Insert a row."""
    session.add(row)
    await session.flush()


async def channel(session: AsyncSession, channel_id: str) -> Channel | None:
    """Return one channel."""
    return await session.get(Channel, channel_id)


async def channels(session: AsyncSession) -> Sequence[Channel]:
    """Return all channels by name."""
    return (await session.execute(select(Channel).order_by(Channel.name, Channel.id))).scalars().all()


async def remove(session: AsyncSession, row: Channel) -> None:
    """Delete a channel; what it sent stays."""
    await session.execute(delete(Channel).where(Channel.id == row.id))


async def message(session: AsyncSession, channel_id: str, message_id: str) -> Message | None:
    """Return a message that was taken."""
    return await session.get(Message, (channel_id, message_id))
