"""SQL of call-back tasks."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm.callbacks.models import CallbackTask
from crm.calls.models import Contact
from crm.paging import decode
from crm.search import repository as listed

_FIRST, _LATER = "0", "1"
_RANK = case((CallbackTask.priority == "urgent", _FIRST), else_=_LATER)


async def get(session: AsyncSession, task_id: str) -> CallbackTask | None:
    """Return the task, locked."""
    return await session.get(CallbackTask, task_id, with_for_update=True)


async def of_contact(session: AsyncSession, contact: str) -> CallbackTask | None:
    """Return the contact's task."""
    return (await session.execute(select(CallbackTask).where(CallbackTask.contact_id == contact))).scalar_one_or_none()


async def open_of_ticket(session: AsyncSession, ticket: str) -> Sequence[CallbackTask]:
    """Return the open tasks that a ticket has, locked."""
    query = select(CallbackTask).where(CallbackTask.ticket_no == ticket, CallbackTask.done_at.is_(None))
    return (await session.execute(query.order_by(CallbackTask.id).with_for_update())).scalars().all()


async def written(session: AsyncSession, ticket: str) -> CallbackTask | None:
    """Return the task that a ticket's written danger made."""
    query = select(CallbackTask).where(CallbackTask.ticket_no == ticket, CallbackTask.contact_id.is_(None))
    return (await session.execute(query)).scalar_one_or_none()


async def waits(session: AsyncSession, e164: str) -> bool:
    """Tell whether a task of this number is open."""
    query = select(CallbackTask.id).where(CallbackTask.e164 == e164, CallbackTask.done_at.is_(None)).limit(1)
    return (await session.execute(query)).first() is not None


async def add(session: AsyncSession, task: CallbackTask) -> None:
    """Insert a task."""
    session.add(task)
    await session.flush()


def _open_turns() -> Select[CallbackTask]:
    return select(CallbackTask).where(CallbackTask.done_at.is_(None), CallbackTask.queue != "")


async def any_in_turn(session: AsyncSession) -> bool:
    """Tell whether the hotline has anybody to call by itself."""
    return (await session.execute(_open_turns().limit(1))).first() is not None


async def in_turn(session: AsyncSession, now: datetime, local: str) -> Sequence[CallbackTask]:
    """Return, locked, what may be called now. local: the hotline's time, "2026-11-26T18:00"."""
    query = _open_turns().where(
        CallbackTask.placed_at.is_(None),
        CallbackTask.e164 != "",
        CallbackTask.after <= local,
        or_(CallbackTask.next_at.is_(None), CallbackTask.next_at <= now),
        or_(CallbackTask.taken_until.is_(None), CallbackTask.taken_until <= now),  # a person rings
    )
    return (await session.execute(query.order_by(CallbackTask.id).with_for_update(skip_locked=True))).scalars().all()


async def placed(session: AsyncSession) -> Sequence[CallbackTask]:
    """Return what is being called."""
    return (await session.execute(_open_turns().where(CallbackTask.placed_at.is_not(None)))).scalars().all()


async def placed_contacts(session: AsyncSession) -> frozenset[str]:
    """Return whom the hotline is calling, or has on the line before an agent."""
    return frozenset(task.contact for task in await placed(session))


async def untold(session: AsyncSession, before: datetime) -> Sequence[CallbackTask]:
    """Return, locked, attempts of before then of which nothing was told, and whose customer is not on the line."""
    on_line = exists().where(
        Contact.id == CallbackTask.contact_id,
        Contact.called_back_at.is_not(None),
        Contact.ended_at.is_(None),
    )
    query = _open_turns().where(CallbackTask.placed_at < before, ~on_line)
    return (await session.execute(query.order_by(CallbackTask.id).with_for_update(skip_locked=True))).scalars().all()


async def search(
    session: AsyncSession, *, reason: str, done: bool, cursor: str, limit: int
) -> tuple[Sequence[CallbackTask], int]:
    """Return tasks after the cursor, and how many there are, capped: of the open ones those in danger first, then by
    when they are due; done ones the newest first. reason "" = any."""
    where: list[ColumnElement[bool]] = [CallbackTask.done_at.is_not(None) if done else CallbackTask.done_at.is_(None)]
    if reason:
        where.append(CallbackTask.reasons.contains([reason]))
    total = await listed.count(session, CallbackTask, where)
    order = (CallbackTask.done_at, CallbackTask.id) if done else (_RANK, CallbackTask.due_at, CallbackTask.id)
    if cursor:
        at, key = decode(cursor)
        where.append(tuple_(*order) < (at, key) if done else tuple_(*order) > (key[:1], at, key[1:]))
    query = select(CallbackTask).where(*where).order_by(*((item.desc() if done else item) for item in order))
    return (await session.execute(query.limit(limit))).scalars().all(), total


def place(task: CallbackTask) -> tuple[datetime, str]:
    """Return what a cursor keeps of the task it stands after."""
    if task.done_at is not None:
        return task.done_at, task.id
    return task.due_at, (_FIRST if task.priority == "urgent" else _LATER) + task.id


def served(ticket: ColumnElement[str] | InstrumentedAttribute[str], now: datetime) -> ColumnElement[bool]:
    """Return the condition that somebody rings about this ticket's written danger now, or has done so."""
    rung = or_(CallbackTask.done_at.is_not(None), CallbackTask.taken_until > now)
    return exists().where(CallbackTask.ticket_no == ticket, CallbackTask.contact_id.is_(None), rung)


async def for_duty(
    session: AsyncSession, tickets: Collection[str], before: datetime, most: int
) -> Sequence[CallbackTask]:
    """Return, locked, these tickets' tasks of written dangers that wait since then, of which the duty phones were not
    told since then either, and less than `most` times."""
    query = select(CallbackTask).where(
        CallbackTask.ticket_no.in_(list(tickets)),
        CallbackTask.contact_id.is_(None),
        CallbackTask.done_at.is_(None),
        CallbackTask.e164 != "",
        CallbackTask.duty_rings < most,
        func.coalesce(CallbackTask.duty_rung_at, CallbackTask.created_at) <= before,
    )
    return (await session.execute(query.order_by(CallbackTask.id).with_for_update(skip_locked=True))).scalars().all()


async def counts(session: AsyncSession, now: datetime) -> tuple[int, int]:
    """Return how many tasks are due now and how many open voicemails there are."""
    due = func.count().filter(CallbackTask.due_at <= now)
    voicemails = func.count().filter(CallbackTask.reasons.contains(["voicemail"]))
    row = (await session.execute(select(due, voicemails).where(CallbackTask.done_at.is_(None)))).one()
    return row[0], row[1]
