"""SQL of outlets."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.outlets.models import Outlet


async def everything(session: AsyncSession) -> Sequence[Outlet]:
    """Return all outlets by name; there are few."""
    return (await session.execute(select(Outlet).order_by(Outlet.name))).scalars().all()


async def get(session: AsyncSession, outlet: str, *, lock: bool = False) -> Outlet | None:
    """Return one outlet."""
    return await session.get(Outlet, outlet, with_for_update=lock)


async def by_name(session: AsyncSession, name: str) -> Outlet | None:
    """Return the outlet of this name."""
    return (await session.execute(select(Outlet).where(Outlet.name == name))).scalar_one_or_none()


async def add(session: AsyncSession, outlet: Outlet) -> None:
    """Insert an outlet."""
    session.add(outlet)
    await session.flush()
