"""Working through the day's follow-ups: taken by one, each attempt written down, and what an answer brings about."""

from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.callbacks import service as callbacks
from crm.customers import repository as customers
from crm.events.service import begin_writing
from crm.followups import repository
from crm.followups.errors import FollowUpOver, FollowUpTaken, NoFollowUp, NotNow
from crm.followups.models import FollowUp, FollowUpAttempt
from crm.followups.planning import current, end
from crm.followups.schemas import AttemptDraft
from crm.policy import follow_up as policy
from crm.policy.follow_up import FollowUpRules, Survey
from crm.tickets import service as ticket_service
from crm.tickets.models import Ticket
from crm.tickets.moving import reopen
from crm.tickets.service import Heard
from crm.visits.service import make_callback_code

TAKEN_FOR = timedelta(minutes=10)  # as a call-back (ux 5.5)


def is_taken(row: FollowUp, now: datetime) -> bool:
    """Tell whether somebody has taken it and rings now."""
    return row.taken_until is not None and row.taken_until > now


async def take(session: AsyncSession, follow_up: str, viewer: Viewer, now: datetime) -> FollowUp:
    """Take it for ten minutes; one whose number is marked 勿呼 meanwhile ends instead.

    Raises NoFollowUp, FollowUpOver, FollowUpTaken, NotNow outside of the hours and before its day.
    """
    row, rules = await _open(session, follow_up, viewer, now)
    if not policy.may_ring(rules, now):
        raise NotNow(f"现在不是回访的时间，请在 {policy.hours_text(rules)} 打")
    ticket = await _own_ticket(session, row)
    if await customers.not_to_call(session, [ticket.caller_e164]):
        end(row, "do_not_call", viewer.name, now)
        await _close(session, ticket, "客户标了勿呼，不回访", viewer, now)
        return row
    if not is_taken(row, now):
        row.code = await make_callback_code(session, row.original_no, now)
    row.taken_by, row.taken_name, row.taken_until = viewer.number, viewer.name, now + TAKEN_FOR
    return row


async def attempt(
    session: AsyncSession, follow_up: str, draft: AttemptDraft, viewer: Viewer, now: datetime
) -> FollowUp:
    """Write down how an attempt went; raises as take does, but at any hour: what was said is never refused for it."""
    row, rules = await _open(session, follow_up, viewer, now)
    ticket = await _own_ticket(session, row)
    row.attempts += 1
    told = FollowUpAttempt(
        follow_up_id=row.id, nth=row.attempts, at=now, by=viewer.name, result=draft.result, note=draft.note
    )
    await repository.add(session, told)
    text = f"回访第 {row.attempts} 次：{policy.ATTEMPTS[draft.result]}"
    outcome = policy.end_of(rules, draft.result, row.attempts)
    if draft.note:
        await ticket_service.record(session, ticket, now, kind="note", actor=viewer.name, text=draft.note)
    if not outcome:
        await _another_day(session, row, ticket, rules, text, viewer, now)
        return row
    if draft.survey is not None:
        await _answered(session, row, ticket, rules, draft, viewer, now)
    end(row, outcome, viewer.name, now)
    await _close(session, ticket, text, viewer, now)
    return row


async def _open(session: AsyncSession, follow_up: str, viewer: Viewer, now: datetime) -> tuple[FollowUp, FollowUpRules]:
    await begin_writing(session)
    row = await repository.get(session, follow_up)
    if row is None:
        raise NoFollowUp("没有这个回访")
    if row.done_at is not None:
        raise FollowUpOver(f"这个回访已经结束：{policy.OUTCOMES[row.outcome]}")
    if is_taken(row, now) and row.taken_by != viewer.number:
        raise FollowUpTaken(f"{row.taken_name} 正在打这个回访")
    rules = await current(session, now)
    if row.ticket_no is None or row.due_at > now:
        raise NotNow(f"一天只打一次，请 {row.due_at.astimezone(rules.zone):%m-%d} 再打")
    return row, rules


async def _own_ticket(session: AsyncSession, row: FollowUp) -> Ticket:
    return await ticket_service.locked(session, row.ticket_no or "")


async def _another_day(
    session: AsyncSession, row: FollowUp, ticket: Ticket, rules: FollowUpRules, text: str, viewer: Viewer, now: datetime
) -> None:
    day = now.astimezone(rules.zone).date() + timedelta(days=1)
    row.due_at = datetime.combine(day, time(), rules.zone)
    row.taken_by, row.taken_name, row.taken_until = "", "", None
    state = "" if ticket.state == "waiting_customer" else "waiting_customer"
    words = f"{text}，{day:%m-%d} 再打"
    await ticket_service.record(session, ticket, now, kind="state", actor=viewer.name, text=words, state=state)


async def _answered(
    session: AsyncSession, row: FollowUp, ticket: Ticket, rules: FollowUpRules, draft: AttemptDraft, viewer: Viewer,
    now: datetime,
) -> None:  # fmt: skip
    """Keep the answers; not mended opens the first ticket again, a bad mark makes a supervisor ring."""
    if draft.survey is None:
        return
    survey = draft.survey.told()
    row.fixed, row.score_visit, row.score_call = survey.fixed, survey.score_visit, survey.score_call
    row.visit_rules, row.remark = dict(survey.rules), draft.survey.remark
    words = "，".join(filter(None, [policy.survey_text(survey), draft.survey.remark]))
    heard = Heard("survey", {"text": words}, "verified", "agent")
    await ticket_service.set_slot(session, ticket, heard, now, viewer.name)
    original = await ticket_service.locked(session, row.original_no)
    await ticket_service.record(session, original, now, kind="note", actor=viewer.name, text=f"回访：{words}")
    await _consequences(session, row, ticket, original, policy.complaints(rules, survey), survey, viewer, now)


async def _consequences(
    session: AsyncSession, row: FollowUp, ticket: Ticket, original: Ticket, why: list[str], survey: Survey,
    viewer: Viewer, now: datetime,
) -> None:  # fmt: skip
    if not why:
        return
    row.supervisor = True
    if policy.reopens(survey):
        await reopen(session, original, viewer.name, now)
    await callbacks.ask_supervisor(
        session, original.no, original.contact_id or "", ticket.caller_e164, f"回访：{'，'.join(why)}", now
    )


async def _close(session: AsyncSession, ticket: Ticket, text: str, viewer: Viewer, now: datetime) -> None:
    await ticket_service.record(session, ticket, now, kind="state", actor=viewer.name, text=text, state="closed")
