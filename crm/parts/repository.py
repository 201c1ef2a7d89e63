"""SQL of parts, prices, partners and lines."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm.parts.models import Part, PartLine, Partner, PartPrice
from crm.tickets.models import Ticket


async def listed(session: AsyncSession) -> Sequence[Part]:
    """Return all parts by code."""
    return (await session.execute(select(Part).order_by(Part.code))).scalars().all()


async def by_codes(session: AsyncSession, codes: Collection[str]) -> Mapping[str, Part]:
    """Return the parts by code."""
    if not codes:
        return {}
    rows = (await session.execute(select(Part).where(Part.code.in_(codes)))).scalars()
    return {row.code: row for row in rows}


async def prices_on(session: AsyncSession, day: date) -> Mapping[str, PartPrice]:
    """Return the price of each part that has one on that day."""
    query = select(PartPrice).where(PartPrice.valid_from <= day).order_by(PartPrice.valid_from)
    return {row.part_code: row for row in (await session.execute(query)).scalars()}


async def priced(session: AsyncSession, code: str, day: date) -> bool:
    """Tell whether a part has a price on that day."""
    query = select(PartPrice.part_code).where(PartPrice.part_code == code, PartPrice.valid_from <= day).limit(1)
    return (await session.execute(query)).first() is not None


async def price_of_day(session: AsyncSession, code: str, day: date) -> PartPrice | None:
    """Return the price that begins on that very day."""
    query = select(PartPrice).where(PartPrice.part_code == code, PartPrice.valid_from == day)
    return (await session.execute(query)).scalar_one_or_none()


async def prices_of(session: AsyncSession, code: str) -> Sequence[PartPrice]:
    """Return all prices of a part, the newest day first."""
    query = select(PartPrice).where(PartPrice.part_code == code).order_by(PartPrice.valid_from.desc())
    return (await session.execute(query)).scalars().all()


async def add(session: AsyncSession, row: Part | PartPrice | Partner | PartLine) -> None:
    """Insert or update a row."""
    session.add(row)
    await session.flush()


async def part(session: AsyncSession, code: str) -> Part | None:
    """Return a part, locked."""
    return await session.get(Part, code, with_for_update=True)


async def partner(session: AsyncSession, customer: str, *, lock: bool = False) -> Partner | None:
    """Return a partner's standing."""
    return await session.get(Partner, customer, with_for_update=lock)


async def lines(session: AsyncSession, ticket: str) -> Sequence[PartLine]:
    """Return the lines of a request by part."""
    query = select(PartLine).where(PartLine.ticket_no == ticket).order_by(PartLine.part_code)
    return (await session.execute(query)).scalars().all()


async def delete_lines(session: AsyncSession, ticket: str) -> None:
    """Take all lines out of a request."""
    await session.execute(delete(PartLine).where(PartLine.ticket_no == ticket))


async def mark_issued(session: AsyncSession, ticket: str, at: datetime | None) -> None:
    """Count a request's lines against the quota from `at`, or no more."""
    await session.execute(update(PartLine).where(PartLine.ticket_no == ticket).values(issued_at=at))


async def used(session: AsyncSession, customer: str, *, since: datetime, but: str) -> Mapping[str, int]:
    """Return how many of each part a customer was issued since then, leaving out one ticket."""
    query = (
        select(PartLine.part_code, func.sum(PartLine.quantity))
        .join(Ticket, Ticket.no == PartLine.ticket_no)
        .where(Ticket.customer_id == customer, PartLine.issued_at >= since, PartLine.ticket_no != but)
        .group_by(PartLine.part_code)
    )
    return {code: int(total) for code, total in await session.execute(query)}
