"""Tickets asked about by telephone: how they stand, and what a caller's asking and urging leaves on them."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.callbacks import repository as callback_rows
from crm.clocks import repository as clocks
from crm.customers import repository as customer_rows
from crm.customers import service as customers
from crm.engineers import repository as engineers
from crm.events.service import EventKind, append
from crm.policy import ticket_states as policy
from crm.tickets import repository as tickets
from crm.tickets import service as ticket_service
from crm.tickets.models import URGE, Ticket
from crm.visits import repository as visits
from crm.visits.tickets import window
from ivr.contract import facts
from ivr.contract.tickets import FoundTicket, TicketLine, TicketStatus

MOST_TOLD = 3
TAIL = 4
_HOW = {"own": "来电号码对上", "verified": "单号和电话尾号对上", "denied": "电话尾号没对上,没有透露内容"}


async def of_caller(session: AsyncSession, e164: str, now: datetime, zone: ZoneInfo) -> tuple[TicketStatus, ...]:
    """Return the open tickets of the only customer of this number, else of the number itself, newest first."""
    customer = await customers.only_owner(session, e164)
    found = await tickets.of_caller(
        session, customer=customer.id if customer else "", e164=e164, only_open=True, limit=MOST_TOLD
    )
    return tuple([await _status(session, ticket, now, zone) for ticket in found])


async def find(session: AsyncSession, number: str, tail: str, now: datetime, zone: ZoneInfo) -> FoundTicket:
    """Find an open ticket; how it stands is told only to who knows the end of a telephone of it."""
    ticket = await tickets.get(session, number)
    if ticket is None or ticket.state not in policy.OPEN:
        return FoundTicket(exists=False)
    if len(tail) != TAIL or not any(e164.endswith(tail) for e164 in await _numbers(session, ticket)):
        return FoundTicket(exists=True)
    return FoundTicket(exists=True, status=await _status(session, ticket, now, zone))


async def keeps_a_place(session: AsyncSession, e164: str) -> bool:
    """Tell whether this number is called back in its turn already; one that people are to call gets a place yet."""
    task = await callback_rows.open_of_number(session, e164)
    return task is not None and task.queue != ""


async def _numbers(session: AsyncSession, ticket: Ticket) -> Sequence[str]:
    spoken = await tickets.slot(session, ticket.no, "contact")
    given = phone.to_e164(spoken.value.get("number", "")) if spoken else ""
    of_customer: Sequence[str] = ()
    if ticket.customer_id:
        of_customer = (await customer_rows.numbers(session, [ticket.customer_id])).get(ticket.customer_id, ())
    return [number for number in (ticket.caller_e164, given, *of_customer) if number]


async def _status(session: AsyncSession, ticket: Ticket, now: datetime, zone: ZoneInfo) -> TicketStatus:
    planned = await visits.open_of_tickets(session, [ticket.no])
    visit = min(planned, key=lambda item: item.starts_at) if planned else None
    engineer = await engineers.get(session, visit.engineer_id) if visit else None
    line = TicketLine(policy.spoken_state(ticket.kind, ticket.state).removeprefix("st_"))
    if line is TicketLine.ASSIGNED and visit is not None:
        line = TicketLine.SCHEDULED
    if await _is_overdue(session, ticket, now):
        line = TicketLine.OVERDUE
    done = line is TicketLine.DONE
    return TicketStatus(
        number=ticket.no,
        kind=ticket.kind,
        line=line,
        reported_on=ticket.created_at.astimezone(zone).date().isoformat(),
        engineer=engineer.name if engineer else "",
        window=window(visit.starts_at, visit.ends_at, zone) if visit else "",
        done_on=ticket.updated_at.astimezone(zone).date().isoformat() if done else "",
        urges=await tickets.count_entries(session, ticket.no, URGE),
    )


async def _is_overdue(session: AsyncSession, ticket: Ticket, now: datetime) -> bool:
    """Tell whether a promise of the ticket has passed and is not kept."""
    held = await clocks.of_ticket(session, ticket.no)
    return any(clock.met_at is None and clock.state == "running" and clock.due_at < now for clock in held)


# ---- facts ----


async def noted(session: AsyncSession, fact: facts.TicketAsked, caller_e164: str, at: datetime) -> None:
    """Write into the ticket's timeline who asked; a ticket that is not ours to know is left alone."""
    ticket = await tickets.get(session, fact.ticket, lock=True)
    if ticket is not None:
        text = f"来电查单：{_HOW.get(fact.how, fact.how)}，来电 {phone.masked(caller_e164) or '匿名'}"
        await ticket_service.record(session, ticket, at, kind="asked", actor=ticket_service.IVR, text=text)


async def urged(session: AsyncSession, fact: facts.TicketUrged, at: datetime) -> bool:
    """Note an urge; the second raises the priority and is told to the supervisors (dialogues, my_ticket_menu).

    False: there is no such ticket.
    """
    ticket = await tickets.get(session, fact.ticket, lock=True)
    if ticket is None:
        return False
    text = f"来电催单：第 {fact.count} 次"
    await ticket_service.record(session, ticket, at, kind=URGE, actor=ticket_service.IVR, text=text)
    if fact.count >= 2:
        await append(session, EventKind.ALARM, at, ticket=ticket.no)
    if fact.count == 2:
        await ticket_service.raise_priority(session, ticket, policy.raised(ticket.priority), at, ticket_service.IVR)
    return True
