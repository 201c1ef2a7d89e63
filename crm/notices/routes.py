"""Notices: what callers are told before the main menu, for how long."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.lens import Lens
from crm.notices import repository, service
from crm.notices.models import Notice
from crm.notices.schemas import NoticeChange, NoticeDraft, NoticeForm
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["notices"])
NoticePath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_EDITORS = (Role.SUPERVISOR, Role.ADMIN)


@router.get("/notices", operation_id="listNotices")
async def list_notices(session: SessionDep, lens: LensDep) -> list[NoticeForm]:
    """The notices that end last, at most 100, those that are over included."""
    require(lens.viewer, *Role)
    return [service.form(item, lens.now) for item in await repository.newest(session, service.SHOWN)]


@router.post("/notices", operation_id="createNotice", status_code=201)
async def create_notice(body: NoticeDraft, session: SessionDep, lens: LensDep) -> NoticeForm:
    """Tell callers of a division's trouble, or that many call, from a time until another."""
    require(lens.viewer, *_EDITORS)
    notice = await service.create(session, body, lens.viewer.name, lens.now)
    return await _noted(session, notice, lens)


@router.put("/notices/{notice}", operation_id="changeNotice")
async def change_notice(notice: NoticePath, body: NoticeChange, session: SessionDep, lens: LensDep) -> NoticeForm:
    """Change a notice; an end of now ends it."""
    require(lens.viewer, *_EDITORS)
    changed = await service.change(session, notice, body, lens.viewer.name, lens.now)
    return await _noted(session, changed, lens)


async def _noted(session: AsyncSession, notice: Notice, lens: Lens) -> NoticeForm:
    shown = service.form(notice, lens.now)
    await note(session, lens.viewer, "notice_saved", "notice", notice.id, lens.now, detail=shown.spoken)
    return shown
