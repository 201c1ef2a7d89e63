"""SQL of contacts and everything below them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.calls.models import Contact, HeardSlot, Matter, PathNode, RecordingEntry, Ring, Turn, Visit
from crm.customers.models import Customer
from crm.paging import Total, decode
from crm.search import repository as listed

Row = TypeVar("Row", Contact, HeardSlot, Matter, PathNode, RecordingEntry, Ring, Turn, Visit)
_LISTED = listed.Ordered(Contact, (Contact.started_at, Contact.id))
_MOST_PEOPLE = 500  # a query that names more customers finds the calls of so many


async def add(session: AsyncSession, thing: Row) -> Row:
    """Insert a row and return it."""
    session.add(thing)
    await session.flush()
    return thing


async def contact(session: AsyncSession, contact_id: str) -> Contact | None:
    """Return the contact."""
    return await session.get(Contact, contact_id)


async def existing_contact(session: AsyncSession, contact_id: str) -> Contact:
    """Return a contact that a foreign key keeps."""
    return await session.get_one(Contact, contact_id)


async def existing_visit(session: AsyncSession, visit_id: str) -> Visit:
    """Return a queue visit that a foreign key keeps."""
    return await session.get_one(Visit, visit_id)


async def contacts_by_id(session: AsyncSession, ids: Collection[str]) -> Sequence[Contact]:
    """Return these contacts, newest first."""
    if not ids:
        return []
    query = select(Contact).where(Contact.id.in_(ids)).order_by(Contact.started_at.desc(), Contact.id)
    return (await session.execute(query)).scalars().all()


async def on_line(session: AsyncSession, e164: str) -> bool:
    """Tell whether this number is on the line with us."""
    query = select(Contact.id).where(Contact.caller_e164 == e164, Contact.ended_at.is_(None)).limit(1)
    return (await session.execute(query)).first() is not None


async def waiting(session: AsyncSession) -> int:
    """Return how many callers wait in the queues now, those in danger apart."""
    query = (
        select(func.count())
        .select_from(Visit)
        .join(Contact, Contact.id == Visit.contact_id)
        .where(Visit.ended_at.is_(None), Visit.outcome == "", Visit.queue != "emergency", Contact.ended_at.is_(None))
    )
    return (await session.execute(query)).scalar_one()


async def of_caller(
    session: AsyncSession, *, customer: str, e164: str, since: datetime | None = None, limit: int = 20
) -> Sequence[Contact]:
    """Return contacts of a customer or, without one, of a number, newest first."""
    if not customer and not e164:
        return []
    whose = or_(Contact.customer_id == customer, and_(Contact.caller_e164 == e164, Contact.caller_e164 != ""))
    query = select(Contact).where(whose if customer else Contact.caller_e164 == e164)
    if since is not None:
        query = query.where(Contact.started_at >= since)
    query = query.order_by(Contact.started_at.desc(), Contact.id).limit(limit)
    return (await session.execute(query)).scalars().all()


async def search(
    session: AsyncSession, where: Sequence[ColumnElement[bool]], *, cursor: str = "", limit: int
) -> tuple[Sequence[Contact], Total]:
    """Return contacts after the cursor, newest first, and how many there are, capped."""
    return await listed.page(session, _LISTED, where, "", decode(cursor) if cursor else None, limit)


async def about(session: AsyncSession, q: str) -> list[ColumnElement[bool]]:
    """Return the condition that the caller's number or customer is what `q` asks for; nothing for no query."""
    if not q:
        return []
    query = select(Customer.id).where(listed.holds(Customer.terms, q)).limit(_MOST_PEOPLE)
    whose = Contact.customer_id.in_((await session.execute(query)).scalars().all())
    digits = "".join(filter(str.isdigit, q))
    ending = func.reverse(Contact.caller_e164).startswith(digits[::-1], autoescape=True)
    return [or_(whose, ending) if len(digits) >= 4 else whose]


def conditions(
    *, since: datetime | None, until: datetime | None, outcome: str, agent: str
) -> list[ColumnElement[bool]]:
    """Return the conditions of a list; agent "" = calls of all, else those that rang at this telephone."""
    where: list[ColumnElement[bool]] = []
    if since:
        where.append(Contact.started_at >= since)
    if until:
        where.append(Contact.started_at < until)
    if outcome:
        where.append(Contact.outcome == outcome)
    if agent:
        rang = select(Visit.contact_id).join(Ring, Ring.visit_id == Visit.id).where(Ring.agent == agent)
        where.append(Contact.id.in_(rang))
    return where


