"""SQL of visits, photos and code checks."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import paging
from crm.policy.visit_rules import OPEN
from crm.visits.models import CallbackCode, CodeCheck, EngineerVisit, VisitPhoto


async def add(session: AsyncSession, thing: EngineerVisit | VisitPhoto | CallbackCode | CodeCheck) -> None:
    """Insert a row."""
    session.add(thing)
    await session.flush()


async def get(session: AsyncSession, visit: str, *, lock: bool = False) -> EngineerVisit | None:
    """Return one visit."""
    return await session.get(EngineerVisit, visit, with_for_update=lock, populate_existing=lock)


async def of_ticket(session: AsyncSession, ticket: str) -> Sequence[EngineerVisit]:
    """Return a ticket's visits, the newest first."""
    query = select(EngineerVisit).where(EngineerVisit.ticket_no == ticket)
    return (await session.execute(query.order_by(EngineerVisit.created_at.desc(), EngineerVisit.id))).scalars().all()


async def came(session: AsyncSession, tickets: Collection[str], states: Collection[str]) -> Mapping[str, EngineerVisit]:
    """Return of each ticket its newest visit in one of these states."""
    query = select(EngineerVisit).where(EngineerVisit.ticket_no.in_(tickets), EngineerVisit.state.in_(states))
    found = (await session.execute(query.order_by(EngineerVisit.starts_at, EngineerVisit.id))).scalars()
    return {visit.ticket_no: visit for visit in found}


async def of_product(session: AsyncSession, product: str) -> Sequence[EngineerVisit]:
    """Return a machine's visits, the newest first."""
    query = select(EngineerVisit).where(EngineerVisit.product_id == product)
    return (await session.execute(query.order_by(EngineerVisit.starts_at.desc(), EngineerVisit.id))).scalars().all()


async def between(
    session: AsyncSession, since: datetime, until: datetime, *, engineers: Collection[str] | None = None
) -> Sequence[EngineerVisit]:
    """Return the visits that are not cancelled and lie in this time, by their beginning."""
    query = select(EngineerVisit).where(
        EngineerVisit.starts_at < until, EngineerVisit.ends_at > since, EngineerVisit.state != "cancelled"
    )
    if engineers is not None:
        query = query.where(EngineerVisit.engineer_id.in_(engineers))
    return (await session.execute(query.order_by(EngineerVisit.starts_at, EngineerVisit.id))).scalars().all()


async def search(
    session: AsyncSession, *, engineer: str, ticket: str, state: str, cursor: str, limit: int
) -> Sequence[EngineerVisit]:
    """Return visits, the latest appointment first."""
    query = select(EngineerVisit).where(*paging.after(cursor, EngineerVisit.starts_at, EngineerVisit.id))
    for column, value in (
        (EngineerVisit.engineer_id, engineer), (EngineerVisit.ticket_no, ticket), (EngineerVisit.state, state),
    ):  # fmt: skip
        if value:
            query = query.where(column == value)
    ordered = query.order_by(EngineerVisit.starts_at.desc(), EngineerVisit.id.desc()).limit(limit)
    return (await session.execute(ordered)).scalars().all()


async def by_code(session: AsyncSession, code: str) -> EngineerVisit | None:
    """Return the open visit of this code."""
    query = select(EngineerVisit).where(EngineerVisit.code == code, EngineerVisit.state.in_(OPEN))
    return (await session.execute(query)).scalar_one_or_none()


async def code_taken(session: AsyncSession, code: str) -> bool:
    """Tell whether an open visit or a call-back has this code."""
    return await by_code(session, code) is not None or await session.get(CallbackCode, code) is not None


async def callback_code(session: AsyncSession, code: str) -> CallbackCode | None:
    """Return the call-back of this code."""
    return await session.get(CallbackCode, code)


async def open_of_tickets(session: AsyncSession, tickets: Collection[str]) -> Sequence[EngineerVisit]:
    """Return the open visits of these tickets."""
    if not tickets:
        return []
    query = select(EngineerVisit).where(EngineerVisit.ticket_no.in_(tickets), EngineerVisit.state.in_(OPEN))
    return (await session.execute(query)).scalars().all()


async def wrong_since(session: AsyncSession, caller: str, since: datetime) -> int:
    """Return how many wrong codes this number gave since then."""
    query = select(func.count()).select_from(CodeCheck)
    query = query.where(CodeCheck.caller_e164 == caller, CodeCheck.at > since, CodeCheck.answer == "bad")
    return (await session.execute(query)).scalar_one()


async def photos(session: AsyncSession, visits: Collection[str]) -> Mapping[str, list[VisitPhoto]]:
    """Return the photos of each visit, the oldest first."""
    found: dict[str, list[VisitPhoto]] = {}
    if visits:
        query = select(VisitPhoto).where(VisitPhoto.visit_id.in_(visits)).order_by(VisitPhoto.created_at)
        for row in (await session.execute(query)).scalars():
            found.setdefault(row.visit_id, []).append(row)
    return found


async def photo(session: AsyncSession, photo_id: str) -> VisitPhoto | None:
    """Return one photo."""
    return await session.get(VisitPhoto, photo_id)
