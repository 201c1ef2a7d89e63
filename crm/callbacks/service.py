"""Rules of call-backs: one open task per number, what asks for it adds up, a talk with an agent ends it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.accounts.schemas import Role, Viewer
from crm.callbacks import repository
from crm.callbacks.errors import CallbackOver, CallbackTaken, CallbackUnwanted, NoCallback
from crm.callbacks.models import CallbackAsked, CallbackTask
from crm.customers import repository as customers
from crm.errors import Forbidden
from crm.events.service import EventKind, append, begin_writing
from crm.policy.ticket_states import higher_priority
from crm.policy.turns import QUEUE_ORDER, RECALL_AFTER, RECALL_QUEUE


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a queue that a call-back keeps: since when, how pressing, and not before which local time."""

    queue: str
    since: datetime
    priority: int = 0
    after: str = ""


DUE_AFTER = {"urgent": timedelta(0), "high": timedelta(minutes=10), "normal": timedelta(minutes=30)}
AGAIN_AFTER = DUE_AFTER | {"urgent": RECALL_AFTER}  # nobody answered; who is in danger is not left for long
TAKEN_FOR = timedelta(minutes=10)  # ux 5.5
_WRONG = "这个号码标了有误，不是客户本人的，请先核对号码。确实要打，请先写明原因"
_UNWANTED = "客户标了勿呼，这次也没有要求回电。确实要打，请先写明原因"
SUPERVISOR = "supervisor"  # the reason that only a supervisor serves
_WISHED = frozenset({"asked", "voicemail", "danger", SUPERVISOR})  # asked for, promised, or what may save a life


@dataclass(frozen=True, slots=True)
class Wanted:
    """The task that was asked for. joined: other calls of its number had asked before."""

    task: CallbackTask
    joined: bool


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
) -> Wanted:
    """Make the task, or add the reason, number and ticket to the one that the contact or its number has open.

    place: the hotline itself calls when it is their turn; a place that was kept already stands. danger: named in this
    call; then a mobile is rung by the hotline, later, and a telephone indoors by nobody.

    `now` is the time of what happened: a task that was done before it is opened again, one done after it is not.
    """
    await begin_writing(session)  # two writers make one task of a number
    pressing = priority if priority in DUE_AFTER else "normal"
    task, joined = await _task_of(session, contact, e164, pressing, now)
    task.reasons = [*task.reasons, *([] if reason in task.reasons else [reason])]
    task.ticket_no = ticket or task.ticket_no
    task.priority = higher_priority(task.priority, pressing)
    if danger and not task.danger:
        _endanger(task, now)
    _hurry(task)
    if place is not None and task.done_at is None and not task.danger:
        _keep(task, place)
    await _asks(session, task, contact, ticket, now)
    await append(session, EventKind.CALLBACK, now, contact=contact, ticket=task.ticket_no)
    return Wanted(task, joined)


async def _task_of(
    session: AsyncSession, contact: str, e164: str, pressing: str, now: datetime
) -> tuple[CallbackTask, bool]:
    """Return the contact's task or the open one of the number, and whether the contact is new to others' task."""
    own = await repository.of_contact(session, contact)
    if own is not None and own.done_at is not None and own.done_at >= now:
        return own, False
    number = e164 or (own.e164 if own else "")
    same = await repository.open_of_number(session, number)
    if own is not None and (same is None or same is own):
        if own.done_at is None and own.e164 not in ("", number) and await _others(session, own, contact):
            return await _made(session, contact, number, pressing, now), False  # they count on the number of before
        own.e164 = number
        if own.done_at is not None:
            own.done_at, own.done_by, own.result = None, "", ""
        return own, False
    if same is None:
        return await _made(session, contact, number, pressing, now), False
    if own is not None and own.done_at is None and not await _others(session, own, contact):
        await _fold(session, own, same, contact, now)
    return same, True


async def _made(session: AsyncSession, contact: str, e164: str, pressing: str, now: datetime) -> CallbackTask:
    task = _new(contact, pressing, now)
    task.e164 = e164
    await repository.add(session, task)
    return task


