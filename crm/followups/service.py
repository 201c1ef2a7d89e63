"""Working through the day's follow-ups: taken by one, each attempt written down, and what an answer brings about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.callbacks import service as callbacks
from crm.customers import repository as customers
from crm.customers import wrong_numbers
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


@dataclass(frozen=True, slots=True)
class Told:
    """What an attempt says, by whom. said: as in FollowUp, empty where a person took the answers."""

    result: str
    by: str
    note: str = ""
    survey: Survey | None = None
    remark: str = ""
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def trust(self) -> tuple[str, str]:
        """Status and source of the answers as a slot has them."""
        if not self.said:
            return "verified", "agent"
        return ("dtmf", "dtmf") if set(self.said.values()) == {"dtmf"} else ("unverified", "speech")


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
    ticket = await own_ticket(session, row)
    if await not_to_ring(session, row, ticket, viewer.name, now):
        return row
    if not is_taken(row, now):
        row.code = await make_callback_code(session, row.original_no, now)
    row.taken_by, row.taken_name, row.taken_until = viewer.number, viewer.name, now + TAKEN_FOR
    return row


async def not_to_ring(session: AsyncSession, row: FollowUp, ticket: Ticket, by: str, now: datetime) -> bool:
    """End a follow-up whose number is marked 勿呼 or wrong; False when it may be rung."""
    if await customers.not_to_call(session, [ticket.caller_e164]):
        outcome, why = "do_not_call", "客户标了勿呼，不回访"
    elif await wrong_numbers.of(session, ticket.customer_id, [ticket.caller_e164]):
        outcome, why = "no_number", "号码标了有误，不回访"
    else:
        return False
    end(row, outcome, by, now)
    await _close(session, ticket, why, by, now)
    return True


async def attempt(
    session: AsyncSession, follow_up: str, draft: AttemptDraft, viewer: Viewer, now: datetime
) -> FollowUp:
    """Write down how an attempt went; raises as take does, but at any hour: what was said is never refused for it."""
    row, rules = await _open(session, follow_up, viewer, now)
    row.attempts += 1
    written = FollowUpAttempt(
        follow_up_id=row.id, nth=row.attempts, at=now, by=viewer.name, result=draft.result, note=draft.note
    )
    await repository.add(session, written)
    survey = draft.survey
    told = Told(
        draft.result, viewer.name, draft.note, survey.told() if survey else None, survey.remark if survey else ""
    )
    await conclude(session, row, rules, told, now)
    return row


async def conclude(session: AsyncSession, row: FollowUp, rules: FollowUpRules, told: Told, now: datetime) -> None:
    """Bring about what the newest attempt says: another day, or the end and what the answers ask for."""
    ticket = await own_ticket(session, row)
    text = f"回访第 {row.attempts} 次：{policy.ATTEMPTS[told.result]}"
    outcome = policy.end_of(rules, told.result, row.attempts)
    if told.note:
        await ticket_service.record(session, ticket, now, kind="note", actor=told.by, text=told.note)
    if not outcome:
        await _another_day(session, row, ticket, rules, text, told.by, now)
        return
    original = await ticket_service.locked(session, row.original_no)
    if told.survey is not None:
        await _answered(session, row, ticket, original, rules, told, told.survey, now)
    if told.result == "wrong_number":
        end(row, outcome, told.by, now)
        await _wrong_number(session, ticket, original, text, told.by, now)
        return
    end(row, outcome, told.by, now)
    await _close(session, ticket, text, told.by, now)


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


async def own_ticket(session: AsyncSession, row: FollowUp) -> Ticket:
    """Return the follow-up's own ticket, locked."""
    return await ticket_service.locked(session, row.ticket_no or "")


async def _another_day(
    session: AsyncSession, row: FollowUp, ticket: Ticket, rules: FollowUpRules, text: str, by: str, now: datetime
) -> None:
    day = now.astimezone(rules.zone).date() + timedelta(days=1)
    row.due_at = datetime.combine(day, time(), rules.zone)
    row.taken_by, row.taken_name, row.taken_until = "", "", None
    state = "" if ticket.state == "waiting_customer" else "waiting_customer"
    words = f"{text}，{day:%m-%d} 再打"
    await ticket_service.record(session, ticket, now, kind="state", actor=by, text=words, state=state)


async def _answered(
    session: AsyncSession, row: FollowUp, ticket: Ticket, original: Ticket, rules: FollowUpRules, told: Told,
    survey: Survey, now: datetime,
) -> None:  # fmt: skip
    """Keep the answers; not mended opens the first ticket again, a bad mark makes a supervisor ring."""
    row.fixed, row.score_visit, row.score_call = survey.fixed, survey.score_visit, survey.score_call
    row.visit_rules, row.remark, row.said = dict(survey.rules), told.remark, dict(told.said)
    words = "，".join(filter(None, [policy.survey_text(survey), told.remark]))
    await ticket_service.set_slot(session, ticket, Heard("survey", {"text": words}, *told.trust), now, told.by)
    await ticket_service.record(session, original, now, kind="note", actor=told.by, text=f"回访：{words}")
    why = policy.complaints(rules, survey)
    if not why:
        return
    row.supervisor = True
    if policy.reopens(survey):
        await reopen(session, original, told.by, now)
    await callbacks.ask_supervisor(
        session, original.no, original.contact_id or "", ticket.caller_e164, f"回访：{'，'.join(why)}", now
    )


async def _wrong_number(
    session: AsyncSession, ticket: Ticket, original: Ticket, text: str, by: str, now: datetime
) -> None:
    """Keep the promise to put the number right: it is marked, the ticket stays open for who finds another."""
    number, whose = ticket.caller_e164, original.customer_id
    marked = await wrong_numbers.mark(session, whose, number, by, "回访时对方说打错了", now) if whose else False
    said = "回访：号码打错了，请核对客户的号码"
    said += "，原号码已标为有误" if marked else ""
    await ticket_service.record(session, original, now, kind="note", actor=by, text=said)
    if ticket.priority == "low":
        await ticket_service.set_priority(session, ticket, "normal", now, by)
    state = "" if ticket.state == "in_progress" else "in_progress"
    words = f"{text}。请找到客户的正确号码，改好档案后办结这张单"
    await ticket_service.record(session, ticket, now, kind="state", actor=by, text=words, state=state)


async def _close(session: AsyncSession, ticket: Ticket, text: str, by: str, now: datetime) -> None:
    await ticket_service.record(session, ticket, now, kind="state", actor=by, text=text, state="closed")
