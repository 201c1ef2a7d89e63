"""Rules of knowledge: draft, review by another, publish, withdraw, roll back. One entry has one version in force."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.errors import Invalid
from crm.knowledge import repository
from crm.knowledge.content import Article, Content, FaultCode, Phrase
from crm.knowledge.errors import EntryChanged, EntryTaken, NoEntry, OwnReview, Unfit, WrongStep
from crm.knowledge.models import KnowledgeEntry, KnowledgeVersion
from crm.knowledge.schemas import RollBack, Step

Parsed = FaultCode | Article | Phrase
_content: TypeAdapter[Parsed] = TypeAdapter(Content)


def parse(stored: dict[str, object]) -> Parsed:
    """Return a stored content."""
    return _content.validate_python(stored)


async def create(
    session: AsyncSession, kind: str, key: str, content: Parsed, viewer: Viewer, now: datetime
) -> KnowledgeEntry:
    """Make an entry with a draft; raises EntryTaken, Invalid for a content of another kind."""
    _check_kind(kind, content)
    if await repository.entry(session, kind, key) is not None:
        raise EntryTaken("这个编号已经有了")
    entry = KnowledgeEntry(
        id=uuid4().hex, kind=kind, key=key, title="", state="draft", newest=0, revision=1, created_at=now,
        updated_at=now,
    )  # fmt: skip
    await repository.add(session, entry)
    await _new_version(session, entry, content, viewer, now, "")
    return entry


async def write(
    session: AsyncSession, kind: str, key: str, revision: int, content: Parsed, viewer: Viewer, now: datetime
) -> KnowledgeEntry:
    """Change the draft, or begin one beside the version in force; a version under review is taken back to draft."""
    _check_kind(kind, content)
    entry = await _locked(session, kind, key, revision)
    newest = await repository.version(session, entry.id, entry.newest)
    if newest is not None and newest.state in ("draft", "review"):
        newest.content = content.model_dump(mode="json")
        newest.state, newest.author, newest.author_name, newest.created_at = "draft", _who(viewer), viewer.name, now
        _shown(entry, content)
    else:
        await _new_version(session, entry, content, viewer, now, "")
    _step(entry, "draft", now)
    return entry


async def submit(session: AsyncSession, kind: str, key: str, step: Step, now: datetime) -> KnowledgeEntry:
    """Ask for a review; raises Unfit when it could not be published."""
    entry = await _locked(session, kind, key, step.revision)
    version = await _newest(session, entry, "draft")
    _check_fit(version)
    version.state, version.note = "review", step.note
    _step(entry, "review", now)
    return entry


async def refuse(
    session: AsyncSession, kind: str, key: str, step: Step, viewer: Viewer, now: datetime
) -> KnowledgeEntry:
    """Give a version back to its author with the reason."""
    entry = await _locked(session, kind, key, step.revision)
    version = await _newest(session, entry, "review")
    if not step.note:
        raise Invalid("请写明退回的原因", fields=[{"field": "note", "detail": "请写明退回的原因"}])
    version.state, version.note, version.reviewed_by = "draft", step.note, viewer.name
    _step(entry, "draft", now)
    return entry


async def publish(
    session: AsyncSession, kind: str, key: str, step: Step, viewer: Viewer, now: datetime
) -> KnowledgeEntry:
    """Bring the reviewed version into force; the one before it is superseded. Raises OwnReview for one's own text."""
    entry = await _locked(session, kind, key, step.revision)
    version = await _newest(session, entry, "review")
    if version.author == _who(viewer):
        raise OwnReview("自己写的内容要请另一位审核后发布")
    _check_fit(version)
    before = await repository.version(session, entry.id, entry.published) if entry.published else None
    if before is not None:
        before.state = "superseded"
    version.state, version.reviewed_by, version.published_at = "published", viewer.name, now
    version.note = step.note or version.note
    entry.published = version.number
    _step(entry, "published", now)
    return entry


async def withdraw(session: AsyncSession, kind: str, key: str, step: Step, now: datetime) -> KnowledgeEntry:
    """Take the version in force out of force; the flow then says its own built-in text, a code is unknown."""
    entry = await _locked(session, kind, key, step.revision)
    version = await repository.version(session, entry.id, entry.published) if entry.published else None
    if version is None:
        raise WrongStep("没有已发布的版本")
    version.state, entry.published = "withdrawn", 0
    _step(entry, "withdrawn" if entry.newest == version.number else entry.state, now)
    return entry


async def roll_back(
    session: AsyncSession, kind: str, key: str, step: RollBack, viewer: Viewer, now: datetime
) -> KnowledgeEntry:
    """Begin a draft with an older version's content; it goes through review like any other."""
    entry = await repository.entry(session, kind, key)
    old = await repository.version(session, entry.id, step.version) if entry else None
    if old is None:
        raise NoEntry("没有这个版本")
    entry = await write(session, kind, key, step.revision, parse(old.content), viewer, now)
    newest = await repository.version(session, entry.id, entry.newest)
    if newest is not None:
        newest.note = step.note or f"恢复第 {step.version} 版"
    return entry


async def _locked(session: AsyncSession, kind: str, key: str, revision: int) -> KnowledgeEntry:
    entry = await repository.entry(session, kind, key, lock=True)
    if entry is None:
        raise NoEntry("没有这条知识")
    if entry.revision != revision:
        raise EntryChanged("这条知识刚被别人改过，请看一下新内容再保存")
    return entry


async def _newest(session: AsyncSession, entry: KnowledgeEntry, state: str) -> KnowledgeVersion:
    version = await repository.version(session, entry.id, entry.newest)
    if version is None or version.state != state:
        raise WrongStep("请先提交审核" if state == "review" else "没有草稿可以提交")
    return version


async def _new_version(
    session: AsyncSession, entry: KnowledgeEntry, content: Parsed, viewer: Viewer, now: datetime, note: str
) -> None:
    entry.newest += 1
    _shown(entry, content)
    version = KnowledgeVersion(
        entry_id=entry.id, number=entry.newest, state="draft", content=content.model_dump(mode="json"),
        author=_who(viewer), author_name=viewer.name, note=note, created_at=now,
    )  # fmt: skip
    await repository.add(session, version)


def _shown(entry: KnowledgeEntry, content: Parsed) -> None:
    entry.title, entry.example = content.title(), content.example
    entry.search = f"{entry.key} {content.words()}"


def _step(entry: KnowledgeEntry, state: str, now: datetime) -> None:
    entry.state, entry.revision, entry.updated_at = state, entry.revision + 1, now


def _check_kind(kind: str, content: Parsed) -> None:
    if content.kind != kind:
        raise Invalid("内容的类型不对", fields=[{"field": "content.kind", "detail": "内容的类型不对"}])


def _check_fit(version: KnowledgeVersion) -> None:
    faults: Sequence[dict[str, str]] = parse(version.content).faults()
    if faults:
        raise Unfit(f"还不能发布：{faults[0]['detail']}", fields=faults)


def _who(viewer: Viewer) -> str:
    return viewer.id or f"program:{viewer.name}"