async def _others(session: AsyncSession, task: CallbackTask, contact: str) -> bool:
    asked = (await repository.asked(session, [task.id]))[task.id]
    return any(row.contact_id != contact for row in asked)


async def _fold(session: AsyncSession, own: CallbackTask, into: CallbackTask, contact: str, now: datetime) -> None:
    """Let another task serve what this one was for: its caller named the number of the other."""
    into.reasons = [*into.reasons, *(reason for reason in own.reasons if reason not in into.reasons)]
    into.priority = higher_priority(into.priority, own.priority)
    into.due_at = own.due_at if own.danger else min(into.due_at, own.due_at)
    if own.danger:
        into.danger, into.queue, into.place_at, into.next_at = True, own.queue, own.place_at, own.next_at
    if own.queue and not into.danger:
        _keep(into, Place(own.queue, own.place_at or own.created_at, own.queue_priority, own.after))
    await _asks(session, into, contact, own.ticket_no, now)
    await repository.remove(session, own)


def _endanger(task: CallbackTask, now: datetime) -> None:
    """Leave them time to get out. Then the hotline rings a mobile; who may sit indoors by a telephone is not rung."""
    task.danger, task.due_at = True, now + RECALL_AFTER
    task.queue = RECALL_QUEUE if phone.is_mobile(task.e164) else ""
    task.place_at, task.queue_priority, task.after = now, 0, ""
    task.attempts, task.next_at = 0, task.due_at


def _keep(task: CallbackTask, place: Place) -> None:
    """Give the task its place in turn. Of two in one queue the earlier, of two queues that which goes first."""
    since, priority = place.since, place.priority
    if task.queue == place.queue:
        since, priority = min(since, task.place_at or since), max(priority, task.queue_priority)
    elif task.queue and QUEUE_ORDER.index(task.queue) < QUEUE_ORDER.index(place.queue):
        return
    task.queue, task.place_at, task.queue_priority, task.after = place.queue, since, priority, place.after
    if task.placed_at is None:  # else it rings
        task.attempts, task.next_at = 0, None


async def _asks(session: AsyncSession, task: CallbackTask, contact: str, ticket: str, now: datetime) -> None:
    """Note that the contact asked for the task, and about which ticket."""
    asked = (await repository.asked(session, [task.id]))[task.id]
    for row in asked:
        if row.contact_id == contact:
            row.ticket_no = ticket or row.ticket_no
            return
    await repository.add(session, CallbackAsked(task_id=task.id, contact_id=contact, ticket_no=ticket, at=now))


async def ask_for_written(session: AsyncSession, ticket: str, e164: str, now: datetime) -> None:
    """Make the urgent task of a danger that was written: at once, before all others."""
    task = _new(None, "urgent", now)
    task.reasons, task.ticket_no, task.e164 = ["danger"], ticket, e164
    await repository.add(session, task)
    await append(session, EventKind.CALLBACK, now, ticket=ticket)


async def ask_supervisor(session: AsyncSession, ticket: str, contact: str, e164: str, note: str, now: datetime) -> None:
    """Make a supervisor ring about a ticket (dialogues, followup), soon. contact "" = it was opened by hand."""
    if contact:
        task = (await ask_for(session, contact, SUPERVISOR, now, e164=e164, ticket=ticket, priority="high")).task
    else:
        task = _new(None, "high", now)
        task.reasons, task.ticket_no, task.e164 = [SUPERVISOR], ticket, e164
        await repository.add(session, task)
        await append(session, EventKind.CALLBACK, now, ticket=ticket)
    task.note = f"{task.note}；{note}" if task.note else note


async def add_note(session: AsyncSession, contact: str, note: str) -> None:
    """Write beside the contact's open task what whoever rings must know."""
    task = await repository.of_contact(session, contact)
    if task is not None and task.done_at is None:
        task.note = f"{task.note}；{note}" if task.note else note


def for_supervisor(task: CallbackTask) -> bool:
    """Tell whether a supervisor must ring; who is in danger is rung by anybody."""
    return SUPERVISOR in task.reasons and task.priority != "urgent"


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


