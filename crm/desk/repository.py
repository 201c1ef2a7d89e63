"""SQL of received facts, their nodes, and blocks of ticket serials."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm.desk.models import FactNode, NumberLease, ReceivedFact

_LEASING = 4001726012  # key of the advisory lock


async def lock_node(session: AsyncSession, node: str) -> FactNode:
    """Return the node's row, locked until the transaction ends: its facts are applied one delivery at a time."""
    await session.execute(insert(FactNode).values(node=node, high=0).on_conflict_do_nothing())
    return (await session.execute(select(FactNode).where(FactNode.node == node).with_for_update())).scalar_one()


async def received(session: AsyncSession, node: str, seq: int) -> ReceivedFact | None:
    """Return the fact of this number if crm holds it."""
    return await session.get(ReceivedFact, (node, seq))


async def add(session: AsyncSession, thing: ReceivedFact) -> None:
    """Insert a fact."""
    session.add(thing)
    await session.flush()


async def rejected_since(session: AsyncSession, moment: datetime, limit: int = 5) -> Sequence[ReceivedFact]:
    """Return the newest rejected facts."""
    query = select(ReceivedFact).where(ReceivedFact.status == "rejected", ReceivedFact.received_at >= moment)
    return (await session.execute(query.order_by(ReceivedFact.received_at.desc()).limit(limit))).scalars().all()


async def lock_leasing(session: AsyncSession) -> None:
    """Lease blocks one after the other until this transaction ends."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LEASING})


async def next_serial(session: AsyncSession, first_ever: int) -> int:
    """Return the first serial that no block holds. Call lock_leasing first."""
    end = func.max(NumberLease.first + NumberLease.size)
    return (await session.execute(select(func.coalesce(end, first_ever)))).scalar_one()


async def add_lease(session: AsyncSession, lease: NumberLease) -> None:
    """Insert a block."""
    session.add(lease)
    await session.flush()


async def newest_lease(session: AsyncSession, node: str) -> NumberLease | None:
    """Return the node's newest block, locked."""
    query = select(NumberLease).where(NumberLease.node == node).order_by(NumberLease.first.desc()).limit(1)
    return (await session.execute(query.with_for_update())).scalar_one_or_none()
