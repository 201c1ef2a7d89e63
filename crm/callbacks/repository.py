"""SQL of call-back tasks and of the calls that asked for them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, delete, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm.callbacks.models import CallbackAsked, CallbackTask
from crm.calls.models import Contact
from crm.customers.models import PhoneNumber
from crm.paging import Total, decode, total_of
from crm.search import repository as listed
from crm.tickets.models import Ticket

_FIRST, _LATER = "0", "1"
_WRITTEN = (CallbackTask.contact_id.is_(None), CallbackTask.reasons.contains(["danger"]))
_RANK = case((CallbackTask.priority == "urgent", _FIRST), else_=_LATER)


async def get(session: AsyncSession, task_id: str) -> CallbackTask | None:
    """Return the task, locked."""
    return await session.get(CallbackTask, task_id, with_for_update=True)


async def with_wrong_number(session: AsyncSession, tasks: Collection[str]) -> set[str]:
    """Return which of these tasks would ring a number that is marked as not their customer's."""
    whose = func.coalesce(Ticket.customer_id, Contact.customer_id)
    query = (
        select(CallbackTask.id)
        .outerjoin(Contact, Contact.id == CallbackTask.contact_id)
        .outerjoin(Ticket, Ticket.no == CallbackTask.ticket_no)
        .join(PhoneNumber, (PhoneNumber.customer_id == whose) & (PhoneNumber.e164 == CallbackTask.e164))
        .where(CallbackTask.id.in_(list(tasks)), PhoneNumber.wrong_at.is_not(None))
    )
    return set((await session.execute(query)).scalars())


async def of_contact(session: AsyncSession, contact: str) -> CallbackTask | None:
    """Return the task that the contact asked for: the open one, else the newest."""
    query = select(CallbackTask).join(CallbackAsked).where(CallbackAsked.contact_id == contact)
    newest = query.order_by(CallbackTask.done_at.is_not(None), CallbackTask.created_at.desc(), CallbackTask.id)
    return (await session.execute(newest.limit(1))).scalar_one_or_none()


async def open_of_number(session: AsyncSession, e164: str) -> CallbackTask | None:
    """Return the open task of a number; that of a danger that was written is apart."""
    query = select(CallbackTask).where(
        CallbackTask.e164 == e164, CallbackTask.done_at.is_(None), CallbackTask.contact_id.is_not(None)
    )
    return (await session.execute(query)).scalar_one_or_none() if e164 else None


async def asked(session: AsyncSession, tasks: Collection[str]) -> Mapping[str, Sequence[CallbackAsked]]:
    """Return the calls that asked for each of these tasks, the first first."""
    query = select(CallbackAsked).where(CallbackAsked.task_id.in_(list(tasks)))
    found: dict[str, list[CallbackAsked]] = {task: [] for task in tasks}
    for row in (await session.execute(query.order_by(CallbackAsked.at, CallbackAsked.contact_id))).scalars():
        found[row.task_id].append(row)
    return found


async def forget_asked(session: AsyncSession, task: str, contacts: Collection[str]) -> None:
    """Take these calls out of those that asked for a task."""
    rows = delete(CallbackAsked).where(CallbackAsked.task_id == task, CallbackAsked.contact_id.in_(list(contacts)))
    await session.execute(rows)


async def open_of_ticket(session: AsyncSession, ticket: str) -> Sequence[CallbackTask]:
    """Return the open tasks that a ticket has, locked."""
    calls = exists().where(CallbackAsked.task_id == CallbackTask.id, CallbackAsked.ticket_no == ticket)
    query = select(CallbackTask).where(or_(CallbackTask.ticket_no == ticket, calls), CallbackTask.done_at.is_(None))
    return (await session.execute(query.order_by(CallbackTask.id).with_for_update())).scalars().all()


