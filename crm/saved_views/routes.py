"""Saved views of the ticket list: one's own, and those the leads share with a role; how many tickets each has."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.errors import Forbidden
from crm.events.service import begin_writing
from crm.lens import Lens
from crm.paging import COUNTED
from crm.policy.ticket_filters import VIEWS
from crm.saved_views import repository
from crm.saved_views.errors import NoSavedView, TooManyViews
from crm.saved_views.models import SavedView
from crm.saved_views.schemas import (
    LEADS,
    SavedViewDraft,
    SavedViewForm,
    ViewCount,
    filter_of,
    may_remove,
    saved_view_form,
)
from crm.tickets import listing
from crm.tickets.schemas import TicketFilter
from crm.views.tickets import asked
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["tickets"])
MOST = 30


@router.get("/saved-views", operation_id="listSavedViews")
async def list_views(session: SessionDep, lens: LensDep) -> list[SavedViewForm]:
    """One's own views and those shared with one's roles (with every role for a lead), each group the oldest first."""
    return [saved_view_form(row, lens) for row in await _seen(session, lens)]


@router.post("/saved-views", operation_id="saveView", status_code=201)
async def save_view(body: SavedViewDraft, session: SessionDep, lens: LensDep) -> SavedViewForm:
    """Keep a view under a name; one's own view, or the role's, of that name is replaced. Only leads share."""
    account = _person(lens)
    if body.role:
        require(lens.viewer, *LEADS)
    await begin_writing(session)  # a double press keeps one view
    held = {row.name: row for row in await _seen(session, lens) if row.role == body.role}
    row = held.get(body.name)
    if row is None:
        if len(held) >= MOST:
            raise TooManyViews(f"最多保存 {MOST} 个视图，请先删除不用的")
        row = SavedView(account_id=account, name=body.name, role=body.role, created_at=lens.now)
    row.view, row.q, row.owner, row.days, row.columns = body.view, body.q, body.owner, body.days, list(body.columns)
    row.kinds, row.states, row.priorities = list(body.kind), list(body.state), list(body.priority)
    await repository.put(session, row)
    return saved_view_form(row, lens)


@router.delete("/saved-views/{view_id}", operation_id="removeSavedView", status_code=204)
async def remove_view(
    view_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")], session: SessionDep, lens: LensDep
) -> None:
    """Keep the view no more; leads take back what is shared."""
    _person(lens)
    row = next((item for item in await _seen(session, lens) if item.id == view_id), None)
    if row is None or not may_remove(row, lens):
        raise NoSavedView("没有这个视图，可能已经删除" if row is None else "共享的视图由班长或管理员删除")
    await repository.remove(session, row)


@router.get("/ticket-counts", operation_id="countTickets")
async def count_tickets(session: SessionDep, lens: LensDep) -> list[ViewCount]:
    """How many tickets each view of the list and each saved view has; cheap enough to be asked every ten seconds."""
    lists = {name: TicketFilter.model_validate({"view": name}) for name in VIEWS}
    lists |= {row.id: filter_of(row) for row in await _seen(session, lens)}
    counted = {key: asked(wanted, lens) for key, wanted in lists.items() if not wanted.q}
    found = await listing.counts(session, counted, lens.now)
    guessed = {
        key: await listing.estimate(session, asked(wanted, lens), wanted.q, lens.now)
        for key, wanted in lists.items()
        if wanted.q
    }
    return [_count(key, found.get(key, guessed.get(key, 0)), about=key in guessed) for key in lists]


def _count(view: str, total: int, *, about: bool) -> ViewCount:
    return ViewCount(view=view, total=min(total, COUNTED), capped=total > COUNTED, about=about)


async def _seen(session: AsyncSession, lens: Lens) -> Sequence[SavedView]:
    roles = Role if lens.viewer.has(*LEADS) else lens.viewer.roles
    return await repository.seen_by(session, lens.viewer.id, list(roles))


def _person(lens: Lens) -> str:
    if not lens.viewer.id:
        raise Forbidden("程序没有自己的视图")
    return lens.viewer.id
