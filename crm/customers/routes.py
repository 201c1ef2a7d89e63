"""Customers: search, read, change."""

from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import SEES_PEOPLE, Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.customers import repository, service
from crm.customers.errors import NoCustomer
from crm.customers.schemas import CustomerChange, CustomerForm, CustomerRow
from crm.views import customers as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute
from crm.wire import Page, PageNumber, PageSize, Search

router = APIRouter(route_class=TransactionalRoute, tags=["customers"])
CustomerPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.get("/customers", operation_id="listCustomers")
async def list_customers(
    session: SessionDep, lens: LensDep, q: Search = "", page: PageNumber = 1, size: PageSize = 50
) -> Page[CustomerRow]:
    """Customers whose name, number or address holds q."""
    require(lens.viewer, *SEES_PEOPLE)
    found, total = await repository.search(session, q, limit=size, offset=(page - 1) * size)
    return Page(items=await view.rows(session, found, lens), total=total, page=page, size=size)


@router.get("/customers/{customer}", operation_id="getCustomer")
async def get_customer(customer: CustomerPath, session: SessionDep, lens: LensDep) -> CustomerForm:
    """One file with numbers, addresses, products, tickets, calls."""
    require(lens.viewer, *SEES_PEOPLE)
    found = await repository.get(session, customer)
    if found is None:
        raise NoCustomer("没有这位客户")
    await note(session, lens.viewer, "customer_seen", "customer", customer, lens.now)
    return await view.customer(session, found, lens)


@router.patch("/customers/{customer}", operation_id="changeCustomer")
async def change_customer(
    customer: CustomerPath, body: CustomerChange, session: SessionDep, lens: LensDep
) -> CustomerForm:
    """Change a file."""
    require(lens.viewer, Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)
    return await view.customer(session, await service.change(session, customer, body, lens.now), lens)
