"""SQL of follow-ups."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from crm.followups.models import FollowUp, FollowUpAttempt
from crm.paging import Total, decode, total_of
from crm.policy.follow_up import PLACED, Counted, Survey
from crm.search import repository as listed
from crm.tickets.models import Ticket


async def get(session: AsyncSession, follow_up: str) -> FollowUp | None:
    """Return one, locked and as it is now."""
    return await session.get(FollowUp, follow_up, with_for_update=True, populate_existing=True)


async def add(session: AsyncSession, row: FollowUp | FollowUpAttempt) -> None:
    """Insert a follow-up or an attempt."""
    session.add(row)
    await session.flush()


async def open_of(session: AsyncSession, original: str) -> FollowUp | None:
    """Return the one of an original ticket that has not ended, locked."""
    query = select(FollowUp).where(FollowUp.original_no == original, FollowUp.done_at.is_(None)).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def open_by_ticket(session: AsyncSession, ticket: str) -> FollowUp | None:
    """Return the one whose own ticket this is unless it has ended."""
    query = select(FollowUp).where(FollowUp.ticket_no == ticket, FollowUp.done_at.is_(None))
    return (await session.execute(query)).scalar_one_or_none()


async def to_open(session: AsyncSession, now: datetime, limit: int) -> Sequence[FollowUp]:
    """Return those whose day has come and that have no ticket yet, locked."""
    query = select(FollowUp).where(FollowUp.done_at.is_(None), FollowUp.ticket_no.is_(None), FollowUp.due_at <= now)
    ordered = query.order_by(FollowUp.completed_at, FollowUp.id).limit(limit).with_for_update(skip_locked=True)
    return (await session.execute(ordered)).scalars().all()


async def left_open(session: AsyncSession, limit: int) -> Sequence[str]:
    """Return the open tickets of follow-ups that ended because their original was opened again."""
    query = select(Ticket.no).join(FollowUp, FollowUp.ticket_no == Ticket.no)
    ended = query.where(FollowUp.outcome == "reopened", Ticket.is_open).order_by(Ticket.no).limit(limit)
    return (await session.execute(ended)).scalars().all()


def _where(tab: str, now: datetime) -> list[ColumnElement[bool]]:
    if tab == "done":
        return [FollowUp.done_at.is_not(None)]
    if tab == "supervisor":
        return [FollowUp.done_at.is_not(None), FollowUp.supervisor.is_(True)]
    return [FollowUp.done_at.is_(None), FollowUp.due_at <= now if tab == "due" else FollowUp.due_at > now]


async def search(
    session: AsyncSession, tab: str, now: datetime, *, cursor: str, limit: int
) -> tuple[Sequence[FollowUp], Total]:
    """Return those of a tab (due | later | done | supervisor) after the cursor, and how many there are, capped.

    Of open ones those whose work was completed first, ended ones the newest first.
    """
    where = _where(tab, now)
    total = await listed.count(session, FollowUp, where)
    ended = tab in ("done", "supervisor")
    order = (FollowUp.done_at if ended else FollowUp.completed_at, FollowUp.id)
    if cursor:
        place = decode(cursor)
        where.append(tuple_(*order) < place if ended else tuple_(*order) > place)
    query = select(FollowUp).where(*where).order_by(*(item.desc() if ended else item for item in order))
    return (await session.execute(query.limit(limit))).scalars().all(), total_of(total)


def place(row: FollowUp) -> tuple[datetime, str]:
    """Return what a cursor keeps of the row it stands after."""
    return row.done_at or row.completed_at, row.id


async def attempts(session: AsyncSession, ids: Collection[str]) -> Mapping[str, list[FollowUpAttempt]]:
    """Return the attempts of each, the first first."""
    found: dict[str, list[FollowUpAttempt]] = {key: [] for key in ids}
    query = select(FollowUpAttempt).where(FollowUpAttempt.follow_up_id.in_(list(ids)))
    for row in (await session.execute(query.order_by(FollowUpAttempt.follow_up_id, FollowUpAttempt.nth))).scalars():
        found[row.follow_up_id].append(row)
    return found


async def of_product(session: AsyncSession, product: str) -> Sequence[FollowUp]:
    """Return the ended ones of a machine that were answered or tried, the newest first."""
    query = select(FollowUp).where(FollowUp.product_id == product, FollowUp.done_at.is_not(None), FollowUp.attempts > 0)
    return (await session.execute(query.order_by(FollowUp.done_at.desc(), FollowUp.id))).scalars().all()


async def of_originals(session: AsyncSession, tickets: Collection[str]) -> Sequence[FollowUp]:
    """Return all of these original tickets."""
    query = select(FollowUp).where(FollowUp.original_no.in_(list(tickets)))
    return (await session.execute(query.order_by(FollowUp.completed_at, FollowUp.id))).scalars().all()


async def counted(session: AsyncSession, since: datetime, until: datetime) -> list[Counted]:
    """Return the ends of a time, equal ones counted together."""
    told = (FollowUp.outcome, FollowUp.fixed, FollowUp.score_visit, FollowUp.visit_rules, FollowUp.score_call)
    query = (
        select(*told, func.count()).where(FollowUp.done_at >= since, FollowUp.done_at < until).group_by(*told)
    )  # fmt: skip
    return [
        Counted(outcome, Survey(fixed, visit, rules, call), times)
        for outcome, fixed, visit, rules, call, times in await session.execute(query)
    ]


def _to_ring(now: datetime) -> Select[FollowUp]:
    return select(FollowUp).where(
        FollowUp.done_at.is_(None),
        FollowUp.ticket_no.is_not(None),
        FollowUp.due_at <= now,
        or_(FollowUp.taken_until.is_(None), FollowUp.taken_until <= now),
    )


async def any_to_ring(session: AsyncSession, now: datetime) -> bool:
    """Tell whether anybody may be rung now."""
    return (await session.execute(_to_ring(now).limit(1))).first() is not None


async def to_ring(session: AsyncSession, now: datetime, limit: int) -> Sequence[FollowUp]:
    """Return those that may be rung today and that nobody has taken, locked, the longest completed first."""
    ordered = _to_ring(now).order_by(FollowUp.completed_at, FollowUp.id).limit(limit)
    return (await session.execute(ordered.with_for_update(skip_locked=True))).scalars().all()


async def placed(session: AsyncSession, *, before: datetime | None = None) -> Sequence[FollowUpAttempt]:
    """Return the calls of the hotline of which nothing has been told; before: only those placed by then."""
    query = select(FollowUpAttempt).where(FollowUpAttempt.contact_id.is_not(None), FollowUpAttempt.result == PLACED)
    query = query if before is None else query.where(FollowUpAttempt.at <= before)
    return (await session.execute(query.order_by(FollowUpAttempt.at))).scalars().all()


async def of_call(session: AsyncSession, contact: str) -> FollowUpAttempt | None:
    """Return the attempt that is this call of the hotline, locked; None for any other call."""
    query = select(FollowUpAttempt).where(FollowUpAttempt.contact_id == contact).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def take_back(session: AsyncSession, row: FollowUpAttempt) -> None:
    """Delete an attempt that was none."""
    await session.delete(row)
    await session.flush()
