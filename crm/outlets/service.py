"""Rules of outlets."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.errors import Conflict, Invalid, NotFound
from crm.outlets import repository
from crm.outlets.models import Outlet
from crm.outlets.schemas import AreaForm, OutletChange, OutletDraft, OutletForm


async def create(session: AsyncSession, draft: OutletDraft, now: datetime) -> Outlet:
    """Make an outlet; raises Conflict when the name is taken, Invalid for a number that is none."""
    await _check(session, draft, "")
    outlet = Outlet(name=draft.name, created_at=now, version=1, example=False)
    _fill(outlet, draft)
    await repository.add(session, outlet)
    return outlet


async def change(session: AsyncSession, outlet_id: str, wanted: OutletChange) -> Outlet:
    """Change an outlet; raises NotFound, Invalid for a wrong number, Conflict when another changed it."""
    outlet = await repository.get(session, outlet_id, lock=True)
    if outlet is None:
        raise NotFound("没有这个网点")
    if outlet.version != wanted.version:
        raise Conflict("这个网点刚被别人改过，请看一下新内容再保存")
    await _check(session, wanted, outlet_id)
    _fill(outlet, wanted)
    outlet.version += 1
    return outlet


def form(outlet: Outlet) -> OutletForm:
    """Return an outlet for the page."""
    areas = [AreaForm(adcode=row["adcode"], name=row["name"], city=row["city"] == "yes") for row in outlet.areas]
    return OutletForm(
        id=outlet.id, name=outlet.name, adcode=outlet.adcode, address=outlet.address, number=outlet.number,
        areas=areas, active=outlet.active, example=outlet.example, version=outlet.version,
    )  # fmt: skip


def _fill(outlet: Outlet, draft: OutletDraft) -> None:
    outlet.name, outlet.adcode, outlet.address = draft.name, draft.adcode, draft.address
    outlet.number, outlet.active = draft.number, draft.active
    outlet.areas = [
        {"adcode": item.adcode, "name": item.name, "city": "yes" if item.city else "no"} for item in draft.areas
    ]


async def _check(session: AsyncSession, draft: OutletDraft, own: str) -> None:
    held = await repository.by_name(session, draft.name)
    if held is not None and held.id != own:
        raise Conflict("已有同名的网点", fields=[{"field": "name", "detail": "已有同名的网点"}])
    if draft.number and not phone.to_e164(draft.number):
        why = phone.why_not(draft.number)
        raise Invalid(why, fields=[{"field": "number", "detail": why}])
