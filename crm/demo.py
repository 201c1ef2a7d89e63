"""The demo's people and the one customer it knows; safe to run again: passwords are made anew each time."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts import service as accounts
from crm.accounts.schemas import Role
from crm.customers import repository as customers
from crm.customers import service as customer_service
from crm.customers.models import Customer
from crm.database import milliseconds
from crm.products import repository as products
from crm.products.models import Product

CUSTOMER_NUMBER: Final = "+8613900139000"
SERIAL: Final = "2503-01877"
ADDRESS: Final = {
    "province": "广东省",
    "city": "佛山市",
    "district": "顺德区",
    "town": "容桂街道",
    "street": "凤翔路",
    "number": "18",
    "road": "凤翔路18号",
    "building": "3",
    "room_no": "502",
    "room": "3栋502室",
}
_PEOPLE: Final = (
    ("8001", "李明", (Role.AGENT,), "8001", ("repair", "consult", "complaint", "emergency")),
    ("9001", "张伟", (Role.SUPERVISOR,), "", ()),
)


async def seed(session: AsyncSession, now: datetime) -> dict[str, object]:
    """Make agent 8001, supervisor 9001 and the known customer; returns numbers and new passwords by 工号."""
    now = milliseconds(now)
    people = []
    for number, name, roles, extension, queues in _PEOPLE:
        password = secrets.token_urlsafe(9)
        account = await accounts.ensure_account(
            session,
            number=number,
            name=name,
            roles=roles,
            password=password,
            now=now,
            extension=extension,
            queues=queues,
            reset_password=True,
        )
        people.append({"number": number, "name": account.name, "password": password, "extension": account.extension})
    customer = await _known_customer(session, now)
    return {"accounts": people, "customer": {"id": customer.id, "number": CUSTOMER_NUMBER}}


async def _known_customer(session: AsyncSession, now: datetime) -> Customer:
    found = await customers.by_number(session, CUSTOMER_NUMBER)
    if found:
        return found[0]
    customer = await customer_service.learn_caller(session, CUSTOMER_NUMBER, now)
    if customer is None:
        raise AssertionError("a number nobody has makes a file")
    customer.name, customer.elder = "陈国强", True
    await customer_service.learn_address(session, customer.id, ADDRESS, "verified", now)
    bought = (now.astimezone(UTC) - timedelta(days=620)).date()
    if await products.by_serial(session, SERIAL) is None:
        machine = Product(
            customer_id=customer.id,
            product_class="boiler",
            model="HP-24",
            serial=SERIAL,
            purchased_on=bought,
            created_at=now,
        )
        await products.add(session, machine)
    return customer
