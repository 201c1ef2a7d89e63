"""SQL of the audit log."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from crm.audit.models import AuditEntry
from crm.paging import decode


async def add(session: AsyncSession, entry: AuditEntry) -> None:
    """Insert an entry."""
    session.add(entry)
    await session.flush()


async def search(session: AsyncSession, where: Sequence[ColumnElement[bool]], limit: int) -> Sequence[AuditEntry]:
    """Return entries, newest first."""
    query = select(AuditEntry).where(*where).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)
    return (await session.execute(query)).scalars().all()


def older_than(cursor: str) -> list[ColumnElement[bool]]:
    """Return the condition that an entry comes after the cursor; raises Invalid for one that is not ours."""
    if not cursor:
        return []
    at, key = decode(cursor)
    number = int(key) if key.isdecimal() and len(key) < 10 else 0
    return [tuple_(AuditEntry.at, AuditEntry.id) < tuple_(at, number)]


def matching(*, actor: str, action: str, subject_kind: str, subject: str) -> list[ColumnElement[bool]]:
    """Return the conditions; "" = any."""
    wanted = (
        (AuditEntry.actor, actor),
        (AuditEntry.action, action),
        (AuditEntry.subject_kind, subject_kind),
        (AuditEntry.subject, subject),
    )
    return [column == value for column, value in wanted if value]
