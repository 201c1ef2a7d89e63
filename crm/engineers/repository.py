"""SQL of engineers."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.engineers.models import Engineer


async def everybody(session: AsyncSession, *, only_active: bool = False, outlet: str = "") -> Sequence[Engineer]:
    """Return engineers by badge; there are few."""
    query = select(Engineer).order_by(Engineer.badge_no)
    if only_active:
        query = query.where(Engineer.active)
    if outlet:
        query = query.where(Engineer.outlet_id == outlet)
    return (await session.execute(query)).scalars().all()


async def get(session: AsyncSession, engineer: str, *, lock: bool = False) -> Engineer | None:
    """Return one engineer."""
    return await session.get(Engineer, engineer, with_for_update=lock)


async def by_ids(session: AsyncSession, ids: Collection[str]) -> Mapping[str, Engineer]:
    """Return engineers by id."""
    if not ids:
        return {}
    rows = (await session.execute(select(Engineer).where(Engineer.id.in_(ids)))).scalars()
    return {row.id: row for row in rows}


async def by_badge(session: AsyncSession, badge_no: str) -> Engineer | None:
    """Return the engineer of this badge."""
    return (await session.execute(select(Engineer).where(Engineer.badge_no == badge_no))).scalar_one_or_none()


async def add(session: AsyncSession, engineer: Engineer) -> None:
    """Insert an engineer."""
    session.add(engineer)
    await session.flush()
