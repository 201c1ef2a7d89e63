"""Call-backs that the hotline makes itself when it is the caller's turn; what becomes of each attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.agents import repository as agents
from crm.board import repository as board
from crm.callbacks import repository
from crm.callbacks.models import CallbackTask
from crm.customers import repository as customers
from crm.database import milliseconds
from crm.events.service import EventKind, append, begin_writing
from crm.policy.turns import (
    AGAIN_AFTER,
    MOST_ATTEMPTS,
    QUEUE_ORDER,
    RECALL_AFTER,
    RECALL_QUEUE,
    REFUSED_AFTER,
    UNTOLD_AFTER,
    Claim,
    Turn,
    turns,
)
from crm.telephone import Telephone, TelephonyRefused, TelephonyUnavailable
from crm.tickets import repository as tickets
from crm.tickets.service import IVR, record
from crm.transaction import UnitOfWork
from crm.visits.service import make_callback_code
from ivr.contract.commands import CommandName
from ivr.contract.facts import HELD

log = structlog.get_logger(__name__)

_ENDS = {"busy": "占线", "no_answer": "无人接听", "failed": "没有打通", "untold": "结果不明"}


@dataclass(frozen=True, slots=True)
class Placing:
    """One call that is to be placed now."""

    task: str
    args: dict[str, str]


async def place_due(work: UnitOfWork, telephone: Telephone, now: datetime, zone: ZoneInfo) -> int:
    """Place the calls whose turn it is; returns how many. Each is written down before it goes out."""
    now = milliseconds(now)
    async with work() as session:
        placings = await _take(session, now, zone)
    for placing in placings:
        try:
            await telephone.command(CommandName.CALL_BACK, placing.args, now)
        except TelephonyRefused as refused:
            log.warning("callback_refused", task=placing.task, reason=str(refused))
            async with work() as session:
                await _refused(session, placing.task, now)
        except TelephonyUnavailable:
            log.warning("callback_unknown", task=placing.task)  # it may ring: the facts tell, or UNTOLD_AFTER
    return len(placings)


async def _take(session: AsyncSession, now: datetime, zone: ZoneInfo) -> list[Placing]:
    """Mark the call-backs whose turn it is as placed and return them."""
    local = f"{now.astimezone(zone):%Y-%m-%dT%H:%M}"
    if not await repository.any_in_turn(session):
        return []
    await begin_writing(session)
    for task in await repository.untold(session, now - UNTOLD_AFTER):
        await _attempt_failed(session, task, "untold", now)
    kept = await repository.in_turn(session, now, local)
    claims = await _waiting(session, await repository.placed(session)) + [_claim(task) for task in kept]
    by_id = {task.id: task for task in kept}
    found = [await _placing(session, by_id[turn.task], turn, now) for turn in turns(claims, await _free(session))]
    return [placing for placing in found if placing is not None]


def _claim(task: CallbackTask, *, on_line: bool = False) -> Claim:
    since = task.place_at or task.created_at
    return Claim(task.queue, task.queue_priority, since, task.id, placed=task.placed_at is not None, on_line=on_line)


async def _waiting(session: AsyncSession, placed: Sequence[CallbackTask]) -> list[Claim]:
    """Return the claims of who stands in a queue and of who is being called; who is both claims once."""
    waits = {
        item.visit.contact_id: Claim(item.visit.queue, item.priority, item.visit.joined_at, on_line=True)
        for item in await board.open_visits(session)
        if not item.visit.outcome and item.visit.queue in QUEUE_ORDER
    }
    called = [_claim(task, on_line=waits.pop(task.contact, None) is not None) for task in placed]
    return [*waits.values(), *called]


async def _free(session: AsyncSession) -> dict[str, Sequence[str]]:
    ready = [phone for phone in await agents.everyone(session) if phone.state == "ready"]
    # who is held for a caller in danger is given no other
    return {phone.extension: [RECALL_QUEUE] if phone.reason == HELD else phone.queues for phone in ready}


async def _placing(session: AsyncSession, task: CallbackTask, turn: Turn, now: datetime) -> Placing | None:
    if task.danger and not phone.is_mobile(task.e164):  # another number was given since
        await _to_people(session, task, "登记的是座机，人可能还在屋里，没有自动回拨", now)
        return None
    if not task.danger and await customers.not_to_call(session, [task.e164]):
        await _to_people(session, task, "客户档案标了勿呼，请先确认再打", now)
        return None
    if not task.danger and await repository.with_wrong_number(session, [task.id]):
        await _to_people(session, task, "号码标了有误，请先核对客户的号码", now)
        return None
    code = await make_callback_code(session, task.ticket_no, now)
    task.placed_at, task.attempts = now, task.attempts + 1
    await append(session, EventKind.CALLBACK, now, contact=task.contact, ticket=task.ticket_no)
    args = {
        "contact": task.contact,
        "number": task.e164,
        "queue": task.queue,
        "priority": str(task.queue_priority),
        "position": str(turn.position),
        "since": f"{(task.place_at or task.created_at).timestamp():.3f}",
        "attempt": str(task.attempts),
        "code": code,
    }
    return Placing(task.id, args)


async def _refused(session: AsyncSession, task_id: str, now: datetime) -> None:
    """The call did not go out: the attempt does not count."""
    await begin_writing(session)
    task = await repository.get(session, task_id)
    if task is not None and task.placed_at is not None:
        task.placed_at, task.attempts, task.next_at = None, task.attempts - 1, now + REFUSED_AFTER


# ---- facts ----


async def rang(session: AsyncSession, contact: str, end: str, at: datetime) -> None:
    """An attempt ended: answered | busy | no_answer | failed. After MOST_ATTEMPTS it is a task for people."""
    task = await repository.of_contact(session, contact)
    if task is None or task.done_at is not None or task.placed_at is None:
        return
    if end == "answered":
        await tell(session, task, f"{_named(task)}，已接通", at)
    else:
        await _attempt_failed(session, task, end, at)


async def leg_over(session: AsyncSession, contact: str, at: datetime) -> None:
    """The called-back customer is gone; who spoke with nobody is a task for people now."""
    task = await repository.of_contact(session, contact)
    if task is not None and task.done_at is None and task.placed_at is not None:
        await _to_people(session, task, "回电接通后没等到客服", at)


async def _attempt_failed(session: AsyncSession, task: CallbackTask, end: str, at: datetime) -> None:
    task.placed_at = None
    text = f"{_named(task)}第 {task.attempts} 次：{_ENDS.get(end, _ENDS['failed'])}"
    if task.attempts >= MOST_ATTEMPTS:
        await _to_people(session, task, f"{text}，转人工回电", at)
        return
    task.next_at = at + (RECALL_AFTER if task.danger else AGAIN_AFTER)
    await tell(session, task, text, at)


def _named(task: CallbackTask) -> str:
    return "紧急自动回电" if task.danger else "按次序回电"


async def _to_people(session: AsyncSession, task: CallbackTask, note: str, at: datetime) -> None:
    task.queue, task.placed_at = "", None
    task.due_at = at
    task.note = f"{task.note}；{note}" if task.note else note
    await tell(session, task, note, at)


async def tell(session: AsyncSession, task: CallbackTask, text: str, at: datetime, actor: str = IVR) -> None:
    """Write it into the timelines of all tickets that the call-back is about."""
    asked = (await repository.asked(session, [task.id]))[task.id]
    for no in sorted({task.ticket_no, *(row.ticket_no for row in asked)} - {""}):
        await _record(session, no, text, at, actor)
    for contact in {task.contact, *(row.contact_id for row in asked)}:
        await append(session, EventKind.CALLBACK, at, contact=contact, ticket=task.ticket_no)


async def _record(session: AsyncSession, no: str, text: str, at: datetime, actor: str = IVR) -> None:
    ticket = await tickets.get(session, no, lock=True)
    if ticket is not None:
        await record(session, ticket, at, kind="callback", actor=actor, text=text)


async def tell_others(session: AsyncSession, task: CallbackTask, contact: str, text: str, at: datetime) -> None:
    """Write it into the timelines of the tickets that other calls than this one asked about."""
    asked = (await repository.asked(session, [task.id]))[task.id]
    own = {row.ticket_no for row in asked if row.contact_id == contact}
    for no in sorted({row.ticket_no for row in asked} - own - {""}):
        await _record(session, no, text, at)
