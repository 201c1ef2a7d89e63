"""Appending events: one lock makes their numbers follow the commits, so a reader never overtakes a writer."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from crm.events import repository
from crm.search.touched import touch
from crm.transaction import LAST_EVENT


class EventKind(StrEnum):
    """What changed; readers fetch the thing itself."""

    CONTACT = "contact"
    POP = "pop"
    AGENT = "agent"
    TICKET = "ticket"
    CUSTOMER = "customer"
    CALLBACK = "callback"
    ALARM = "alarm"
    CLOCK = "clock"


async def begin_writing(session: AsyncSession) -> None:
    """Take the lock of appending now. Call it before locking any row, else two writers can wait for each other."""
    if LAST_EVENT not in session.info:
        await repository.lock_appending(session)
        session.info[LAST_EVENT] = 0


async def append_each(session: AsyncSession, kind: EventKind, now: datetime, customers: Sequence[str]) -> None:
    """Append an event for each of these customers, as append does."""
    await begin_writing(session)
    touch(session, customers=customers)
    if customers:
        session.info[LAST_EVENT] = await repository.insert_events(session, at=now, kind=kind, customers=customers)


async def append(
    session: AsyncSession,
    kind: EventKind,
    now: datetime,
    *,
    contact: str = "",
    agent: str = "",
    ticket: str = "",
    customer: str = "",
) -> int:
    """Append an event to this transaction and return its number.

    From the first append to the commit no other transaction can append: a number once visible has no smaller one
    still to come. Keep the transaction short.
    """
    await begin_writing(session)
    touch(session, tickets=[ticket], customers=[customer])
    seq = await repository.insert_event(
        session, at=now, kind=kind, contact=contact, agent=agent, ticket=ticket, customer=customer
    )
    session.info[LAST_EVENT] = seq
    return seq
