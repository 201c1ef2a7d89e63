"""SQL of clocks and pauses."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.clocks.models import ClockPause, TicketClock
from crm.policy.clocks import ClockState

RUNNING, PAUSED = ClockState.RUNNING.value, ClockState.PAUSED.value


async def of_ticket(session: AsyncSession, ticket: str) -> Sequence[TicketClock]:
    """Return a ticket's clocks, what is due first."""
    query = select(TicketClock).where(TicketClock.ticket_no == ticket).order_by(TicketClock.due_at, TicketClock.key)
    return (await session.execute(query)).scalars().all()


async def of_tickets(session: AsyncSession, tickets: Collection[str]) -> Mapping[str, list[TicketClock]]:
    """Return the clocks of each ticket, what is due first."""
    found: dict[str, list[TicketClock]] = {}
    if tickets:
        query = select(TicketClock).where(TicketClock.ticket_no.in_(tickets)).order_by(TicketClock.due_at)
        for row in (await session.execute(query)).scalars():
            found.setdefault(row.ticket_no, []).append(row)
    return found


async def get(session: AsyncSession, ticket: str, key: str) -> TicketClock | None:
    """Return one clock."""
    return await session.get(TicketClock, (ticket, key))


async def add(session: AsyncSession, row: TicketClock | ClockPause) -> None:
    """Insert a row."""
    session.add(row)
    await session.flush()


async def open_pause(session: AsyncSession, ticket: str, key: str) -> ClockPause | None:
    """Return the pause that lasts."""
    query = select(ClockPause).where(ClockPause.ticket_no == ticket, ClockPause.key == key, ClockPause.to_at.is_(None))
    return (await session.execute(query)).scalars().first()


async def pauses(session: AsyncSession, ticket: str) -> Sequence[ClockPause]:
    """Return a ticket's pauses, oldest first."""
    query = select(ClockPause).where(ClockPause.ticket_no == ticket).order_by(ClockPause.from_at, ClockPause.id)
    return (await session.execute(query)).scalars().all()


async def to_tell(session: AsyncSession, now: datetime, limit: int) -> Sequence[str]:
    """Return tickets with something to tell at `now`: at risk, due, or a pause that is over."""
    query = (
        select(TicketClock.ticket_no)
        .where(
            or_(
                and_(TicketClock.state == RUNNING, TicketClock.risk_noted_at.is_(None), TicketClock.at_risk_at <= now),
                and_(TicketClock.state == RUNNING, TicketClock.due_at <= now),
                and_(TicketClock.state == PAUSED, TicketClock.paused_until <= now),
            )
        )
        .order_by(TicketClock.due_at)
        .limit(limit)
    )
    return list(dict.fromkeys((await session.execute(query)).scalars()))


async def with_state(session: AsyncSession, states: Collection[str], limit: int) -> Sequence[TicketClock]:
    """Return clocks in these states, what is due first."""
    query = select(TicketClock).where(TicketClock.state.in_(states)).order_by(TicketClock.due_at).limit(limit)
    return (await session.execute(query)).scalars().all()