async def written(session: AsyncSession, ticket: str) -> CallbackTask | None:
    """Return the task that a ticket's written danger made."""
    query = select(CallbackTask).where(CallbackTask.ticket_no == ticket, *_WRITTEN)
    return (await session.execute(query)).scalar_one_or_none()


async def add(session: AsyncSession, row: CallbackTask | CallbackAsked) -> None:
    """Insert a task, or a call that asked for one."""
    session.add(row)
    await session.flush()


async def remove(session: AsyncSession, task: CallbackTask) -> None:
    """Delete a task whose calls have another now."""
    await session.delete(task)
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
) -> tuple[Sequence[CallbackTask], Total]:
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
    return (await session.execute(query.limit(limit))).scalars().all(), total_of(total)


def place(task: CallbackTask) -> tuple[datetime, str]:
    """Return what a cursor keeps of the task it stands after."""
    if task.done_at is not None:
        return task.done_at, task.id
    return task.due_at, (_FIRST if task.priority == "urgent" else _LATER) + task.id


def served(ticket: ColumnElement[str] | InstrumentedAttribute[str], now: datetime) -> ColumnElement[bool]:
    """Return the condition that somebody rings about this ticket's written danger now, or has done so."""
    rung = or_(CallbackTask.done_at.is_not(None), CallbackTask.taken_until > now)
    return exists().where(CallbackTask.ticket_no == ticket, *_WRITTEN, rung)


async def for_duty(
    session: AsyncSession, tickets: Collection[str], before: datetime, most: int
) -> Sequence[CallbackTask]:
    """Return, locked, these tickets' tasks of written dangers that wait since then, of which the duty phones were not
    told since then either, and less than `most` times, and which none of them took."""
    query = select(CallbackTask).where(
        CallbackTask.ticket_no.in_(list(tickets)),
        CallbackTask.contact_id.is_(None),
        CallbackTask.done_at.is_(None),
        CallbackTask.e164 != "",
        CallbackTask.duty_rings < most,
        CallbackTask.duty_taken_at.is_(None),
        func.coalesce(CallbackTask.duty_rung_at, CallbackTask.created_at) <= before,
    )
    return (await session.execute(query.order_by(CallbackTask.id).with_for_update(skip_locked=True))).scalars().all()


_CUT_OFF = (
    CallbackTask.danger,
    CallbackTask.contact_id.is_not(None),
    CallbackTask.done_at.is_(None),
    CallbackTask.queue == "",
    CallbackTask.e164 != "",
)


async def any_cut_off(session: AsyncSession) -> bool:
    """Tell whether anybody was cut off in danger and is left to people."""
    return (await session.execute(select(CallbackTask.id).where(*_CUT_OFF).limit(1))).first() is not None


async def cut_off_for_duty(session: AsyncSession, now: datetime, before: datetime, most: int) -> Sequence[CallbackTask]:
    """Return, locked, the due tasks of who was cut off in danger and is left to people, whom nobody rings now, of which
    the duty phones were not told since `before`, and less than `most` times, and which none of them took."""
    query = select(CallbackTask).where(
        *_CUT_OFF,
        CallbackTask.due_at <= now,
        or_(CallbackTask.taken_until.is_(None), CallbackTask.taken_until <= now),
        CallbackTask.duty_rings < most,
        CallbackTask.duty_taken_at.is_(None),
        or_(CallbackTask.duty_rung_at.is_(None), CallbackTask.duty_rung_at <= before),
    )
    return (await session.execute(query.order_by(CallbackTask.id).with_for_update(skip_locked=True))).scalars().all()


async def counts(session: AsyncSession, now: datetime) -> tuple[int, int]:
    """Return how many tasks are due now and how many open voicemails there are."""
    due = func.count().filter(CallbackTask.due_at <= now)
    voicemails = func.count().filter(CallbackTask.reasons.contains(["voicemail"]))
    row = (await session.execute(select(due, voicemails).where(CallbackTask.done_at.is_(None)))).one()
    return row[0], row[1]
