"""Outlets: list, make, change."""

from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.outlets import repository, service
from crm.outlets.schemas import OutletChange, OutletDraft, OutletForm
from crm.web.context import LensDep, SessionDep, TransactionalRoute, ViewerDep

router = APIRouter(route_class=TransactionalRoute, tags=["dispatch"])
OutletPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_EDITORS = (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN)


@router.get("/outlets", operation_id="listOutlets")
async def list_outlets(session: SessionDep, viewer: ViewerDep) -> list[OutletForm]:
    """All outlets with the divisions they serve."""
    require(viewer, *Role)
    return [service.form(outlet) for outlet in await repository.everything(session)]


@router.post("/outlets", operation_id="createOutlet", status_code=201)
async def create_outlet(body: OutletDraft, session: SessionDep, lens: LensDep) -> OutletForm:
    """Make an outlet."""
    require(lens.viewer, *_EDITORS)
    return service.form(await service.create(session, body, lens.now))


@router.put("/outlets/{outlet}", operation_id="changeOutlet")
async def change_outlet(outlet: OutletPath, body: OutletChange, session: SessionDep, lens: LensDep) -> OutletForm:
    """Change an outlet."""
    require(lens.viewer, *_EDITORS)
    return service.form(await service.change(session, outlet, body))
