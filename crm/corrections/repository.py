"""SQL of corrections."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.calls.models import HeardSlot, Turn
from crm.corrections.models import Correction


async def get(session: AsyncSession, no: str, slot: str) -> Correction | None:
    """Return the correction of a ticket's slot."""
    return await session.get(Correction, (no, slot))


async def of_ticket(session: AsyncSession, no: str) -> Mapping[str, Correction]:
    """Return a ticket's corrections by slot."""
    query = select(Correction).where(Correction.ticket_no == no)
    return {row.slot: row for row in (await session.execute(query)).scalars()}


async def misheard(session: AsyncSession) -> Sequence[Correction]:
    """Return what was misheard, oldest first."""
    query = select(Correction).where(Correction.misheard)
    order = query.order_by(Correction.said_at, Correction.clip, Correction.slot)
    return (await session.execute(order)).scalars().all()


async def answer(session: AsyncSession, heard: HeardSlot, kinds: Collection[str]) -> Turn | None:
    """Return the last spoken answer to a question of these kinds before a value stood, with its clip."""
    query = (
        select(Turn)
        .where(Turn.contact_id == heard.contact_id, Turn.asked.in_(kinds), Turn.at <= heard.at)
        .where(Turn.mode == "speech", Turn.clip != "", Turn.meaning == "value")
    )
    return (await session.execute(query.order_by(Turn.id.desc()).limit(1))).scalar_one_or_none()


async def add(session: AsyncSession, row: Correction) -> None:
    """Insert or change one."""
    session.add(row)
    await session.flush()


async def remove(session: AsyncSession, row: Correction) -> None:
    """Delete one."""
    await session.delete(row)
    await session.flush()


async def forget(session: AsyncSession, contacts: Collection[str], tickets: Collection[str]) -> None:
    """Delete those of these calls and tickets."""
    mine = or_(Correction.contact_id.in_(list(contacts)), Correction.ticket_no.in_(list(tickets)))
    await session.execute(delete(Correction).where(mine))
