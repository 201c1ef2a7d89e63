"""A person's data: export, erase, and showing a number in full; each is an entry of the audit log."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.calls.errors import NoCall
from crm.calls.repository import contact as contact_by_id
from crm.customers import repository as customers
from crm.customers.errors import NoCustomer
from crm.privacy import service
from crm.privacy.schemas import ErasureForm, PersonExport, Reason, Reveal, Revealed
from crm.tickets.errors import NoTicket
from crm.tickets.repository import get as ticket_by_no
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["privacy"])
CustomerPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.post("/customers/{customer}/export", operation_id="exportPerson")
async def export_person(customer: CustomerPath, body: Reason, session: SessionDep, lens: LensDep) -> PersonExport:
    """Everything kept of a person, for the person (PIPL 45)."""
    require(lens.viewer, Role.SUPERVISOR, Role.ADMIN)
    found = await service.export(session, customer)
    await note(session, lens.viewer, "person_exported", "customer", customer, lens.now, reason=body.reason)
    return PersonExport(customer=customer, at=lens.now, data=found)


@router.post("/customers/{customer}/erase", operation_id="erasePerson")
async def erase_person(customer: CustomerPath, body: Reason, session: SessionDep, lens: LensDep) -> ErasureForm:
    """Erase a person (PIPL 47). It cannot be undone; calls and tickets stay as numbers without a name."""
    require(lens.viewer, Role.ADMIN)
    row = await service.erase(session, customer, viewer=lens.viewer, reason=body.reason, now=lens.now)
    return ErasureForm(
        erasure=row.id, customer=customer, at=row.at, calls=len(row.contacts), recordings=len(row.recordings)
    )


@router.post("/reveal", operation_id="revealNumber")
async def reveal(body: Reveal, session: SessionDep, lens: LensDep) -> Revealed:
    """Show a masked number in full; who, whose and why are written down."""
    require(lens.viewer, Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN)
    numbers = await _numbers(session, body)
    await note(session, lens.viewer, "number_shown", body.kind, body.id, lens.now, reason=body.reason)
    return Revealed(numbers=[phone.grouped(number) for number in numbers if number])


async def _numbers(session: AsyncSession, body: Reveal) -> list[str]:
    if body.kind == "ticket":
        ticket = await ticket_by_no(session, body.id)
        if ticket is None:
            raise NoTicket("没有这张工单")
        return [ticket.caller_e164]
    if body.kind == "call":
        contact = await contact_by_id(session, body.id)
        if contact is None:
            raise NoCall("没有这通来电")
        return [contact.caller_e164]
    if await customers.get(session, body.id) is None:
        raise NoCustomer("没有这位客户")
    return list((await customers.numbers(session, [body.id])).get(body.id, []))
