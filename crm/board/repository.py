"""SQL of the board: what is open now and today's sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.callbacks.models import CallbackAsked, CallbackTask
from crm.calls.models import Contact, PathNode, RecordingEntry, Ring, Visit


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """Visits of one queue by their join (contact-centre 2.3)."""

    offered: int
    answered: int
    answered_in_time: int
    abandoned: int
    short: int
    timeout: int


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A visit that lasts, with its caller, the priority they wait with and the telephone that rings for it."""

    visit: Visit
    caller_e164: str
    priority: int
    ringing: str


async def open_visits(session: AsyncSession) -> Sequence[OpenVisit]:
    """Return visits waiting, ringing or talking, the longest waiting first."""
    ring = (
        select(Ring.visit_id, func.max(Ring.agent).label("agent"))
        .where(Ring.ended_at.is_(None))
        .group_by(Ring.visit_id)
        .subquery()
    )
    lasting = and_(Visit.ended_at.is_(None), or_(Visit.outcome == "", Visit.outcome == "answered"))
    query = (
        select(Visit, Contact.caller_e164, Contact.handed_priority, ring.c.agent)
        .join(Contact, Contact.id == Visit.contact_id)
        .outerjoin(ring, ring.c.visit_id == Visit.id)
        .where(lasting, Contact.ended_at.is_(None))
        .order_by(Visit.joined_at, Visit.id)
    )
    rows = await session.execute(query)
    return [OpenVisit(visit, number, priority, agent or "") for visit, number, priority, agent in rows]


async def figures(
    session: AsyncSession, since: datetime, *, in_time_ms: int, short_ms: int
) -> Mapping[str, QueueFigures]:
    """Return today's figures by queue."""
    answered = Visit.outcome == "answered"
    abandoned = Visit.outcome == "abandoned"
    query = (
        select(
            Visit.queue,
            func.count(),
            func.count().filter(answered),
            func.count().filter(answered, Visit.wait_ms <= in_time_ms),
            func.count().filter(abandoned),
            func.count().filter(abandoned, Visit.wait_ms < short_ms),
            func.count().filter(Visit.outcome == "timeout"),
        )
        .where(Visit.joined_at >= since, Visit.outcome.not_in(("full", "empty")))
        .group_by(Visit.queue)
    )
    return {row[0]: QueueFigures(*row[1:]) for row in await session.execute(query)}


async def in_dialogue(session: AsyncSession, since: datetime) -> Sequence[tuple[str, str, datetime]]:
    """Return (contact, last node, entered at) of each call that is in the dialogue."""
    last = (
        select(PathNode.contact_id, func.max(PathNode.id).label("id"))
        .join(Contact, Contact.id == PathNode.contact_id)
        .where(Contact.ended_at.is_(None), Contact.handed_at.is_(None), Contact.started_at >= since)
        .group_by(PathNode.contact_id)
        .subquery()
    )
    query = select(PathNode.contact_id, PathNode.node, PathNode.at).join(last, last.c.id == PathNode.id)
    return [(contact, node, at) for contact, node, at in await session.execute(query.order_by(PathNode.at))]


async def recordings(session: AsyncSession, since: datetime) -> tuple[int, int]:
    """Return how many finished recordings were expected and are present."""
    query = select(func.count(), func.count().filter(RecordingEntry.present)).where(
        RecordingEntry.expected_at >= since, RecordingEntry.finished_at.is_not(None)
    )
    row = (await session.execute(query)).one()
    return row[0], row[1]


async def gaps(session: AsyncSession, since: datetime) -> tuple[int, datetime | None]:
    """Return how many recordings are missing, and when the last gap was found."""
    gap = (RecordingEntry.expected_at >= since, RecordingEntry.finished_at.is_not(None), ~RecordingEntry.present)
    row = (await session.execute(select(func.count(), func.max(RecordingEntry.finished_at)).where(*gap))).one()
    return row[0], row[1]


async def emergencies(session: AsyncSession, since: datetime) -> Sequence[tuple[str, datetime, bool]]:
    """Return (contact, when the danger was named, whether it is over) of emergencies that still need somebody.

    Those that last, and those that ended without a talk and were not rung back.
    """
    asked = exists().where(CallbackAsked.contact_id == Contact.id, CallbackAsked.task_id == CallbackTask.id)
    waits, rung = asked.where(CallbackTask.done_at.is_(None)), asked.where(CallbackTask.done_at.is_not(None))
    unserved = and_(Contact.outcome.not_in(("", "talked")), or_(waits, ~rung))
    query = (
        select(Contact.id, func.coalesce(Contact.safety_at, Contact.started_at), Contact.ended_at.is_not(None))
        .where(Contact.safety != "", Contact.started_at >= since, or_(Contact.ended_at.is_(None), unserved))
        .order_by(Contact.started_at)
    )
    return [(contact, at, over) for contact, at, over in await session.execute(query)]