async def path(session: AsyncSession, contact_id: str) -> Sequence[PathNode]:
    """Return the nodes the dialogue came to, in order."""
    query = select(PathNode).where(PathNode.contact_id == contact_id).order_by(PathNode.id)
    return (await session.execute(query)).scalars().all()


async def turns(session: AsyncSession, contact_id: str) -> Sequence[Turn]:
    """Return the turns, in order."""
    query = select(Turn).where(Turn.contact_id == contact_id).order_by(Turn.id)
    return (await session.execute(query)).scalars().all()


async def matter(session: AsyncSession, contact_id: str, number: int) -> Matter | None:
    """Return one matter."""
    return await session.get(Matter, (contact_id, number))


async def matters(session: AsyncSession, contact_id: str) -> Sequence[Matter]:
    """Return the matters, in order."""
    query = select(Matter).where(Matter.contact_id == contact_id).order_by(Matter.matter)
    return (await session.execute(query)).scalars().all()


async def heard_slot(session: AsyncSession, contact_id: str, number: int, slot: str) -> HeardSlot | None:
    """Return what was heard for a slot."""
    return await session.get(HeardSlot, (contact_id, number, slot))


async def heard_slots(session: AsyncSession, contact_id: str) -> Sequence[HeardSlot]:
    """Return everything heard, by matter."""
    query = select(HeardSlot).where(HeardSlot.contact_id == contact_id).order_by(HeardSlot.matter, HeardSlot.slot)
    return (await session.execute(query)).scalars().all()


async def visit(session: AsyncSession, visit_id: str) -> Visit | None:
    """Return one queue visit."""
    return await session.get(Visit, visit_id)


async def visits(session: AsyncSession, contact_ids: Collection[str]) -> Mapping[str, list[Visit]]:
    """Return each contact's queue visits, in order."""
    found: dict[str, list[Visit]] = {}
    if contact_ids:
        query = select(Visit).where(Visit.contact_id.in_(contact_ids)).order_by(Visit.joined_at, Visit.id)
        for row in (await session.execute(query)).scalars():
            found.setdefault(row.contact_id, []).append(row)
    return found


async def open_ring(session: AsyncSession, visit_id: str, agent: str) -> Ring | None:
    """Return the agent's ring for this visit that has not ended."""
    query = select(Ring).where(Ring.visit_id == visit_id, Ring.agent == agent, Ring.ended_at.is_(None))
    return (await session.execute(query.order_by(Ring.id.desc()).limit(1))).scalar_one_or_none()


async def rings(session: AsyncSession, visit_ids: Collection[str]) -> Mapping[str, list[Ring]]:
    """Return each visit's rings, in order."""
    found: dict[str, list[Ring]] = {}
    if visit_ids:
        for row in (
            await session.execute(select(Ring).where(Ring.visit_id.in_(visit_ids)).order_by(Ring.id))
        ).scalars():
            found.setdefault(row.visit_id, []).append(row)
    return found


async def rang_at(session: AsyncSession, contact_id: str, agent: str) -> bool:
    """Tell whether a contact rang at this telephone or was answered there."""
    query = (
        select(Ring.id)
        .join(Visit, Visit.id == Ring.visit_id)
        .where(Visit.contact_id == contact_id, Ring.agent == agent)
    )
    return (await session.execute(query.limit(1))).first() is not None


async def recording(session: AsyncSession, recording_id: str) -> RecordingEntry | None:
    """Return one line of the ledger of recordings."""
    return await session.get(RecordingEntry, recording_id)


async def recordings(session: AsyncSession, ids: Collection[str]) -> Mapping[str, RecordingEntry]:
    """Return lines of the ledger by recording."""
    if not ids:
        return {}
    rows = (await session.execute(select(RecordingEntry).where(RecordingEntry.id.in_(ids)))).scalars()
    return {row.id: row for row in rows}


async def last_joined(session: AsyncSession, contact_id: str, queue: str) -> datetime | None:
    """Return when the contact came into this queue the last time."""
    query = select(func.max(Visit.joined_at)).where(Visit.contact_id == contact_id, Visit.queue == queue)
    return (await session.execute(query)).scalar_one_or_none()
