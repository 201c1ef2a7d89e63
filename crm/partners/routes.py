"""Partners: who has a quota of spare parts, what it is made of, what was issued, what waits for approval."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import SEES_PEOPLE, Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.customers.errors import NoCustomer
from crm.customers.models import Customer
from crm.customers.repository import get as customer_by_id
from crm.customers.schemas import person
from crm.lens import Lens
from crm.paging import Cursor, SliceSize, cut
from crm.partners import repository, service
from crm.partners.schemas import PartnerChange, PartnerForm, PartnerQuota, PartnerRow, PartnerSlice
from crm.parts import repository as parts
from crm.parts.models import Partner
from crm.parts.service import year_of
from crm.policy.quota import QuotaRules
from crm.views import parts as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute
from crm.wire import Search

router = APIRouter(route_class=TransactionalRoute, tags=["parts"])
CustomerPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
MOST_WAITING = 20
_KEEPERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN)


@router.get("/partners", operation_id="listPartners")
async def list_partners(
    session: SessionDep,
    lens: LensDep,
    q: Search = "",
    waiting: Annotated[bool, Query(description="Only those with a request that waits for approval.")] = False,
    cursor: Cursor = "",
    size: SliceSize = 50,
) -> PartnerSlice:
    """Who has a quota, newest file first; every word of q is found in the name."""
    require(lens.viewer, *SEES_PEOPLE)
    rules = await service.rules_today(session, lens.now, lens.zone)
    found = await repository.listed(session, rules.who, q, waiting=waiting, cursor=cursor, limit=size + 1)
    kept, after = cut(found, size, lambda row: (row[0].created_at, row[0].id))
    ids = [customer.id for customer, _ in kept]
    issued = await repository.issued(session, ids, year_of(lens.now, lens.zone))
    counts = await repository.waiting_counts(session, ids)
    items = [
        _row(customer, standing, rules, issued.get(customer.id, 0), counts.get(customer.id, 0))
        for customer, standing in kept
    ]
    return PartnerSlice(items=items, next=after, waiting_total=await repository.waiting_total(session))


@router.get("/partners/{customer}", operation_id="getPartner")
async def get_partner(customer: CustomerPath, session: SessionDep, lens: LensDep) -> PartnerForm:
    """How many machines a dealer, contractor or outlet bought, and where they stand."""
    await _customer(session, customer)
    return await _form(session, customer, lens)


@router.get("/partners/{customer}/quota", operation_id="getPartnerQuota")
async def get_quota(customer: CustomerPath, session: SessionDep, lens: LensDep) -> PartnerQuota:
    """A partner's quota part by part, and the requests that wait for approval."""
    require(lens.viewer, *SEES_PEOPLE)
    found = await _customer(session, customer)
    standing = await parts.partner(session, customer)
    rules = await service.rules_today(session, lens.now, lens.zone)
    known = person(found)
    return PartnerQuota(
        partner=await _form(session, customer, lens),
        name=known.name,
        kind_name=known.kind_name,
        year=year_of(lens.now, lens.zone).year,
        lines=await service.quota_lines(session, found, standing, lens.now, lens.zone),
        waiting=[
            await view.request_form(session, ticket, lens)
            for ticket in await repository.waiting(session, customer, MOST_WAITING)
        ],
        source=rules.source,
        place=rules.sentence.place,
        sentence=rules.sentence.text,
    )


@router.put("/partners/{customer}", operation_id="savePartner")
async def save_partner(customer: CustomerPath, body: PartnerChange, session: SessionDep, lens: LensDep) -> PartnerForm:
    """Write down what the quota is made of."""
    require(lens.viewer, *_KEEPERS)
    rules = await service.rules_today(session, lens.now, lens.zone)
    await service.save(session, customer, body, rules, actor=lens.viewer.name, now=lens.now)
    detail = f"{body.units_bought} 台，{rules.environments[body.environment]}"
    await note(session, lens.viewer, "partner_saved", "customer", customer, lens.now, detail=detail)
    return await _form(session, customer, lens)


async def _customer(session: AsyncSession, customer: str) -> Customer:
    found = await customer_by_id(session, customer)
    if found is None:
        raise NoCustomer("没有这位客户")
    return found


def _row(customer: Customer, standing: Partner | None, rules: QuotaRules, issued: int, waiting: int) -> PartnerRow:
    known = person(customer)
    environment = standing.environment if standing else "normal"
    return PartnerRow(
        customer=customer.id,
        name=known.name,
        kind_name=known.kind_name,
        units_bought=standing.units_bought if standing else 0,
        environment_name=rules.environments.get(environment, environment),
        written_down=standing is not None,
        issued=issued,
        waiting=waiting,
    )


async def _form(session: AsyncSession, customer: str, lens: Lens) -> PartnerForm:
    environments = dict((await service.rules_today(session, lens.now, lens.zone)).environments)
    row = await parts.partner(session, customer)
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
