"""Parts: catalogue, prices, lines of a request."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.lens import Lens
from crm.parts import repository, service
from crm.parts.schemas import LinesChange, NewPrice, PartChange, RequestForm, SparePartForm
from crm.tickets.changing import change_part_lines
from crm.tickets.errors import NoTicket
from crm.tickets.repository import get as ticket_by_no
from crm.views import parts as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["parts"])
CodePath = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
TicketPath = Annotated[str, Path(pattern=r"^[0-9]{8}$")]
_KEEPERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN)
_WRITERS = (Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)


@router.get("/parts", operation_id="listParts")
async def list_parts(session: SessionDep, lens: LensDep) -> list[SparePartForm]:
    """The catalogue with today's prices."""
    prices = await repository.prices_on(session, _today(lens))
    return [view.spare_part(item, prices.get(item.code)) for item in await repository.listed(session)]


@router.put("/parts/{code}", operation_id="savePart")
async def save_part(code: CodePath, body: PartChange, session: SessionDep, lens: LensDep) -> SparePartForm:
    """Add a part or change it."""
    require(lens.viewer, *_KEEPERS)
    row = await service.save_part(session, code, body, lens.now)
    await note(session, lens.viewer, "part_saved", "part", code, lens.now, detail=row.name)
    return view.spare_part(row, (await repository.prices_on(session, _today(lens))).get(code))


@router.post("/parts/{code}/prices", operation_id="addPrice", status_code=201)
async def add_price(code: CodePath, body: NewPrice, session: SessionDep, lens: LensDep) -> SparePartForm:
    """Add a price of the price list from a day on."""
    require(lens.viewer, Role.SUPERVISOR, Role.ADMIN)
    await service.add_price(session, code, **body.model_dump(), actor=lens.viewer.name, now=lens.now)
    detail = f"{body.valid_from} 起 ¥{body.fen / 100:.2f}"
    await note(session, lens.viewer, "price_added", "part", code, lens.now, detail=detail, reason=body.source)
    row = (await repository.by_codes(session, [code]))[code]
    return view.spare_part(row, (await repository.prices_on(session, _today(lens))).get(code))


@router.get("/tickets/{no}/parts", operation_id="getPartRequest")
async def get_request(no: TicketPath, session: SessionDep, lens: LensDep) -> RequestForm:
    """The parts a ticket asks for, with quota and price."""
    ticket = await ticket_by_no(session, no)
    if ticket is None:
        raise NoTicket("没有这张工单")
    return await view.request_form(session, ticket, lens)


@router.put("/tickets/{no}/parts", operation_id="savePartRequest")
async def save_request(no: TicketPath, body: LinesChange, session: SessionDep, lens: LensDep) -> RequestForm:
    """Replace the lines of a request; any other change of the ticket meanwhile is a 409."""
    require(lens.viewer, *_WRITERS)
    ticket = await change_part_lines(session, no, body.version, body.lines, lens.viewer, lens.now)
    return await view.request_form(session, ticket, lens)


def _today(lens: Lens) -> date:
    return lens.now.astimezone(lens.zone).date()
