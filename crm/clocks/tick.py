"""The tick: what fell at risk, due or out of its pause by `now` becomes a timeline entry and a numbered event, once."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.clocks import repository, service
from crm.clocks.models import TicketClock
from crm.events.service import EventKind, append, begin_writing
from crm.policy.clocks import ClockState
from crm.tickets import repository as tickets
from crm.tickets.models import Ticket
from crm.tickets.service import record

BATCH = 100


async def tick(session: AsyncSession, now: datetime) -> int:
    """Tell what is to be told, at most BATCH tickets; returns how many. Two processes never tell the same twice."""
    waiting = await repository.to_tell(session, now, BATCH)
    if not waiting:
        return 0
    await begin_writing(session)
    for number in waiting:
        ticket = await tickets.get(session, number, lock=True)
        if ticket is not None:
            for row in await repository.of_ticket(session, number):
                await session.refresh(row)
                await _tell(session, ticket, row, now)
    return len(waiting)


async def _tell(session: AsyncSession, ticket: Ticket, row: TicketClock, now: datetime) -> None:
    if row.state == ClockState.PAUSED and row.paused_until is not None and row.paused_until <= now:
        rulebook = await service.rules_for(session, ticket)
        await service.resume(session, row, rulebook, row.paused_until, actor=service.SYSTEM)
        await _fact(session, ticket, f"{row.label}：恢复计时", now)
    if row.state != ClockState.RUNNING:
        return
    if row.due_at <= now:
        row.state, row.breach_noted_at = ClockState.BREACHED.value, now
        await _fact(session, ticket, f"{row.label}：已超时", now)
    elif row.at_risk_at <= now and row.risk_noted_at is None:
        row.risk_noted_at = now
        await _fact(session, ticket, f"{row.label}：将超时", now)


async def _fact(session: AsyncSession, ticket: Ticket, text: str, now: datetime) -> None:
    await record(session, ticket, now, kind="clock", actor=service.SYSTEM, text=text)
    await append(session, EventKind.CLOCK, now, ticket=ticket.no, contact=ticket.contact_id or "")