async def talked(session: AsyncSession, contact: str, now: datetime) -> CallbackTask | None:
    """End the contact's open task, and return it: an agent has the caller on the line."""
    task = await repository.of_contact(session, contact)
    if task is None or task.done_at is not None or SUPERVISOR in task.reasons:
        return None
    await _reached(session, task, now)
    return task


async def rang_again(session: AsyncSession, ticket: str, contact: str, now: datetime) -> None:
    """The caller rang again by this contact and goes on with the ticket: end its open tasks of earlier calls.

    What calls about something else asked for stays.
    """
    for task in await repository.open_of_ticket(session, ticket):
        if SUPERVISOR in task.reasons:
            continue
        asked = (await repository.asked(session, [task.id]))[task.id]
        if any(row.contact_id == contact for row in asked):
            continue
        rest = [row for row in asked if row.ticket_no != ticket]
        if not rest:
            await _reached(session, task, now)
            continue
        await repository.forget_asked(session, task.id, [row.contact_id for row in asked if row not in rest])
        task.contact_id, task.ticket_no = rest[-1].contact_id, rest[-1].ticket_no
        await append(session, EventKind.CALLBACK, now, contact=task.contact, ticket=task.ticket_no)


async def _reached(session: AsyncSession, task: CallbackTask, now: datetime) -> None:
    task.done_at, task.done_by, task.result = now, "系统", "reached"
    await append(session, EventKind.CALLBACK, now, contact=task.contact, ticket=task.ticket_no)


def is_taken(task: CallbackTask, now: datetime) -> bool:
    """Tell whether somebody has taken the task and rings now."""
    return task.taken_until is not None and task.taken_until > now


def is_wished(task: CallbackTask) -> bool:
    """Tell whether the caller asked for the call, or is in danger: 勿呼 does not stand against it."""
    return task.danger or not _WISHED.isdisjoint(task.reasons)


async def take(session: AsyncSession, task_id: str, viewer: Viewer, now: datetime, why: str = "") -> CallbackTask:
    """Take the task for ten minutes, so that two never ring one person; taking it again begins anew.

    why: the reason to ring a number marked 勿呼 whose caller did not ask for it.
    Raises NoCallback, CallbackTaken while it is another's, CallbackOver, CallbackUnwanted without such a reason,
    Forbidden for what a supervisor must do.
    """
    await begin_writing(session)
    task = await repository.get(session, task_id)
    if task is None:
        raise NoCallback("没有这个回拨任务")
    if task.done_at is not None:
        raise CallbackOver(f"{task.done_by} 已经办完")
    if is_taken(task, now) and task.taken_by != viewer.number:
        raise CallbackTaken(f"{task.taken_name} 正在回拨")
    if for_supervisor(task) and not viewer.has(Role.SUPERVISOR):
        raise Forbidden("这个电话要由班长来打")
    if not why and not task.danger and await repository.with_wrong_number(session, [task.id]):
        raise CallbackUnwanted(_WRONG, fields=[{"field": "reason", "detail": "请写明原因"}])
    if not why and not is_wished(task) and await customers.not_to_call(session, [task.e164]):
        raise CallbackUnwanted(_UNWANTED, fields=[{"field": "reason", "detail": "请写明原因"}])
    task.taken_by, task.taken_name, task.taken_until = viewer.number, viewer.name, now + TAKEN_FOR
    await append(session, EventKind.CALLBACK, now, contact=task.contact, ticket=task.ticket_no)
    return task


async def finish(
    session: AsyncSession, task_id: str, *, result: str, note: str, actor: str, now: datetime
) -> CallbackTask:
    """Record how a call-back went; 「无人接听」 leaves it open for another try, the sooner the more pressing."""
    await begin_writing(session)
    task = await repository.get(session, task_id)
    if task is None:
        raise NoCallback("没有这个回拨任务")
    task.note, task.result, task.done_by = note, result, actor
    task.taken_by, task.taken_name, task.taken_until = "", "", None
    if result == "no_answer":
        task.due_at = now + AGAIN_AFTER[task.priority]
        if task.danger:
            task.next_at = task.due_at  # the hotline does not ring right after a person has
    else:
        task.done_at = now
    await append(session, EventKind.CALLBACK, now, contact=task.contact, ticket=task.ticket_no)
    return task
