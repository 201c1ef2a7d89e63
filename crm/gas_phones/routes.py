"""Gas companies' emergency numbers: read by everybody, entered by administrators."""

from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.gas_phones import repository, service
from crm.gas_phones.schemas import GasPhoneDraft, GasPhoneForm, form
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["gas phones"])
CityPath = Annotated[str, Path(pattern=r"^[0-9]{4}$")]


@router.get("/gas-phones", operation_id="listGasPhones")
async def list_gas_phones(session: SessionDep, lens: LensDep) -> list[GasPhoneForm]:
    """The cities whose number is spoken in a gas emergency."""
    require(lens.viewer, *Role)
    return [form(row) for row in await repository.everything(session)]


@router.put("/gas-phones/{city}", operation_id="saveGasPhone")
async def save_gas_phone(city: CityPath, body: GasPhoneDraft, session: SessionDep, lens: LensDep) -> GasPhoneForm:
    """Enter or change the number of a city, by the four digits of its adcode; the next caller from there hears it."""
    require(lens.viewer, Role.ADMIN)
    return form(await service.save(session, city, body, lens.viewer, lens.now))


@router.delete("/gas-phones/{city}", operation_id="removeGasPhone", status_code=204)
async def remove_gas_phone(city: CityPath, session: SessionDep, lens: LensDep) -> None:
    """Speak no number for a city any more."""
    require(lens.viewer, Role.ADMIN)
    await service.remove(session, city, lens.viewer, lens.now)
