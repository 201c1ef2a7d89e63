"""The hotline rings by itself and asks: which customers, when, and what becomes of each call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.board import repository as board
from crm.calls import repository as calls
from crm.database import milliseconds
from crm.events.service import begin_writing
from crm.followups import repository
from crm.followups.models import FollowUp, FollowUpAttempt
from crm.followups.planning import current
from crm.followups.service import Told, conclude, not_to_ring, own_ticket
from crm.policy.follow_up import CAME, PLACED, Survey, may_ring, survey_text
from crm.telephone import Telephone, TelephonyRefused, TelephonyUnavailable
from crm.tickets import service as ticket_service
from crm.transaction import UnitOfWork
from crm.visits import repository as visits
from crm.visits.service import make_callback_code
from ivr.contract.commands import CommandName

log = structlog.get_logger(__name__)

ROBOT, NAME = "robot", "自动回访"  # whom a follow-up is taken by, as a number and as people read it
UNTOLD_AFTER = timedelta(hours=1)  # nobody told how the call went: longer than any call, and than ivr is away
REFUSED_FOR = timedelta(minutes=1)  # callers wait or lines are short: not now
_LOOKED_AT = 50
_ENDS: Mapping[str, str] = {"busy": "占线", "no_answer": "", "failed": "没有打通", "untold": "结果不明"}


@dataclass(frozen=True, slots=True)
class Placing:
    """One call that is to be placed now."""

    contact: str
    args: dict[str, str]


class Robot:
    """Rings whose day it is, at most so many at once; 0 = nobody is rung, agents do it."""

    def __init__(self, work: UnitOfWork, telephone: Telephone, most: int) -> None:
        self._work = work
        self._telephone = telephone
        self._most = most
        self._not_before: datetime | None = None

    async def tick(self, now: datetime) -> int:
        """Place what may be placed; returns how many. Each is written down before it goes out."""
        now = milliseconds(now)
        async with self._work() as session:
            await _end_untold(session, now)
            rests = self._not_before is not None and now < self._not_before
            placings = [] if rests or not self._most else await _take(session, self._most, now)
        for placing in placings:
            try:
                await self._telephone.command(CommandName.FOLLOW_UP, placing.args, now)
            except TelephonyRefused as refused:
                log.info("follow_up_refused", call=placing.contact, reason=str(refused))
                self._not_before = now + REFUSED_FOR
                async with self._work() as session:
                    await _refused(session, placing.contact)
            except TelephonyUnavailable:
                log.warning("follow_up_unknown", call=placing.contact)  # it may ring: the facts tell, or UNTOLD_AFTER
                self._not_before = now + REFUSED_FOR
        return len(placings)


async def _take(session: AsyncSession, most: int, now: datetime) -> list[Placing]:
    """Mark those that are rung now as placed and return them; nobody while a caller waits."""
    rules = await current(session, now)
    if not may_ring(rules, now) or any(not item.visit.outcome for item in await board.open_visits(session)):
        return []
    if not await repository.any_to_ring(session, now):
        return []
    await begin_writing(session)
    left = most - len(await repository.placed(session))
    found: list[Placing] = []
    for row in await repository.to_ring(session, now, _LOOKED_AT) if left > 0 else ():
        placing = await _placing(session, row, now)
        found += [placing] if placing else []
        if len(found) == left:
            break
    return found


async def _placing(session: AsyncSession, row: FollowUp, now: datetime) -> Placing | None:
    ticket = await own_ticket(session, row)
    number = ticket.caller_e164
    if not phone.is_dialled_by_trunk(number) or await calls.on_line(session, number):
        return None  # by a person, or later
    if await not_to_ring(session, row, ticket, NAME, now):
        return None
    contact = uuid4().hex
    row.code = await make_callback_code(session, row.original_no, now)
    row.taken_by, row.taken_name, row.taken_until = ROBOT, NAME, now + UNTOLD_AFTER
    row.attempts += 1
    await repository.add(
        session,
        FollowUpAttempt(
            follow_up_id=row.id, nth=row.attempts, at=now, by=NAME, result=PLACED, note="", contact_id=contact
        ),
    )
    visited = row.original_no in await visits.came(session, [row.original_no], CAME)
    args = {
        "contact": contact,
        "number": number,
        "attempt": str(min(row.attempts, 9)),  # one digit: only the first is another
        "kind": row.kind,
        "visited": str(int(visited)),
        "code": row.code,
    }
    return Placing(contact, args)


async def _refused(session: AsyncSession, contact: str) -> None:
    """The call did not go out: the attempt does not count."""
    await begin_writing(session)
    attempt = await repository.of_call(session, contact)
    row = await repository.get(session, attempt.follow_up_id) if attempt else None
    if attempt is not None and row is not None and attempt.result == PLACED:
        row.attempts -= 1
        row.taken_by, row.taken_name, row.taken_until = "", "", None
        await repository.take_back(session, attempt)


async def _end_untold(session: AsyncSession, now: datetime) -> None:
    if not await repository.placed(session, before=now - UNTOLD_AFTER):
        return
    await begin_writing(session)  # before any row is locked
    for late in await repository.placed(session, before=now - UNTOLD_AFTER):
        attempt = await repository.of_call(session, late.contact_id or "")
        if attempt is not None and attempt.result == PLACED:
            await _conclude(session, attempt, Told("no_answer", NAME, _ENDS["untold"]), now)


# ---- facts ----


async def rang(session: AsyncSession, call: str, end: str, at: datetime) -> bool:
    """A call ended ringing: answered | busy | no_answer | failed. False: there is no such call."""
    attempt = await repository.of_call(session, call)
    if attempt is None:
        return False
    if end != "answered" and attempt.result == PLACED:
        await _conclude(session, attempt, Told("no_answer", NAME, _ENDS.get(end, _ENDS["failed"])), at)
    return True


async def told(
    session: AsyncSession, call: str, result: str, survey: Survey | None, said: Mapping[str, str], *, remark: str,
    at: datetime,
) -> str | None:  # fmt: skip
    """Bring about what the customer said; returns the original ticket's number, None for no call of ours.

    What is told when the follow-up has ended, or somebody else rings meanwhile, is a note on its ticket.
    """
    attempt = await repository.of_call(session, call)
    row = await repository.get(session, attempt.follow_up_id) if attempt else None
    if attempt is None or row is None:
        return None
    what = Told(result, NAME, survey=survey, remark=remark, said=said)
    is_newest = row.attempts == attempt.nth and row.taken_by in ("", ROBOT)
    if row.done_at is None and (attempt.result == PLACED or is_newest):
        await _conclude(session, attempt, what, at)
        return row.original_no
    attempt.result = result if attempt.result == PLACED else attempt.result
    if survey is not None:
        text = f"自动回访的结果来晚了：{survey_text(survey)}"
        await ticket_service.record(session, await own_ticket(session, row), at, kind="note", actor=NAME, text=text)
    return row.original_no


async def over(session: AsyncSession, call: str, at: datetime) -> bool:
    """The customer is gone; who was told of by nobody was not asked. True: it was a call of ours."""
    attempt = await repository.of_call(session, call)
    if attempt is not None and attempt.result == PLACED:
        await _conclude(session, attempt, Told("not_asked", NAME), at)
    return attempt is not None


async def is_ours(session: AsyncSession, call: str) -> bool:
    """Tell whether this call is one that the hotline made by itself to ask."""
    return await repository.of_call(session, call) is not None


async def _conclude(session: AsyncSession, attempt: FollowUpAttempt, what: Told, at: datetime) -> None:
    row = await repository.get(session, attempt.follow_up_id)
    attempt.result, attempt.note = what.result, what.note
    if row is not None and row.done_at is None:  # made void, or its original opened again, while it rang
        await conclude(session, row, await current(session, at), what, at)
