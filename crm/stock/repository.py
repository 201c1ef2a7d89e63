"""SQL of stock."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.parts.models import Part
from crm.stock.models import StockLevel, StockMove


async def parts(session: AsyncSession, q: str, *, low: bool, active: bool, after: str, limit: int) -> Sequence[Part]:
    """Return parts by code; every word of q is found in code or name. low: at least one place is low of it."""
    where: list[ColumnElement[bool]] = [
        func.strpos(func.lower(Part.code + " " + Part.name), word) > 0 for word in q.lower().split()
    ]
    if low:
        where.append(exists().where(StockLevel.part_code == Part.code, StockLevel.low))
    if active:
        where.append(Part.active.is_(True))
    query = select(Part).where(*where, Part.code > after).order_by(Part.code).limit(limit)
    return (await session.execute(query)).scalars().all()


async def levels(session: AsyncSession, codes: Collection[str]) -> Mapping[str, list[StockLevel]]:
    """Return the levels of parts by code, as they stand."""
    query = select(StockLevel).where(StockLevel.part_code.in_(codes)).order_by(StockLevel.place)
    query = query.execution_options(populate_existing=True)
    found: dict[str, list[StockLevel]] = {code: [] for code in codes}
    for row in (await session.execute(query)).scalars():
        found[row.part_code].append(row)
    return found


async def level(session: AsyncSession, code: str, place: str) -> StockLevel | None:
    """Return the level of a part in a place."""
    return await session.get(StockLevel, (code, place), populate_existing=True)


async def add(session: AsyncSession, row: StockLevel | StockMove) -> None:
    """Insert or update a row."""
    session.add(row)
    await session.flush()


async def moves(session: AsyncSession, code: str, limit: int) -> Sequence[StockMove]:
    """Return the movements of a part, newest first."""
    query = select(StockMove).where(StockMove.part_code == code).order_by(StockMove.at.desc(), StockMove.id.desc())
    return (await session.execute(query.limit(limit))).scalars().all()


async def low_count(session: AsyncSession) -> int:
    """Return how many parts are low somewhere."""
    query = select(func.count(func.distinct(StockLevel.part_code))).where(StockLevel.low)
    return (await session.execute(query)).scalar_one()
