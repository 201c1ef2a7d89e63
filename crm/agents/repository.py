"""SQL of agents' phones."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.agents.models import AgentPhone
from crm.calls.models import Ring, Visit


async def get(session: AsyncSession, extension: str) -> AgentPhone | None:
    """Return what is known of a phone."""
    return await session.get(AgentPhone, extension)


async def get_or_add(session: AsyncSession, extension: str) -> AgentPhone:
    """Return what is known of a phone, beginning with offline."""
    phone = await session.get(AgentPhone, extension)
    if phone is None:
        phone = AgentPhone(extension=extension, state="offline", reason="", queues=[])
        session.add(phone)
        await session.flush()
    return phone


async def everyone(session: AsyncSession) -> Sequence[AgentPhone]:
    """Return all phones."""
    return (await session.execute(select(AgentPhone).order_by(AgentPhone.extension))).scalars().all()


async def live_contact(session: AsyncSession, extension: str) -> str:
    """Return the contact this phone talks with or rings for, "" for none."""
    talking = select(Visit.contact_id).where(
        Visit.agent == extension, Visit.outcome == "answered", Visit.ended_at.is_(None)
    )
    found = (await session.execute(talking.order_by(Visit.answered_at.desc()).limit(1))).scalar_one_or_none()
    if found:
        return found
    ringing = (
        select(Visit.contact_id)
        .join(Ring, Ring.visit_id == Visit.id)
        .where(Ring.agent == extension, Ring.ended_at.is_(None), Visit.outcome == "")
    )
    return (await session.execute(ringing.order_by(Ring.at.desc()).limit(1))).scalar_one_or_none() or ""


async def last_contact(session: AsyncSession, extension: str) -> str:
    """Return the contact of the phone's last finished talk, "" for none."""
    query = select(Visit.contact_id).where(Visit.agent == extension, Visit.ended_at.is_not(None))
    return (await session.execute(query.order_by(Visit.ended_at.desc()).limit(1))).scalar_one_or_none() or ""


async def figures(session: AsyncSession, extension: str, since: datetime) -> tuple[int, int, int | None]:
    """Return answered visits, unanswered rings and the mean talk in ms since `since`."""
    talks = select(func.count(), func.avg(Visit.talk_ms)).where(Visit.agent == extension, Visit.answered_at >= since)
    answered, mean = (await session.execute(talks)).one()
    unanswered = select(func.count()).where(Ring.agent == extension, Ring.at >= since, Ring.reason == "no_answer")
    missed = (await session.execute(unanswered)).scalar_one()
    return answered, missed, None if mean is None else round(mean)
