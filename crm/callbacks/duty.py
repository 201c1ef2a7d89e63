"""A danger that was written and that no agent takes, or whose caller was cut off and whom the hotline does not ring:
the duty phones are rung, as they are for one told by phone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.callbacks import repository
from crm.callbacks.models import CallbackTask
from crm.callbacks.service import TAKEN_FOR, is_taken
from crm.errors import Refusal
from crm.events.service import EventKind, append, begin_writing
from crm.telephone import Telephone, TelephonyRefused, TelephonyUnavailable
from crm.tickets import repository as tickets
from crm.tickets.service import record
from crm.transaction import UnitOfWork
from ivr.contract.commands import CommandName, DutyWhy

log = structlog.get_logger(__name__)

MOST_RINGS = 3
AGAIN_AFTER = timedelta(seconds=30)  # when the telephone system did not take the command
SYSTEM = "系统"
DUTY = "duty"  # in place of the 工号 of who has taken a task


async def call_duty(work: UnitOfWork, telephone: Telephone, now: datetime, wait: timedelta) -> int:
    """Ring the duty phones for whoever waits longer than `wait`, and again after each further one, MOST_RINGS times.

    Who was cut off has a time of their own, for getting out: `due_at`. Without a number there is nobody to speak of.

    Returns how many rounds were due. Each is counted before: a lost answer must not ring for ever.
    """
    async with work() as session:
        rounds = [(task.id, task.e164, _why(task)) for task in await _take(session, now, wait)]
    for task_id, number, why in rounds:
        try:
            await telephone.command(CommandName.CALL_DUTY, {"number": number, "task": task_id, "why": why}, now)
        except (TelephonyRefused, TelephonyUnavailable) as error:
            log.warning("duty_not_rung", task=task_id, reason=type(error).__name__)
            async with work() as session:
                await _not_rung(session, task_id, now + AGAIN_AFTER - wait, error)
        else:
            async with work() as session:
                await _rung(session, task_id, now)
    return len(rounds)


async def taken(session: AsyncSession, task_id: str, number: str, at: datetime) -> bool:
    """Somebody took a round on this duty phone by key 1: no further round goes out, and to the pages the task is taken
    as by an agent, so that the board asks again until somebody wrote down how it went. False = there is no such task.

    number: as the trunk dials it. An agent who has the task keeps it. ivr tells the same second again when it cannot
    know whether it told it.
    """
    await begin_writing(session)
    task = await repository.get(session, task_id)
    if task is None:
        return False
    if task.duty_taken_at is not None and at <= task.duty_taken_at:
        return True
    who = f"值班电话 {phone.masked(phone.to_e164(number))}"
    task.duty_taken_at = at
    if task.done_at is None and not is_taken(task, at):
        task.taken_by, task.taken_name, task.taken_until = DUTY, who, at + TAKEN_FOR
    await _tell(session, task, f"{who} 已接手", at)
    await append(session, EventKind.CALLBACK, at, contact=task.contact, ticket=task.ticket_no)
    return True


async def _take(session: AsyncSession, now: datetime, wait: timedelta) -> Sequence[CallbackTask]:
    unserved = [no for no, _, _ in await tickets.unserved_dangers(session, now)]
    if not unserved and not await repository.any_cut_off(session):
        return ()
    await begin_writing(session)
    found = [
        *await repository.for_duty(session, unserved, now - wait, MOST_RINGS),
        *await repository.cut_off_for_duty(session, now, now - wait, MOST_RINGS),
    ]
    for task in found:
        task.duty_rings, task.duty_rung_at = task.duty_rings + 1, now
    return found


def _why(task: CallbackTask) -> DutyWhy:
    """Return what the duty phone is told of the number."""
    if task.contact_id is None:
        return DutyWhy.WRITTEN
    return DutyWhy.CUT if phone.is_mobile(task.e164) else DutyWhy.INDOORS


async def _rung(session: AsyncSession, task_id: str, at: datetime) -> None:
    await begin_writing(session)
    task = await repository.get(session, task_id)
    if task is not None:
        await _tell(session, task, f"还没有客服接手，第 {task.duty_rings} 次打值班电话", at)


async def _not_rung(session: AsyncSession, task_id: str, as_if_at: datetime, error: Refusal) -> None:
    await begin_writing(session)
    task = await repository.get(session, task_id)
    if task is not None and task.duty_rung_at is not None:
        at = task.duty_rung_at
        task.duty_rings, task.duty_rung_at = task.duty_rings - 1, as_if_at
        await _tell(session, task, f"值班电话没有打出去：{error.detail}", at)


async def _tell(session: AsyncSession, task: CallbackTask, text: str, at: datetime) -> None:
    """Write it into the ticket's timeline, unless it is the newest word there: the ticket is not to change under its
    agent's hands every half a minute while the telephone system is away."""
    ticket = await tickets.get(session, task.ticket_no, lock=True)
    newest = await tickets.timeline(session, task.ticket_no, limit=1)
    if ticket is not None and text not in [entry.text for entry in newest]:
        await record(session, ticket, at, kind="callback", actor=SYSTEM, text=text)
