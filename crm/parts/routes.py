"""Parts: catalogue, prices, partners' standing, lines of a request."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.customers.errors import NoCustomer
from crm.customers.repository import get as customer_by_id
from crm.lens import Lens
from crm.parts import repository, service
from crm.parts.models import Part, PartPrice
from crm.parts.schemas import (
    LineForm,
    LinesChange,
    NewPrice,
    PartChange,
    PartnerChange,
    PartnerForm,
    RequestForm,
    SparePartForm,
)
from crm.rules.service import quota_rules
from crm.tickets import service as tickets
from crm.tickets.errors import NoTicket
from crm.tickets.models import Ticket
from crm.tickets.repository import get as ticket_by_no
from crm.web.context import LensDep, PartsDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["parts"])
CodePath = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
CustomerPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
TicketPath = Annotated[str, Path(pattern=r"^[0-9]{8}$")]
_KEEPERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN)
_WRITERS = (Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)


@router.get("/parts", operation_id="listParts")
async def list_parts(session: SessionDep, lens: LensDep, parts: PartsDep) -> list[SparePartForm]:
    """The catalogue with today's prices."""
    prices = await repository.prices_on(session, lens.now.astimezone(parts.settings.zone).date())
    return [_part_form(item, prices.get(item.code)) for item in await repository.listed(session)]


@router.put("/parts/{code}", operation_id="savePart")
async def save_part(code: CodePath, body: PartChange, session: SessionDep, lens: LensDep) -> SparePartForm:
    """Add a part or change it."""
    require(lens.viewer, *_KEEPERS)
    row = await service.save_part(session, code, **body.model_dump(), now=lens.now)
    return _part_form(row, (await repository.prices_on(session, lens.now.date())).get(code))


@router.post("/parts/{code}/prices", operation_id="addPrice", status_code=201)
async def add_price(
    code: CodePath, body: NewPrice, session: SessionDep, lens: LensDep, parts: PartsDep
) -> SparePartForm:
    """Add a price of the price list from a day on."""
    require(lens.viewer, Role.SUPERVISOR, Role.ADMIN)
    await service.add_price(session, code, **body.model_dump(), actor=lens.viewer.name, now=lens.now)
    today = lens.now.astimezone(parts.settings.zone).date()
    row = (await repository.by_codes(session, [code]))[code]
    return _part_form(row, (await repository.prices_on(session, today)).get(code))


@router.get("/partners/{customer}", operation_id="getPartner")
async def get_partner(customer: CustomerPath, session: SessionDep, lens: LensDep) -> PartnerForm:  # noqa: ARG001 a log-in is needed
    """How many machines a dealer, contractor or outlet bought, and where they stand."""
    if await customer_by_id(session, customer) is None:
        raise NoCustomer("没有这位客户")
    return await _partner_form(session, customer)


@router.put("/partners/{customer}", operation_id="savePartner")
async def save_partner(customer: CustomerPath, body: PartnerChange, session: SessionDep, lens: LensDep) -> PartnerForm:
    """Write down what the quota is made of."""
    require(lens.viewer, *_KEEPERS)
    await service.save_partner(
        session,
        customer,
        units=body.units_bought,
        environment=body.environment,
        version=body.version,
        actor=lens.viewer.name,
        now=lens.now,
    )
    return await _partner_form(session, customer)


@router.get("/tickets/{no}/parts", operation_id="getPartRequest")
async def get_request(no: TicketPath, session: SessionDep, lens: LensDep, parts: PartsDep) -> RequestForm:
    """The parts a ticket asks for, with quota and price."""
    ticket = await ticket_by_no(session, no)
    if ticket is None:
        raise NoTicket("没有这张工单")
    return await _request_form(session, ticket, lens, parts)


@router.put("/tickets/{no}/parts", operation_id="savePartRequest")
async def save_request(
    no: TicketPath, body: LinesChange, session: SessionDep, lens: LensDep, parts: PartsDep
) -> RequestForm:
    """Replace the lines of a request; any other change of the ticket meanwhile is a 409."""
    require(lens.viewer, *_WRITERS)
    ticket = await tickets.change_part_lines(session, no, body.version, body.lines, lens.viewer, lens.now)
    return await _request_form(session, ticket, lens, parts)


def _part_form(row: Part, price: PartPrice | None) -> SparePartForm:
    return SparePartForm(
        code=row.code,
        name=row.name,
        unit=row.unit,
        swappable=row.swappable,
        example=row.example,
        active=row.active,
        fen=price.fen if price else None,
        price_source=price.source if price else "",
        price_from=price.valid_from if price else None,
    )


async def _partner_form(session: AsyncSession, customer: str) -> PartnerForm:
    environments = dict((await quota_rules(session))[-1].environments)
    row = await repository.partner(session, customer)
    environment = row.environment if row else "normal"
    return PartnerForm(
        customer=customer,
        units_bought=row.units_bought if row else 0,
        environment=environment,
        environment_name=environments.get(environment, environment),
        environments=environments,
        version=row.version if row else 0,
        updated_by=row.updated_by if row else "",
        updated_at=row.updated_at if row else None,
    )


async def _request_form(session: AsyncSession, ticket: Ticket, lens: Lens, parts: PartsDep) -> RequestForm:
    found = await service.request_of(session, ticket, lens.now, parts.settings.zone)
    judged = {line.part: line for line in found.verdict.lines}
    lines = []
    for line in found.lines:
        price = found.prices.get(line.part_code)
        fen = line.fen if line.fen is not None else price.fen if price else None
        quota = judged.get(line.part_code)
        lines.append(
            LineForm(
                part=line.part_code,
                name=found.parts[line.part_code].name,
                unit=found.parts[line.part_code].unit,
                quantity=line.quantity,
                quota=quota.quota if quota else None,
                used=quota.used if quota else None,
                over=quota.over if quota else 0,
                fen=fen,
                total_fen=None if fen is None else fen * line.quantity,
            )
        )
    totals = [line.total_fen for line in lines]
    return RequestForm(
        ticket=ticket.no,
        version=ticket.version,
        editable=ticket.kind == "part_request" and ticket.state in service.EDITABLE,
        within_quota=found.verdict.within,
        reason=found.verdict.reason,
        place=found.verdict.sentence.place,
        sentence=found.verdict.sentence.text,
        total_fen=None if None in totals else sum(total for total in totals if total is not None),
        unpriced=found.unpriced,
        lines=lines,
    )
