"""Whose a ticket is and which machine it is about: attached, changed or taken off after it was opened."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.audit.service import note
from crm.calls import repository as calls
from crm.customers import repository as customers
from crm.customers import service as files
from crm.customers.models import Customer
from crm.customers.schemas import person
from crm.errors import Invalid
from crm.parts.service import EDITABLE
from crm.products import repository as products
from crm.products.models import Product
from crm.tickets import repository
from crm.tickets.models import Ticket
from crm.tickets.service import Heard, record, set_slot
from crm.visits import repository as visits
from crm.words import PRODUCT_CLASSES, word

_PRODUCT = "product"


async def set_customer(session: AsyncSession, ticket: Ticket, wanted: str, viewer: Viewer, now: datetime) -> None:
    """Make the ticket a customer's, "" = nobody's; its call and its confirmed address follow. Raises Invalid."""
    before = ticket.customer_id
    if wanted == (before or ""):
        return
    customer = await _customer(session, wanted) if wanted else None
    if before and ticket.kind == "part_request" and ticket.state not in EDITABLE:
        raise _wrong("customer", "备件已送审、报价或发出，不能换客户")
    ticket.customer_id = customer.id if customer else None
    await _leave_machine(session, ticket)
    await _follow(session, ticket, before)
    text = f"客户：改为 {person(customer).name}" if customer else "客户：去掉"
    await record(session, ticket, now, kind="customer", actor=viewer.name, text=text, fields=["customer"])
    if customer is not None:
        await _learn_address(session, ticket, customer, now)
        await note(session, viewer, "ticket_given", "customer", customer.id, now, detail=ticket.no)
    if before:
        await note(session, viewer, "ticket_taken", "customer", before, now, detail=ticket.no)


async def set_product(session: AsyncSession, ticket: Ticket, wanted: str, viewer: Viewer, now: datetime) -> None:
    """Say which machine on file the ticket is about, "" = none on file; visits that are planned go there. Raises
    Invalid for one that is another customer's."""
    card = await products.get(session, wanted) if wanted else None
    if wanted and card is None:
        raise _wrong(_PRODUCT, "没有这台产品")
    if card is not None and card.customer_id != ticket.customer_id:
        raise _wrong(_PRODUCT, "这台产品登记在别的客户名下，请先选客户")
    if card is None:
        await _leave_machine(session, ticket, whose="")
        text = "产品：不是档案上的"
    else:
        await set_slot(session, ticket, Heard(_PRODUCT, product_value(card), "verified", "agent"), now, viewer.name)
        text = f"产品：{product_text(card)}"
    for visit in await visits.open_of_tickets(session, [ticket.no]):
        visit.product_id = card.id if card else None
    await record(session, ticket, now, kind="slot", actor=viewer.name, text=text, fields=[_PRODUCT])


def product_value(card: Product) -> dict[str, str]:
    """Return the value of the slot that names a machine on file, in the form that the phone gives it."""
    return {"value": card.product_class, "product_id": card.id, "spoken": product_text(card)}


def product_text(card: Product) -> str:
    """Return how a machine is told apart: 「壁挂炉 HP-24 2503-01877」."""
    return " ".join(filter(None, (word(PRODUCT_CLASSES, card.product_class), card.model, card.serial)))


async def _customer(session: AsyncSession, wanted: str) -> Customer:
    customer = await customers.get(session, wanted)
    if customer is None:
        raise _wrong("customer", "没有这位客户")
    if customer.merged_into:
        raise _wrong("customer", "这份档案已并入另一份，请选另一份")
    return customer


async def _leave_machine(session: AsyncSession, ticket: Ticket, *, whose: str | None = None) -> None:
    """Take the machine on file off the ticket unless it is its customer's; what kind of machine it is stays.

    whose: the customer whose machine may stay, None = the ticket's.
    """
    held = await repository.slot(session, ticket.no, _PRODUCT)
    named = held.value.get("product_id", "") if held else ""
    card = await products.get(session, named) if named else None
    owner = ticket.customer_id if whose is None else whose
    if held is None or not named or (card is not None and card.customer_id == owner):
        return
    held.value = {"value": card.product_class if card else held.value.get("value", "unknown")}
    await repository.add(session, held)


async def _follow(session: AsyncSession, ticket: Ticket, before: str | None) -> None:
    """The call that made the ticket is its customer's, unless it came from a number of the one it was before."""
    contact = await calls.contact(session, ticket.contact_id) if ticket.contact_id else None
    if contact is None or contact.customer_id not in (None, before):
        return
    own = (await customers.numbers(session, [before])).get(before, []) if before else []
    if contact.caller_e164 not in own:
        contact.customer_id = ticket.customer_id


async def _learn_address(session: AsyncSession, ticket: Ticket, customer: Customer, now: datetime) -> None:
    held = await repository.slot(session, ticket.no, "address")
    if held is not None:
        await files.learn_address(session, customer.id, held.value, held.status, now)


def _wrong(field: str, detail: str) -> Invalid:
    return Invalid(detail, fields=[{"field": field, "detail": detail}])
