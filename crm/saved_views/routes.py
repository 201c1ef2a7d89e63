"""Saved views of the ticket list: each person's own, and nobody else's."""

from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import Viewer
from crm.errors import Forbidden
from crm.events.service import begin_writing
from crm.saved_views import repository
from crm.saved_views.errors import NoSavedView, TooManyViews
from crm.saved_views.models import SavedView
from crm.saved_views.schemas import SavedViewDraft, SavedViewForm, saved_view_form
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["tickets"])
MOST = 30


@router.get("/saved-views", operation_id="listSavedViews")
async def list_views(session: SessionDep, lens: LensDep) -> list[SavedViewForm]:
    """One's own views, the oldest first."""
    return [saved_view_form(row) for row in await repository.of_account(session, lens.viewer.id)]


@router.post("/saved-views", operation_id="saveView", status_code=201)
async def save_view(body: SavedViewDraft, session: SessionDep, lens: LensDep) -> SavedViewForm:
    """Keep a view under a name; one's own view of that name is replaced."""
    account = _person(lens.viewer)
    await begin_writing(session)  # a double press keeps one view
    held = {row.name: row for row in await repository.of_account(session, account)}
    row = held.get(body.name)
    if row is None:
        if len(held) >= MOST:
            raise TooManyViews(f"最多保存 {MOST} 个视图，请先删除不用的")
        row = SavedView(account_id=account, name=body.name, created_at=lens.now)
    row.view, row.q = body.view, body.q
    await repository.put(session, row)
    return saved_view_form(row)


@router.delete("/saved-views/{view_id}", operation_id="removeSavedView", status_code=204)
async def remove_view(
    view_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")], session: SessionDep, lens: LensDep
) -> None:
    """Keep the view no more."""
    row = next(
        (item for item in await repository.of_account(session, _person(lens.viewer)) if item.id == view_id), None
    )
    if row is None:
        raise NoSavedView("没有这个视图，可能已经删除")
    await repository.remove(session, row)


def _person(viewer: Viewer) -> str:
    if not viewer.id:
        raise Forbidden("程序没有自己的视图")
    return viewer.id
