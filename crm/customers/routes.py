"""Customers: search, read, change."""

from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import SEES_PEOPLE, Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.customers import repository, service
from crm.customers.errors import NoCustomer
from crm.customers.schemas import CustomerChange, CustomerForm, CustomerRow
from crm.paging import Cursor, Listing, SliceSize, cut, listing
from crm.views import customers as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute
from crm.wire import Search

router = APIRouter(route_class=TransactionalRoute, tags=["customers"])
CustomerPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.get("/customers", operation_id="listCustomers")
async def list_customers(
    session: SessionDep, lens: LensDep, q: Search = "", cursor: Cursor = "", size: SliceSize = 50
) -> Listing[CustomerRow]:
    """Customers, newest first; every word of q must be found in name, numbers, addresses or machines."""
    require(lens.viewer, *SEES_PEOPLE)
    found, total = await repository.search(session, q, cursor=cursor, limit=size + 1)
    kept, after = cut(found, size, lambda customer: (customer.created_at, customer.id))
    return listing(await view.rows(session, kept, lens), after, total)


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
