"""SQL of pops."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm.live.models import Pop

CARDS = 20  # most cards a page is given


async def claim(
    session: AsyncSession, *, contact: str, agent: str, kind: str, visit: str, at: datetime
) -> tuple[Pop, bool]:
    """Return the one pop of (contact, agent, kind), making it if there is none, and whether it is new."""
    values = {
        "id": uuid4().hex,
        "contact_id": contact,
        "agent": agent,
        "kind": kind,
        "visit_id": visit,
        "state": "ringing",
        "state_since": at,
        "over_reason": "",
        "rang_at": at,
        "created_at": at,
        "act": "",
        "closed": False,
    }
    made = await session.execute(insert(Pop).values(values).on_conflict_do_nothing().returning(Pop.id))
    is_new = made.first() is not None
    query = select(Pop).where(Pop.contact_id == contact, Pop.agent == agent, Pop.kind == kind)
    return (await session.execute(query)).scalar_one(), is_new


async def get(session: AsyncSession, pop_id: str, *, lock: bool = False) -> Pop | None:
    """Return the pop."""
    return await session.get(Pop, pop_id, with_for_update=lock)


async def of_contact(session: AsyncSession, contact: str) -> Sequence[Pop]:
    """Return the contact's pops, oldest first."""
    return (
        (await session.execute(select(Pop).where(Pop.contact_id == contact).order_by(Pop.created_at, Pop.id)))
        .scalars()
        .all()
    )


async def of_contacts(session: AsyncSession, contacts: Collection[str], agents: Collection[str]) -> Sequence[Pop]:
    """Return the pops of these contacts at these telephones."""
    if not contacts or not agents:
        return []
    query = select(Pop).where(Pop.contact_id.in_(contacts), Pop.agent.in_(agents)).order_by(Pop.created_at, Pop.id)
    return (await session.execute(query)).scalars().all()


async def current(session: AsyncSession, agent: str, since: datetime) -> Sequence[Pop]:
    """Return the cards an agent's page shows: live ones, and finished ones since `since` not yet acted on."""
    live = or_(Pop.state.in_(("ringing", "talking")), Pop.created_at >= since)
    query = (
        select(Pop)
        .where(Pop.agent == agent, Pop.closed.is_(False), live)
        .order_by(Pop.rang_at.desc(), Pop.id)
        .limit(CARDS)
    )
    return (await session.execute(query)).scalars().all()


async def mark_sent(session: AsyncSession, pop_ids: Collection[str], at: datetime) -> None:
    """Write when cards first went out."""
    await session.execute(update(Pop).where(Pop.id.in_(pop_ids), Pop.sent_at.is_(None)).values(sent_at=at))


async def is_live_with(session: AsyncSession, agent: str, *, customer_contacts: Collection[str]) -> bool:
    """Tell whether one of the contacts is the agent's own live call."""
    if not agent or not customer_contacts:
        return False
    query = select(Pop.id).where(
        Pop.agent == agent, Pop.contact_id.in_(customer_contacts), Pop.state.in_(("ringing", "talking"))
    )
    return (await session.execute(query.limit(1))).first() is not None


async def ledger_figures(session: AsyncSession, since: datetime, settled_before: datetime) -> tuple[int, int | None]:
    """Return how many pops since `since` were never shown though due, and the p95 of ring to shown in ms."""
    missed = func.count().filter(Pop.shown_at.is_(None), Pop.created_at < settled_before)
    delay_ms = func.extract("epoch", Pop.shown_at - Pop.created_at) * 1000
    p95 = func.percentile_cont(0.95).within_group(delay_ms.asc())
    row = (await session.execute(select(missed, p95).where(Pop.created_at >= since))).one()
    return row[0], None if row[1] is None else max(0, round(float(row[1])))
