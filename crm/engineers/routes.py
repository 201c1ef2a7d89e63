"""Engineers: list, make, change."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.engineers import repository, service
from crm.engineers.models import Engineer
from crm.engineers.schemas import EngineerChange, EngineerDraft, EngineerForm
from crm.outlets import repository as outlets
from crm.web.context import LensDep, SessionDep, TransactionalRoute, ViewerDep

router = APIRouter(route_class=TransactionalRoute, tags=["dispatch"])
EngineerPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
_EDITORS = (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN)


@router.get("/engineers", operation_id="listEngineers")
async def list_engineers(
    session: SessionDep, viewer: ViewerDep, outlet: Annotated[str, Query(pattern=r"^([0-9a-f]{32})?$")] = ""
) -> list[EngineerForm]:
    """All engineers, or those of an outlet."""
    require(viewer, *Role)
    names = {item.id: item.name for item in await outlets.everything(session)}
    found = await repository.everybody(session, outlet=outlet)
    return [service.form(item, names.get(item.outlet_id or "", "")) for item in found]


@router.post("/engineers", operation_id="createEngineer", status_code=201)
async def create_engineer(body: EngineerDraft, session: SessionDep, lens: LensDep) -> EngineerForm:
    """Make an engineer."""
    require(lens.viewer, *_EDITORS)
    return await _form(session, await service.create(session, body, lens.now))


@router.put("/engineers/{engineer}", operation_id="changeEngineer")
async def change_engineer(
    engineer: EngineerPath, body: EngineerChange, session: SessionDep, lens: LensDep
) -> EngineerForm:
    """Change an engineer."""
    require(lens.viewer, *_EDITORS)
    return await _form(session, await service.change(session, engineer, body))


async def _form(session: SessionDep, engineer: Engineer) -> EngineerForm:
    outlet = await outlets.get(session, engineer.outlet_id) if engineer.outlet_id else None
    return service.form(engineer, outlet.name if outlet else "")
