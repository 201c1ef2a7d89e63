"""SQL of partners: the customers that have a quota."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.customers.models import Customer
from crm.paging import after
from crm.parts.models import PartLine, Partner
from crm.tickets.models import Ticket

_NO_OWNER = Customer.kind != literal_column("'owner'")  # written out, so that the partial index serves
_WAITING = (Ticket.kind == "part_request", Ticket.state == "approving")


async def listed(
    session: AsyncSession, kinds: Collection[str], q: str, *, waiting: bool, cursor: str, limit: int
) -> Sequence[tuple[Customer, Partner | None]]:
    """Return partners with their standing, newest file first; every word of q is found in the name."""
    where: list[ColumnElement[bool]] = [_NO_OWNER, Customer.kind.in_(kinds), Customer.merged_into.is_(None)]
    where += [func.strpos(func.lower(Customer.name), word) > 0 for word in q.lower().split()]
    where += after(cursor, Customer.created_at, Customer.id)
    if waiting:
        where.append(exists().where(Ticket.customer_id == Customer.id, *_WAITING))
    query = select(Customer, Partner).outerjoin(Partner, Partner.customer_id == Customer.id).where(*where)
    rows = await session.execute(query.order_by(Customer.created_at.desc(), Customer.id.desc()).limit(limit))
    return [(customer, partner) for customer, partner in rows]


async def issued(session: AsyncSession, customers: Collection[str], since: datetime) -> Mapping[str, int]:
    """Return how many pieces each was issued since then."""
    query = (
        select(Ticket.customer_id, func.sum(PartLine.quantity))
        .join(PartLine, PartLine.ticket_no == Ticket.no)
        .where(Ticket.customer_id.in_(customers), PartLine.issued_at >= since)
        .group_by(Ticket.customer_id)
    )
    return {customer: int(total) for customer, total in await session.execute(query) if customer}


async def waiting_counts(session: AsyncSession, customers: Collection[str]) -> Mapping[str, int]:
    """Return how many requests of each wait for approval."""
    query = select(Ticket.customer_id, func.count()).where(Ticket.customer_id.in_(customers), *_WAITING)
    return {
        customer: total for customer, total in await session.execute(query.group_by(Ticket.customer_id)) if customer
    }


async def waiting(session: AsyncSession, customer: str, limit: int) -> Sequence[Ticket]:
    """Return the requests of one that wait for approval, oldest first."""
    query = select(Ticket).where(Ticket.customer_id == customer, *_WAITING).order_by(Ticket.created_at, Ticket.no)
    return (await session.execute(query.limit(limit))).scalars().all()


async def waiting_total(session: AsyncSession) -> int:
    """Return how many requests wait for approval in all."""
    return (await session.execute(select(func.count()).select_from(Ticket).where(*_WAITING))).scalar_one()
