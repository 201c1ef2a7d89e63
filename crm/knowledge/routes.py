"""Knowledge: list, read, write, review, publish; the pack in force."""

from fastapi import APIRouter

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.knowledge import repository, service
from crm.knowledge.errors import NoEntry
from crm.knowledge.schemas import (
    EntryDraft,
    EntryForm,
    EntryRow,
    KeyPath,
    KindPath,
    PackForm,
    RollBack,
    StateQuery,
    Step,
    VersionDraft,
)  # fmt: skip
from crm.paging import Cursor, Slice, SliceSize, cut
from crm.views import knowledge as view
from crm.web.context import LensDep, PartsDep, SessionDep, TransactionalRoute, ViewerDep
from crm.wire import Search

router = APIRouter(route_class=TransactionalRoute, tags=["knowledge"])
_EDITORS = (Role.SUPERVISOR, Role.ADMIN)


@router.get("/knowledge-pack", operation_id="getKnowledgePack")
async def get_pack(viewer: ViewerDep, parts: PartsDep) -> PackForm:
    """What the next call speaks: the pack's version and how much is in it."""
    require(viewer, *Role)
    return parts.knowledge.form()


@router.get("/knowledge/{kind}", operation_id="listKnowledge")
async def list_entries(
    kind: KindPath, session: SessionDep, viewer: ViewerDep, q: Search = "", state: StateQuery = "",
    cursor: Cursor = "", size: SliceSize = 50,
) -> Slice[EntryRow]:  # fmt: skip
    """Entries of a kind whose texts hold q, the last changed first."""
    require(viewer, *Role)
    found = await repository.search(session, kind, q=q, state=state, cursor=cursor, limit=size + 1)
    kept, further = cut(found, size, lambda item: (item.updated_at, item.id))
    return Slice(items=[view.row(item) for item in kept], next=further)


@router.post("/knowledge/{kind}", operation_id="createKnowledge", status_code=201)
async def create_entry(kind: KindPath, body: EntryDraft, session: SessionDep, lens: LensDep) -> EntryForm:
    """Make an entry; its first version is a draft."""
    require(lens.viewer, *_EDITORS)
    made = await service.create(session, kind, body.key, body.content, lens.viewer, lens.now)
    return await view.entry(session, made)


@router.get("/knowledge/{kind}/{key}", operation_id="getKnowledge")
async def get_entry(kind: KindPath, key: KeyPath, session: SessionDep, viewer: ViewerDep) -> EntryForm:
    """One entry with every version."""
    require(viewer, *Role)
    found = await repository.entry(session, kind, key)
    if found is None:
        raise NoEntry("没有这条知识")
    return await view.entry(session, found)


@router.put("/knowledge/{kind}/{key}/draft", operation_id="writeKnowledge")
async def write_draft(
    kind: KindPath, key: KeyPath, body: VersionDraft, session: SessionDep, lens: LensDep
) -> EntryForm:
    """Write the draft; what is in force stays until the draft is published."""
    require(lens.viewer, *_EDITORS)
    changed = await service.write(session, kind, key, body.revision, body.content, lens.viewer, lens.now)
    return await view.entry(session, changed)


@router.post("/knowledge/{kind}/{key}/submit", operation_id="submitKnowledge")
async def submit(kind: KindPath, key: KeyPath, body: Step, session: SessionDep, lens: LensDep) -> EntryForm:
    """Ask for a review; 422 names what keeps it from being published."""
    require(lens.viewer, *_EDITORS)
    return await view.entry(session, await service.submit(session, kind, key, body, lens.now))


@router.post("/knowledge/{kind}/{key}/refuse", operation_id="refuseKnowledge")
async def refuse(kind: KindPath, key: KeyPath, body: Step, session: SessionDep, lens: LensDep) -> EntryForm:
    """Give it back to its author, with the reason."""
    require(lens.viewer, *_EDITORS)
    return await view.entry(session, await service.refuse(session, kind, key, body, lens.viewer, lens.now))


@router.post("/knowledge/{kind}/{key}/publish", operation_id="publishKnowledge")
async def publish(kind: KindPath, key: KeyPath, body: Step, session: SessionDep, lens: LensDep) -> EntryForm:
    """Bring the reviewed version into force; from the next call on (2 s) it is spoken."""
    require(lens.viewer, *_EDITORS)
    return await view.entry(session, await service.publish(session, kind, key, body, lens.viewer, lens.now))


@router.post("/knowledge/{kind}/{key}/withdraw", operation_id="withdrawKnowledge")
async def withdraw(kind: KindPath, key: KeyPath, body: Step, session: SessionDep, lens: LensDep) -> EntryForm:
    """Take it out of force."""
    require(lens.viewer, *_EDITORS)
    return await view.entry(session, await service.withdraw(session, kind, key, body, lens.now))


@router.post("/knowledge/{kind}/{key}/roll-back", operation_id="rollBackKnowledge")
async def roll_back(kind: KindPath, key: KeyPath, body: RollBack, session: SessionDep, lens: LensDep) -> EntryForm:
    """Begin a draft with an older version's content."""
    require(lens.viewer, *_EDITORS)
    return await view.entry(session, await service.roll_back(session, kind, key, body, lens.viewer, lens.now))
