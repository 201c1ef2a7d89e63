"""SQL of knowledge entries and their versions."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import paging
from crm.knowledge.models import KnowledgeEntry, KnowledgeVersion


async def add(session: AsyncSession, thing: KnowledgeEntry | KnowledgeVersion) -> None:
    """Insert a row."""
    session.add(thing)
    await session.flush()


async def entry(session: AsyncSession, kind: str, key: str, *, lock: bool = False) -> KnowledgeEntry | None:
    """Return the entry of this key."""
    query = select(KnowledgeEntry).where(KnowledgeEntry.kind == kind, KnowledgeEntry.key == key)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def versions(session: AsyncSession, entry_id: str) -> Sequence[KnowledgeVersion]:
    """Return every version, the newest first."""
    query = select(KnowledgeVersion).where(KnowledgeVersion.entry_id == entry_id)
    return (await session.execute(query.order_by(KnowledgeVersion.number.desc()))).scalars().all()


async def version(session: AsyncSession, entry_id: str, number: int) -> KnowledgeVersion | None:
    """Return one version."""
    return await session.get(KnowledgeVersion, (entry_id, number))


async def search(
    session: AsyncSession, kind: str, *, q: str, state: str, cursor: str, limit: int
) -> Sequence[KnowledgeEntry]:
    """Return entries of a kind whose texts hold `q`, the last changed first."""
    query = select(KnowledgeEntry).where(
        KnowledgeEntry.kind == kind, *paging.after(cursor, KnowledgeEntry.updated_at, KnowledgeEntry.id)
    )
    if state == "published":
        query = query.where(KnowledgeEntry.published > 0)
    elif state:
        query = query.where(KnowledgeEntry.state == state)
    if q:
        query = query.where(KnowledgeEntry.search.icontains(q, autoescape=True))
    ordered = query.order_by(KnowledgeEntry.updated_at.desc(), KnowledgeEntry.id.desc()).limit(limit)
    return (await session.execute(ordered)).scalars().all()


async def in_force(session: AsyncSession, kinds: Collection[str]) -> Sequence[tuple[KnowledgeEntry, KnowledgeVersion]]:
    """Return the published version of every entry of these kinds, by key."""
    joined = and_(KnowledgeVersion.entry_id == KnowledgeEntry.id, KnowledgeVersion.number == KnowledgeEntry.published)
    query = select(KnowledgeEntry, KnowledgeVersion).join(KnowledgeVersion, joined)
    rows = await session.execute(query.where(KnowledgeEntry.kind.in_(kinds)).order_by(KnowledgeEntry.key))
    return [(row[0], row[1]) for row in rows]


async def keys(session: AsyncSession) -> Mapping[str, set[str]]:
    """Return the keys of each kind."""
    found: dict[str, set[str]] = {}
    for kind, key in await session.execute(select(KnowledgeEntry.kind, KnowledgeEntry.key)):
        found.setdefault(kind, set()).add(key)
    return found


async def mark(session: AsyncSession) -> str:
    """Return what changes whenever anything is published or withdrawn: a look at it costs little."""
    query = select(
        func.count(), func.coalesce(func.sum(KnowledgeEntry.revision), 0), func.max(KnowledgeEntry.updated_at)
    )
    count, revisions, newest = (await session.execute(query)).one()
    return f"{count} {revisions} {newest}"
