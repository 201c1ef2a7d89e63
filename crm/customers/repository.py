"""SQL of customers, their numbers and addresses."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm.customers.models import Address, Customer, PhoneNumber
from crm.paging import Total, decode
from crm.search import repository as listed


async def get(session: AsyncSession, customer_id: str, *, lock: bool = False) -> Customer | None:
    """Return the customer, locked against others' changes if asked."""
    return await session.get(Customer, customer_id, with_for_update=lock)


async def by_ids(session: AsyncSession, ids: Collection[str]) -> Mapping[str, Customer]:
    """Return the customers by id."""
    if not ids:
        return {}
    rows = (await session.execute(select(Customer).where(Customer.id.in_(ids)))).scalars()
    return {row.id: row for row in rows}


async def by_number(session: AsyncSession, e164: str) -> Sequence[Customer]:
    """Return everybody whose number this is, the oldest file first; nobody by a number that proved not to be theirs."""
    if not e164:
        return []
    query = (
        select(Customer)
        .join(PhoneNumber, PhoneNumber.customer_id == Customer.id)
        .where(PhoneNumber.e164 == e164, Customer.merged_into.is_(None), PhoneNumber.wrong_at.is_(None))
        .order_by(Customer.created_at, Customer.id)
    )
    return (await session.execute(query)).scalars().all()


async def not_to_call(session: AsyncSession, numbers: Collection[str]) -> set[str]:
    """Return which of these E.164 numbers are marked as not to be called, or somebody who has them is."""
    query = (
        select(PhoneNumber.e164)
        .join(Customer, PhoneNumber.customer_id == Customer.id)
        .where(PhoneNumber.e164.in_(set(numbers)), Customer.merged_into.is_(None))
        .where(or_(Customer.do_not_call, PhoneNumber.do_not_call))
    )
    return set((await session.execute(query)).scalars())


async def add(session: AsyncSession, thing: Customer) -> None:
    """Insert a customer."""
    session.add(thing)
    await session.flush()


async def add_number(session: AsyncSession, number: PhoneNumber) -> None:
    """Insert a number unless the customer has it."""
    values = {"id": number.id, "customer_id": number.customer_id, "e164": number.e164, "created_at": number.created_at}
    await session.execute(insert(PhoneNumber).values(values).on_conflict_do_nothing())


async def add_address(session: AsyncSession, address: Address) -> None:
    """Insert an address unless the customer has one of the same text."""
    values = {
        "id": address.id,
        "customer_id": address.customer_id,
        "value": address.value,
        "text": address.text,
        "status": address.status,
        "adcode": address.adcode,
        "created_at": address.created_at,
    }
    await session.execute(insert(Address).values(values).on_conflict_do_nothing())


async def numbers(session: AsyncSession, ids: Collection[str]) -> Mapping[str, list[str]]:
    """Return the E.164 numbers of each customer, the main one and then the oldest first."""
    return {each: [row.e164 for row in rows] for each, rows in (await phones(session, ids)).items()}


async def extensions(session: AsyncSession, numbers: Collection[str]) -> Mapping[str, str]:
    """Return the extensions behind these E.164 numbers, of all who share one; numbers without any are not in it."""
    found: dict[str, list[str]] = {}
    query = select(PhoneNumber.e164, PhoneNumber.extension).distinct()
    rows = query.where(PhoneNumber.e164.in_(set(numbers)), PhoneNumber.extension != "")
    for e164, extension in await session.execute(rows.order_by(PhoneNumber.e164, PhoneNumber.extension)):
        found.setdefault(e164, []).append(extension)
    return {e164: "、".join(held) for e164, held in found.items()}


async def phones(session: AsyncSession, ids: Collection[str]) -> Mapping[str, list[PhoneNumber]]:
    """Return the numbers of each customer, the main one and then the oldest first; wrong ones stand last."""
    found: dict[str, list[PhoneNumber]] = {}
    if ids:
        query = (
            select(PhoneNumber)
            .where(PhoneNumber.customer_id.in_(ids))
            .order_by(
                PhoneNumber.wrong_at.is_not(None), PhoneNumber.main.desc(), PhoneNumber.created_at, PhoneNumber.id
            )
        )
        for row in (await session.execute(query)).scalars():
            found.setdefault(row.customer_id, []).append(row)
    return found


async def addresses(session: AsyncSession, ids: Collection[str]) -> Mapping[str, list[Address]]:
    """Return the addresses of each customer, newest first."""
    found: dict[str, list[Address]] = {}
    if ids:
        query = select(Address).where(Address.customer_id.in_(ids)).order_by(Address.created_at.desc(), Address.id)
        for row in (await session.execute(query)).scalars():
            found.setdefault(row.customer_id, []).append(row)
    return found


async def address(session: AsyncSession, address_id: str) -> Address | None:
    """Return one address."""
    return await session.get(Address, address_id)


async def search(session: AsyncSession, q: str, *, cursor: str = "", limit: int) -> tuple[Sequence[Customer], Total]:
    """Return customers after the cursor, newest first, and how many there are, capped."""
    alone = [Customer.merged_into.is_(None)]
    return await listed.page(session, listed.CUSTOMERS, alone, q, decode(cursor) if cursor else None, limit)
