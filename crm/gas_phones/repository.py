"""SQL of gas companies' numbers."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.gas_phones.models import GasPhone


async def everything(session: AsyncSession) -> Sequence[GasPhone]:
    """Return all of them by adcode; there are few."""
    return (await session.execute(select(GasPhone).order_by(GasPhone.adcode))).scalars().all()


async def get(session: AsyncSession, adcode: str) -> GasPhone | None:
    """Return that of a city, locked."""
    return await session.get(GasPhone, adcode, with_for_update=True)


async def of_city(session: AsyncSession, city: str) -> GasPhone | None:
    """Return that of a city's name."""
    return (await session.execute(select(GasPhone).where(GasPhone.city == city))).scalar_one_or_none()


async def add(session: AsyncSession, row: GasPhone) -> None:
    """Insert one."""
    session.add(row)
    await session.flush()


async def remove(session: AsyncSession, row: GasPhone) -> None:
    """Delete one."""
    await session.delete(row)
    await session.flush()
