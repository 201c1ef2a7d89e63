"""Rules of customers: who a number belongs to, what a ticket teaches about its caller."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm import slots
from crm.customers import repository
from crm.customers.errors import CustomerChanged, NoCustomer
from crm.customers.models import Address, Customer, PhoneNumber
from crm.customers.schemas import CustomerChange
from crm.events.service import EventKind, append, begin_writing

_CHANGEABLE = (
    "name", "kind", "elder", "note", "organization", "recording_consent", "marketing_consent", "do_not_call",
)  # fmt: skip
_FIRM = ("crm_confirmed", "voice_confirmed", "dtmf", "verified")


async def only_owner(session: AsyncSession, e164: str) -> Customer | None:
    """Return the customer of a number if there is exactly one; two are never guessed between."""
    found = await repository.by_number(session, e164)
    return found[0] if len(found) == 1 else None


async def learn_caller(session: AsyncSession, e164: str, now: datetime) -> Customer | None:
    """Return the number's customer, making a file for an unknown number; None for no number or a shared one."""
    found = await repository.by_number(session, e164)
    if found or not e164:
        return found[0] if len(found) == 1 else None
    customer = Customer(id=uuid4().hex, created_at=now)
    await repository.add(session, customer)
    await learn_number(session, customer, e164, now)
    await append(session, EventKind.CUSTOMER, now, customer=customer.id)
    return customer


async def learn_number(session: AsyncSession, customer: Customer, e164: str, now: datetime) -> None:
    """Add a number to the customer's file unless it is there."""
    number = PhoneNumber(id=uuid4().hex, customer_id=customer.id, e164=e164, created_at=now)
    await repository.add_number(session, number)


async def learn_address(
    session: AsyncSession, customer_id: str, value: Mapping[str, str], status: str, now: datetime
) -> None:
    """Add an address that somebody confirmed to the customer's file; an unverified one stays with its ticket."""
    text = slots.address_text(value)
    if status in _FIRM and text and slots.region_text(value):
        address = Address(
            id=uuid4().hex,
            customer_id=customer_id,
            value=dict(value),
            text=text,
            status=status,
            created_at=now,
            adcode=value.get("adcode", ""),
        )
        await repository.add_address(session, address)


async def change(session: AsyncSession, customer_id: str, wanted: CustomerChange, now: datetime) -> Customer:
    """Change a customer's file; raises NoCustomer, or CustomerChanged when it is not the version the agent saw."""
    await begin_writing(session)
    customer = await repository.get(session, customer_id, lock=True)
    if customer is None:
        raise NoCustomer("没有这位客户")
    if customer.version != wanted.version:
        raise CustomerChanged("这份档案刚被别人改过，请看一下新内容再保存")
    for field in _CHANGEABLE:
        value = getattr(wanted, field)
        if value is not None:
            setattr(customer, field, value)
    customer.version += 1
    await append(session, EventKind.CUSTOMER, now, customer=customer.id)
    return customer
