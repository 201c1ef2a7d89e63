"""Knowledge as the pages see it."""

from sqlalchemy.ext.asyncio import AsyncSession

from crm.knowledge import repository
from crm.knowledge.content import Article, FaultCode
from crm.knowledge.models import KnowledgeEntry, KnowledgeVersion
from crm.knowledge.schemas import STATE_NAMES, EntryForm, EntryRow, SpokenSegment, VersionForm
from crm.knowledge.service import Parsed, parse
from crm.policy import spoken
from crm.words import word

_READERS = {"article": ["咨询"], "fault_code": ["维修申报"], "phrase": []}


def row(found: KnowledgeEntry) -> EntryRow:
    """Return a line of the list."""
    return EntryRow(
        kind=found.kind,
        key=found.key,
        title=found.title,
        state=found.state,
        state_name=word(STATE_NAMES, found.state),
        example=found.example,
        published=found.published,
        newest=found.newest,
        revision=found.revision,
        updated_at=found.updated_at,
    )


async def entry(session: AsyncSession, found: KnowledgeEntry) -> EntryForm:
    """Return the whole entry; used_by tells that a live flow reads what is published (ux 5.6)."""
    return EntryForm(
        **dict(row(found)),
        used_by=_READERS[found.kind] if found.published else [],
        versions=[_version(item) for item in await repository.versions(session, found.id)],
    )


def _version(found: KnowledgeVersion) -> VersionForm:
    content = parse(found.content)
    return VersionForm(
        number=found.number,
        state=found.state,
        state_name=word(STATE_NAMES, found.state),
        content=content,
        spoken=[SpokenSegment(text=text, seconds=spoken.seconds(text), too_long=spoken.too_long(text))
                for text in _spoken_texts(content)],
        faults=content.faults(),
        author=found.author_name,
        note=found.note,
        reviewed_by=found.reviewed_by,
        created_at=found.created_at,
        published_at=found.published_at,
    )  # fmt: skip


def _spoken_texts(content: Parsed) -> list[str]:
    if isinstance(content, Article):
        return content.segments
    if isinstance(content, FaultCode):
        return [f"{content.code_printed}一般是{content.meaning_zh}。", *content.self_check_zh]
    return []
