"""When a ticket is completed its follow-up is planned, once; opened again before it was asked, it is not."""

from datetime import datetime, time
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm.followups import repository
from crm.followups.models import FollowUp
from crm.policy.follow_up import FollowUpRules, due_on, rules_on
from crm.rules import service as rules
from crm.tickets.models import Ticket

_COMPLETED = frozenset({"resolved", "closed"})
SYSTEM = "系统"


async def current(session: AsyncSession, now: datetime) -> FollowUpRules:
    """Return the rules in force now."""
    sets = await rules.follow_up_rules(session)
    return rules_on(sets, now.astimezone(sets[0].zone).date())


async def after_state(session: AsyncSession, ticket: Ticket, before: str, now: datetime) -> None:
    """Plan, or take back, what the change of state from `before` asks for; the caller has the lock of writing."""
    if ticket.kind == "follow_up":
        if ticket.state == "void":
            end(await repository.open_by_ticket(session, ticket.no), "void", SYSTEM, now)
    elif before in _COMPLETED and ticket.state not in _COMPLETED:
        end(await repository.open_of(session, ticket.no), "reopened", SYSTEM, now)
    elif ticket.state in _COMPLETED and before not in _COMPLETED:
        await _plan(session, ticket, now)


def end(row: FollowUp | None, outcome: str, by: str, now: datetime) -> None:
    """End a follow-up, if there is one."""
    if row is not None:
        row.outcome, row.done_at, row.done_by = outcome, now, by
        row.taken_by, row.taken_name, row.taken_until = "", "", None


async def _plan(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    found = await current(session, now)
    day = due_on(found, ticket.kind, ticket.outcome, now)
    if day is None or await repository.open_of(session, ticket.no) is not None:
        return
    row = FollowUp(
        id=uuid4().hex, original_no=ticket.no, kind=ticket.kind, completed_at=now,
        due_at=datetime.combine(day, time(), found.zone), attempts=0, taken_by="", taken_name="", code="", outcome="",
        fixed="", visit_rules={}, remark="", supervisor=False, done_by="",
    )  # fmt: skip
    await repository.add(session, row)
