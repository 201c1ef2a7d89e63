"""SQL of tickets, their slots and timeline, and of the numbers that crm itself takes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm.callbacks import repository as callbacks
from crm.customers.models import PhoneNumber
from crm.policy.ticket_states import OPEN
from crm.tickets.models import URGE, Ticket, TicketSlot, TimelineEntry

_URGE: ColumnElement[str] = literal_column(f"'{URGE}'")  # written out, so that the partial index serves


async def get(session: AsyncSession, no: str, *, lock: bool = False) -> Ticket | None:
    """Return the ticket as it is now, locked against others' changes if asked."""
    return await session.get(Ticket, no, with_for_update=lock, populate_existing=lock)


async def by_numbers(session: AsyncSession, numbers: Collection[str]) -> Sequence[Ticket]:
    """Return the tickets of these numbers."""
    if not numbers:
        return []
    return (await session.execute(select(Ticket).where(Ticket.no.in_(numbers)))).scalars().all()


async def of_matter(session: AsyncSession, contact: str, matter: int) -> Ticket | None:
    """Return the matter's ticket, locked."""
    query = select(Ticket).where(Ticket.contact_id == contact, Ticket.matter == matter).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def of_contact(session: AsyncSession, contact: str) -> Sequence[Ticket]:
    """Return the contact's tickets by matter."""
    query = select(Ticket).where(Ticket.contact_id == contact).order_by(Ticket.matter, Ticket.no)
    return (await session.execute(query)).scalars().all()


async def numbers_of_contacts(session: AsyncSession, contacts: Collection[str]) -> Mapping[str, list[str]]:
    """Return the ticket numbers of each contact."""
    found: dict[str, list[str]] = {}
    if contacts:
        query = select(Ticket.contact_id, Ticket.no).where(Ticket.contact_id.in_(contacts)).order_by(Ticket.matter)
        for contact, no in await session.execute(query):
            found.setdefault(contact or "", []).append(no)
    return found


async def of_caller(
    session: AsyncSession, *, customer: str, e164: str, only_open: bool, limit: int
) -> Sequence[Ticket]:
    """Return tickets of a customer or, without one, of a caller's number, newest first.

    only_open: what the caller waits for; that we want to ask them something is none of it.
    """
    if not customer and not e164:
        return []
    whose = [Ticket.customer_id == customer] if customer else [Ticket.caller_e164 == e164, _is_not_a_strangers(e164)]
    query = select(Ticket).where(*whose).order_by(Ticket.created_at.desc(), Ticket.no).limit(limit)
    if only_open:
        query = query.where(Ticket.state.in_(OPEN), Ticket.kind != "follow_up")
    return (await session.execute(query)).scalars().all()


def _is_not_a_strangers(e164: str) -> ColumnElement[bool]:
    """Return the condition that the ticket's customer has not been found to be somebody else than who calls by it."""
    return ~exists().where(
        PhoneNumber.customer_id == Ticket.customer_id, PhoneNumber.e164 == e164, PhoneNumber.wrong_at.is_not(None)
    )


async def open_counts(session: AsyncSession, customer_ids: Collection[str]) -> Mapping[str, int]:
    """Return how many open tickets each customer has."""
    if not customer_ids:
        return {}
    query = (
        select(Ticket.customer_id, func.count())
        .where(Ticket.customer_id.in_(customer_ids), Ticket.state.in_(OPEN))
        .group_by(Ticket.customer_id)
    )
    return {customer or "": count for customer, count in await session.execute(query)}


async def owns_open_of(session: AsyncSession, owner: str, customer: str) -> bool:
    """Tell whether an account owns an open ticket of this customer."""
    query = select(Ticket.no).where(Ticket.owner_id == owner, Ticket.customer_id == customer, Ticket.state.in_(OPEN))
    return (await session.execute(query.limit(1))).first() is not None


async def add(session: AsyncSession, thing: Ticket | TicketSlot | TimelineEntry) -> None:
    """Insert a row."""
    session.add(thing)
    await session.flush()


async def remove(session: AsyncSession, slot: TicketSlot) -> None:
    """Take a slot out of its ticket."""
    await session.delete(slot)
    await session.flush()


async def slots(session: AsyncSession, numbers: Collection[str]) -> Mapping[str, list[TicketSlot]]:
    """Return the slots of each ticket."""
    found: dict[str, list[TicketSlot]] = {}
    if numbers:
        query = select(TicketSlot).where(TicketSlot.ticket_no.in_(numbers)).order_by(TicketSlot.slot)
        for row in (await session.execute(query)).scalars():
            found.setdefault(row.ticket_no, []).append(row)
    return found


async def slot(session: AsyncSession, no: str, name: str) -> TicketSlot | None:
    """Return one slot of a ticket."""
    return await session.get(TicketSlot, (no, name))


