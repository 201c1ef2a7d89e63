"""Rules of call-backs: one task per contact, reasons add up, a talk with an agent ends it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.callbacks import repository
from crm.callbacks.errors import CallbackOver, CallbackTaken, NoCallback
from crm.callbacks.models import CallbackTask
from crm.events.service import EventKind, append, begin_writing
from crm.policy.ticket_states import higher_priority


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a queue that a call-back keeps: since when, how pressing, and not before which local time."""

    queue: str
    since: datetime
    priority: int = 0
    after: str = ""


DUE_AFTER = {"urgent": timedelta(0), "high": timedelta(minutes=10), "normal": timedelta(minutes=30)}
RECALL_AFTER = timedelta(minutes=3)  # of a danger: time to get out first (dialogues, emergency)
TAKEN_FOR = timedelta(minutes=10)  # ux 5.5


async def ask_for(
    session: AsyncSession,
    contact: str,
    reason: str,
    now: datetime,
    *,
    e164: str = "",
    ticket: str = "",
    priority: str = "normal",
    place: Place | None = None,
    danger: bool = False,
) -> CallbackTask:
    """Make the contact's task, or add the reason, number and ticket to the one there is.

    place: the hotline itself calls when it is their turn. danger: named in this call; then only people ring, later.

    `now` is the time of what happened: a task that was done before it is opened again, one done after it is not.
    """
    task = await repository.of_contact(session, contact)
    pressing = priority if priority in DUE_AFTER else "normal"
    if task is None:
        task = _new(contact, pressing, now)
        await repository.add(session, task)
    elif task.done_at is not None and task.done_at < now:
        task.done_at, task.done_by, task.result = None, "", ""
    task.reasons = [*task.reasons, *([] if reason in task.reasons else [reason])]
    task.e164 = e164 or task.e164
    task.ticket_no = ticket or task.ticket_no
    task.priority = higher_priority(task.priority, pressing)
    if danger and not task.danger:
        task.danger, task.due_at = True, now + RECALL_AFTER
    _hurry(task)
    if place is not None and task.done_at is None and not task.danger:
        task.queue, task.place_at, task.queue_priority = place.queue, place.since, place.priority
        task.after, task.attempts, task.next_at, task.placed_at = place.after, 0, None, None
    await append(session, EventKind.CALLBACK, now, contact=contact, ticket=task.ticket_no)
    return task


async def ask_for_written(session: AsyncSession, ticket: str, e164: str, now: datetime) -> None:
    """Make the urgent task of a danger that was written: at once, before all others."""
    task = _new(None, "urgent", now)
    task.reasons, task.ticket_no, task.e164 = ["danger"], ticket, e164
    await repository.add(session, task)
    await append(session, EventKind.CALLBACK, now, ticket=ticket)


def _new(contact: str | None, priority: str, now: datetime) -> CallbackTask:
    return CallbackTask(
        contact_id=contact, reasons=[], priority=priority, created_at=now, due_at=now + DUE_AFTER[priority],
        e164="", ticket_no="", note="", done_by="", result="", taken_by="", taken_name="", taken_until=None,
        queue="", queue_priority=0, after="", attempts=0, duty_rings=0, danger=False,
    )  # fmt: skip


def _hurry(task: CallbackTask) -> None:
    """Bring the due time forward to what the priority asks; that of a danger stands."""
    if not task.danger:
        task.due_at = min(task.due_at, task.created_at + DUE_AFTER[task.priority])


async def press(session: AsyncSession, contact: str, priority: str, now: datetime) -> None:
    """Make an existing task as pressing as its ticket has become."""
    task = await repository.of_contact(session, contact)
    if task is not None and priority in DUE_AFTER:
        task.priority = higher_priority(task.priority, priority)
        _hurry(task)
        await append(session, EventKind.CALLBACK, now, contact=contact, ticket=task.ticket_no)


async def talked(session: AsyncSession, contact: str, now: datetime) -> None:
    """End the contact's open task: an agent has the caller on the line."""
    task = await repository.of_contact(session, contact)
    if task is not None and task.done_at is None:
        await _reached(session, task, now)


async def rang_again(session: AsyncSession, ticket: str, contact: str, now: datetime) -> None:
    """End the ticket's open tasks of earlier calls: the caller rang again by this contact and goes on."""
    for task in await repository.open_of_ticket(session, ticket):
        if task.contact_id != contact:
            await _reached(session, task, now)


async def _reached(session: AsyncSession, task: CallbackTask, now: datetime) -> None:
    task.done_at, task.done_by, task.result = now, "系统", "reached"
    await append(session, EventKind.CALLBACK, now, contact=task.contact, ticket=task.ticket_no)


async def take(session: AsyncSession, task_id: str, viewer: Viewer, now: datetime) -> CallbackTask:
    """Take the task for ten minutes, so that two never ring one person; taking it again begins anew.

    Raises NoCallback, CallbackTaken while it is another's, CallbackOver.
    """
    await begin_writing(session)
    task = await repository.get(session, task_id)
    if task is None:
        raise NoCallback("没有这个回拨任务")
    if task.done_at is not None:
        raise CallbackOver(f"{task.done_by} 已经办完")
    if task.taken_until is not None and task.taken_until > now and task.taken_by != viewer.number:
        raise CallbackTaken(f"{task.taken_name} 正在回拨")
    task.taken_by, task.taken_name, task.taken_until = viewer.number, viewer.name, now + TAKEN_FOR
    await append(session, EventKind.CALLBACK, now, contact=task.contact, ticket=task.ticket_no)
    return task


async def finish(
    session: AsyncSession, task_id: str, *, result: str, note: str, actor: str, now: datetime
) -> CallbackTask:
    """Record how a call-back went; 「无人接听」 leaves it open for another try in half an hour."""
    await begin_writing(session)
    task = await repository.get(session, task_id)
    if task is None:
        raise NoCallback("没有这个回拨任务")
    task.note, task.result, task.done_by = note, result, actor
    task.taken_by, task.taken_name, task.taken_until = "", "", None
    if result == "no_answer":
        task.due_at = now + DUE_AFTER["normal"]
    else:
        task.done_at = now
    await append(session, EventKind.CALLBACK, now, contact=task.contact, ticket=task.ticket_no)
    return task
