"""Dispatch and visits: suggestion, board, plan, change, report, photos."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse

from crm.accounts.schemas import SEES_PEOPLE, Role
from crm.accounts.service import require
from crm.paging import Cursor, Slice, SliceSize, cut
from crm.views import visits as view
from crm.visits import charging, fitting, photos, planning, reporting, repository
from crm.visits.errors import NoVisit
from crm.visits.schemas import (
    ChargeAsk,
    ChargeForm,
    DayQuery,
    DispatchBoard,
    PhotoForm,
    SourcePlace,
    SuggestAsk,
    SuggestionForm,
    VisitChange,
    VisitDraft,
    VisitForm,
    VisitPlaces,
    VisitReport,
    VisitRevoke,
    VisitState,
)  # fmt: skip
from crm.web.context import LensDep, PartsDep, SessionDep, TransactionalRoute, ViewerDep

router = APIRouter(route_class=TransactionalRoute, tags=["dispatch"])
VisitPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_IdQuery = Annotated[str, Query(pattern=r"^([0-9a-f]{32})?$")]
_PLANNERS = (Role.DISPATCHER, Role.SUPERVISOR)


@router.post("/dispatch/suggestions", operation_id="suggestEngineers")
async def suggest(body: SuggestAsk, session: SessionDep, lens: LensDep, parts: PartsDep) -> list[SuggestionForm]:
    """Every engineer, the best first, with the reasons for and against."""
    require(lens.viewer, *_PLANNERS, Role.AGENT)
    found = await planning.suggest(session, body, parts.settings.zone)
    return [
        SuggestionForm(engineer=item.engineer, name=item.name, possible=item.possible, reasons=list(item.reasons),
                       against=list(item.against))
        for item in found
    ]  # fmt: skip


@router.get("/dispatch/board", operation_id="getDispatchBoard")
async def get_board(
    session: SessionDep, lens: LensDep, parts: PartsDep, day: DayQuery = None, outlet: _IdQuery = ""
) -> DispatchBoard:
    """A day of the dispatcher: tickets without an engineer, engineers with their visits."""
    require(lens.viewer, *_PLANNERS, Role.AGENT, Role.ADMIN)
    zone = parts.settings.zone
    wanted = day if day and 2000 <= day.year <= 2100 else lens.now.astimezone(zone).date()
    return await view.board(session, wanted, outlet, lens)


@router.get("/visits", operation_id="listVisits")
async def list_visits(
    session: SessionDep, lens: LensDep, parts: PartsDep, engineer: _IdQuery = "",
    ticket: Annotated[str, Query(pattern=r"^([0-9]{8})?$")] = "", state: VisitState | None = None,
    cursor: Cursor = "", size: SliceSize = 50,
) -> Slice[VisitForm]:  # fmt: skip
    """Visits, the latest appointment first."""
    require(lens.viewer, *Role)
    found = await repository.search(
        session, engineer=engineer, ticket=ticket, state=state or "", cursor=cursor, limit=size + 1
    )
    kept, further = cut(found, size, lambda item: (item.starts_at, item.id))
    return Slice(items=await view.forms(session, kept, lens, _secret(parts)), next=further)


@router.post("/visits", operation_id="planVisit", status_code=201)
async def plan(body: VisitDraft, session: SessionDep, lens: LensDep, parts: PartsDep) -> VisitForm:
    """Give a ticket to an engineer at a time; 409 `late` asks for a reason when it is after the promise."""
    require(lens.viewer, *_PLANNERS)
    visit = await planning.plan(session, body, lens.viewer, lens.now, parts.settings.zone)
    return await view.form(session, visit, lens, _secret(parts))


@router.get("/visits/{visit}", operation_id="getVisit")
async def get_visit(visit: VisitPath, session: SessionDep, lens: LensDep, parts: PartsDep) -> VisitForm:
    """One visit."""
    found = await repository.get(session, visit)
    if found is None:
        raise NoVisit("没有这次上门")
    return await view.form(session, found, lens, _secret(parts))


@router.patch("/visits/{visit}", operation_id="changeVisit")
async def change(visit: VisitPath, body: VisitChange, session: SessionDep, lens: LensDep, parts: PartsDep) -> VisitForm:
    """Another time, another engineer (with a new code), or off."""
    require(lens.viewer, *_PLANNERS)
    changed = await planning.change(session, visit, body, lens.viewer, lens.now, parts.settings.zone)
    return await view.form(session, changed, lens, _secret(parts))


@router.post("/visits/{visit}/report", operation_id="reportVisit")
async def report(visit: VisitPath, body: VisitReport, session: SessionDep, lens: LensDep, parts: PartsDep) -> VisitForm:
    """Enter what an engineer told by telephone; the mobile page does the same by its link."""
    require(lens.viewer, *_PLANNERS)
    changed = await reporting.report(session, visit, body, lens.viewer, lens.now, parts.settings.zone)
    return await view.form(session, changed, lens, _secret(parts))


@router.post("/dispatch/charges", operation_id="proposeCharge")
async def propose_charge(body: ChargeAsk, session: SessionDep, lens: LensDep) -> ChargeForm:
    """What the price list of today and the verdict ask for, line by line; nothing is stored."""
    require(lens.viewer, *_PLANNERS)
    used = [{"name": part.name, "quantity": str(part.quantity)} for part in body.parts]
    return view.charge_form(await charging.proposal(session, body.fee, used, lens.now))


@router.get("/visits/{visit}/places", operation_id="getVisitPlaces")
async def get_places(visit: VisitPath, session: SessionDep, lens: LensDep) -> VisitPlaces:
    """The places that this visit's parts can be taken from, the engineer's own first named."""
    require(lens.viewer, *_PLANNERS)
    found = await repository.get(session, visit)
    if found is None:
        raise NoVisit("没有这次上门")
    places = [SourcePlace(id=item.id, name=item.name) for item in await fitting.sources(session)]
    return VisitPlaces(usual=await fitting.usual_place(session, found), places=places)


@router.post("/visits/{visit}/revoke", operation_id="revokeVisit")
async def revoke(visit: VisitPath, body: VisitRevoke, session: SessionDep, lens: LensDep, parts: PartsDep) -> VisitForm:
    """Take back the result of a visit: parts return to the stock they left, the ticket is open again."""
    require(lens.viewer, *_PLANNERS)
    changed = await reporting.revoke(session, visit, body, lens.viewer, lens.now, parts.settings.zone)
    return await view.form(session, changed, lens, _secret(parts))


_PHOTO_BODY: dict[str, Any] = {"requestBody": {"content": {"image/jpeg": {}, "image/png": {}, "image/webp": {}}}}


@router.put("/visits/{visit}/photos", operation_id="addVisitPhoto", status_code=201, openapi_extra=_PHOTO_BODY)
async def add_photo(
    visit: VisitPath, request: Request, session: SessionDep, lens: LensDep, parts: PartsDep
) -> PhotoForm:
    """Add a photo: the body is the file."""
    require(lens.viewer, *_PLANNERS)
    found = await repository.get(session, visit, lock=True)
    if found is None:
        raise NoVisit("没有这次上门")
    kept = await photos.keep(session, found, await request.body(), parts.settings.photos_dir, lens.now)
    return PhotoForm(id=kept.id, url=f"/api/v1/visits/{visit}/photos/{kept.id}", at=kept.created_at)


@router.get("/visits/{visit}/photos/{photo}", operation_id="getVisitPhoto", response_class=Response)
async def get_photo(
    visit: VisitPath, photo: VisitPath, session: SessionDep, viewer: ViewerDep, parts: PartsDep
) -> Response:
    """A photo; of somebody's home, so not for who may not see whom it is about."""
    require(viewer, *SEES_PEOPLE)
    found = await repository.photo(session, photo)
    file = photos.path(parts.settings.photos_dir, found) if found else None
    if found is None or file is None or found.visit_id != visit or not file.is_file():
        raise NoVisit("没有这张照片")
    return FileResponse(file, media_type=photos.TYPES[found.kind])


def _secret(parts: PartsDep) -> str:
    return parts.settings.cookie_secret.get_secret_value()
