"""SQL of products."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm.products.models import Product
from crm.products.serials import normal
from crm.tickets.models import Ticket, TicketSlot
from crm.visits.models import EngineerVisit


async def of_customer(session: AsyncSession, customer_id: str) -> Sequence[Product]:
    """Return the customer's products, newest first."""
    query = select(Product).where(Product.customer_id == customer_id).order_by(Product.created_at.desc(), Product.id)
    return (await session.execute(query)).scalars().all()


async def of_customers(session: AsyncSession, customers: Collection[str], limit: int) -> Sequence[Product]:
    """Return the products of these customers, newest first."""
    query = select(Product).where(Product.customer_id.in_(customers))
    ordered = query.order_by(Product.created_at.desc(), Product.id).limit(limit)
    return (await session.execute(ordered)).scalars().all()


async def names_of(session: AsyncSession, customers: Collection[str]) -> Mapping[str, list[tuple[str, str]]]:
    """Return model and serial of each customer's machines."""
    found: dict[str, list[tuple[str, str]]] = {}
    if customers:
        query = select(Product.customer_id, Product.model, Product.serial).where(Product.customer_id.in_(customers))
        for customer, model, serial in await session.execute(query):
            found.setdefault(customer, []).append((model, serial))
    return found


async def by_serial(session: AsyncSession, serial: str) -> Product | None:
    """Return the product with this serial, however it is typed."""
    return (await session.execute(select(Product).where(Product.serial == normal(serial)))).scalar_one_or_none()


async def get(session: AsyncSession, product: str, *, lock: bool = False) -> Product | None:
    """Return one product."""
    return await session.get(Product, product, with_for_update=lock)


async def codes_of(session: AsyncSession, product: str) -> Sequence[tuple[str, datetime, str]]:
    """Return the codes that tickets of this machine name: ticket, when opened, code; newest first."""
    named = aliased(TicketSlot)
    code = TicketSlot.value["canonical"].astext
    query = (
        select(Ticket.no, Ticket.created_at, code)
        .join(named, (named.ticket_no == Ticket.no) & (named.slot == "product"))
        .join(TicketSlot, (TicketSlot.ticket_no == Ticket.no) & (TicketSlot.slot == "fault_code"))
        .where(named.value["product_id"].astext == product, code.is_not(None))
        .order_by(Ticket.created_at.desc(), Ticket.no)
        .limit(100)
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(query)]


async def repairs_before(session: AsyncSession, product: str, at: datetime) -> int:
    """Return how many visits mended this machine before; setting it up is no repair."""
    return (await repairs_of(session, [product], at)).get(product, 0)


async def repairs_of(session: AsyncSession, products: Collection[str], at: datetime) -> Mapping[str, int]:
    """Return how many visits mended each machine before, as repairs_before does; one without any is not in it."""
    query = (
        select(EngineerVisit.product_id, func.count())
        .join(Ticket, Ticket.no == EngineerVisit.ticket_no)
        .where(EngineerVisit.product_id.in_(products), EngineerVisit.result == "fixed", EngineerVisit.finished_at < at)
        .where(Ticket.kind != "install")
        .group_by(EngineerVisit.product_id)
    )
    return {str(product): count for product, count in await session.execute(query)}


async def last_places(session: AsyncSession, customer_id: str) -> Mapping[str, Mapping[str, str]]:
    """Return the address of the newest ticket of each of the customer's machines; one without any is not in it."""
    place = aliased(TicketSlot)
    query = (
        select(TicketSlot.value["product_id"].astext, place.value)
        .join(Ticket, Ticket.no == TicketSlot.ticket_no)
        .join(place, (place.ticket_no == Ticket.no) & (place.slot == "address"))
        .where(Ticket.customer_id == customer_id, TicketSlot.slot == "product")
        .order_by(Ticket.created_at, Ticket.no)
    )
    return {product: value for product, value in await session.execute(query) if product}


async def add(session: AsyncSession, product: Product) -> None:
    """Insert a product."""
    session.add(product)
    await session.flush()