async def timeline(session: AsyncSession, no: str, limit: int = 200) -> Sequence[TimelineEntry]:
    """Return the newest entries, newest first."""
    query = select(TimelineEntry).where(TimelineEntry.ticket_no == no).order_by(TimelineEntry.id.desc()).limit(limit)
    return (await session.execute(query)).scalars().all()


async def cut_report(session: AsyncSession, e164: str, since: datetime) -> Ticket | None:
    """Return the newest report of a number that a hang-up cut after `since`, no emergency and in nobody's hands."""
    cut = exists().where(
        TimelineEntry.ticket_no == Ticket.no,
        TimelineEntry.kind.in_(("opened", "outcome")),
        TimelineEntry.at >= since,
    )
    query = select(Ticket).where(
        Ticket.caller_e164 == e164,
        _is_not_a_strangers(e164),
        Ticket.outcome == "hung_up",
        Ticket.state == "new",
        Ticket.safety == "",
        Ticket.owner_id.is_(None),
        cut,
    )
    return (await session.execute(query.order_by(Ticket.created_at.desc()).limit(1))).scalar_one_or_none()


async def count_entries(session: AsyncSession, no: str, kind: str) -> int:
    """Return how many entries of this kind a ticket has."""
    query = (
        select(func.count()).select_from(TimelineEntry).where(TimelineEntry.ticket_no == no, TimelineEntry.kind == kind)
    )
    return (await session.execute(query)).scalar_one()


async def of_matter_or_asked(session: AsyncSession, contact: str, matter: int, asked: str) -> Ticket | None:
    """Return the matter's own ticket, else the one it is about (`asked`, "" = none), locked."""
    own = await of_matter(session, contact, matter)
    return own or (await get(session, asked, lock=True) if asked else None)


async def entries_after(session: AsyncSession, no: str, version: int) -> Sequence[TimelineEntry]:
    """Return what happened after the ticket had that version, oldest first."""
    query = (
        select(TimelineEntry)
        .where(TimelineEntry.ticket_no == no, TimelineEntry.version > version)
        .order_by(TimelineEntry.id)
    )
    return (await session.execute(query)).scalars().all()


_UNTOUCHED = (Ticket.state == "new", Ticket.owner_id.is_(None))


async def untouched_complaints(session: AsyncSession) -> Sequence[tuple[str, datetime]]:
    """Return (number, since) of urgent complaints without danger that nobody has taken: somebody posed as ours."""
    query = select(Ticket.no, Ticket.created_at).where(Ticket.pressing, Ticket.kind == "complaint", Ticket.safety == "")
    found = await session.execute(query.where(*_UNTOUCHED).order_by(Ticket.created_at, Ticket.no))
    return [(no, at) for no, at in found]


async def unserved_dangers(session: AsyncSession, now: datetime) -> Sequence[tuple[str, str, datetime]]:
    """Return (number, kind of danger, since) of emergencies that were written, not told by phone, and that nobody
    has taken or rings about."""
    query = (
        select(Ticket.no, Ticket.safety, Ticket.created_at)
        .where(Ticket.is_open, Ticket.pressing, Ticket.safety != "", Ticket.contact_id.is_(None))
        .where(*_UNTOUCHED, ~callbacks.served(Ticket.no, now))
        .order_by(Ticket.created_at, Ticket.no)
    )
    return [(no, safety, at) for no, safety, at in await session.execute(query)]


async def urged_often(session: AsyncSession, machines: Collection[str]) -> Sequence[tuple[str, int, datetime]]:
    """Return (number, how often, when last) of open tickets urged at least twice on which nobody has worked since.

    machines: the actors of the timeline that are no persons.
    """
    times, last, entry = func.count(), func.max(TimelineEntry.at), aliased(TimelineEntry)
    worked = select(func.max(entry.at)).where(entry.ticket_no == Ticket.no, entry.actor.not_in(machines))
    seen = worked.correlate(Ticket).scalar_subquery()
    query = (
        select(Ticket.no, times, last)
        .join(TimelineEntry, TimelineEntry.ticket_no == Ticket.no)
        .where(Ticket.is_open, TimelineEntry.kind == _URGE)
        .group_by(Ticket.no)
        .having(times >= 2, or_(seen.is_(None), seen < last))
        .order_by(last, Ticket.no)
    )
    return [(no, count, at) for no, count, at in await session.execute(query)]


def belonging_to(*, contact: str = "", customer: str = "") -> list[ColumnElement[bool]]:
    """Return the conditions of a contact's or customer's tickets."""
    conditions = [Ticket.contact_id == contact] if contact else []
    return [*conditions, Ticket.customer_id == customer] if customer else conditions


def numbered(numbers: Collection[str]) -> list[ColumnElement[bool]]:
    """Return the conditions of the tickets of these numbers."""
    return [Ticket.no.in_(numbers)]
