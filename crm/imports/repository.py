"""SQL of imports: what is there already of the lines of a file, and what is put in."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm.customers.models import Address, Customer, PhoneNumber
from crm.imports.models import ImportRun
from crm.paging import after
from crm.products.models import Product


async def with_numbers(session: AsyncSession, numbers: Collection[str]) -> Mapping[str, list[Customer]]:
    """Return the customers who have each of these numbers, the oldest file first."""
    query = (
        select(PhoneNumber.e164, Customer)
        .join(Customer, Customer.id == PhoneNumber.customer_id)
        .where(PhoneNumber.e164.in_(list(numbers)), Customer.merged_into.is_(None))
        .order_by(Customer.created_at, Customer.id)
    )
    found: dict[str, list[Customer]] = {}
    for e164, customer in await session.execute(query) if numbers else ():
        found.setdefault(e164, []).append(customer)
    return found


async def at_addresses(session: AsyncSession, texts: Collection[str]) -> Mapping[str, list[Customer]]:
    """Return the customers who have each of these addresses."""
    query = (
        select(Address.text, Customer)
        .join(Customer, Customer.id == Address.customer_id)
        .where(Address.text.in_(list(texts)), Customer.merged_into.is_(None))
        .order_by(Customer.created_at, Customer.id)
    )
    found: dict[str, list[Customer]] = {}
    for text, customer in await session.execute(query) if texts else ():
        found.setdefault(text, []).append(customer)
    return found


async def with_serials(session: AsyncSession, serials: Collection[str]) -> Mapping[str, Product]:
    """Return the products of these serials."""
    query = select(Product).where(Product.serial.in_(list(serials)))
    return {row.serial: row for row in (await session.execute(query)).scalars()} if serials else {}


async def put_in(session: AsyncSession, things: Sequence[Customer | Product]) -> None:
    """Insert rows."""
    session.add_all(things)
    await session.flush()


async def put_numbers(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> set[str]:
    """Insert numbers that their customers do not have; returns the customers who got one."""
    return await _put(session, PhoneNumber, rows)


async def put_addresses(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> set[str]:
    """Insert addresses that their customers do not have; returns the customers who got one."""
    return await _put(session, Address, rows)


async def _put(
    session: AsyncSession, model: type[PhoneNumber | Address], rows: Sequence[Mapping[str, object]]
) -> set[str]:
    if not rows:
        return set()
    statement = insert(model).on_conflict_do_nothing().returning(model.customer_id)
    return set((await session.execute(statement, list(rows))).scalars())


async def done_before(session: AsyncSession, kind: str, digest: str) -> ImportRun | None:
    """Return the newest import of the same file."""
    query = select(ImportRun).where(ImportRun.digest == digest, ImportRun.kind == kind)
    return (await session.execute(query.order_by(ImportRun.at.desc()).limit(1))).scalar_one_or_none()


async def add(session: AsyncSession, run: ImportRun) -> None:
    """Insert an import."""
    session.add(run)
    await session.flush()


async def listed(session: AsyncSession, *, cursor: str, limit: int) -> Sequence[ImportRun]:
    """Return imports, newest first."""
    query = select(ImportRun).where(*after(cursor, ImportRun.at, ImportRun.id))
    ordered = query.order_by(ImportRun.at.desc(), ImportRun.id.desc()).limit(limit)
    return (await session.execute(ordered)).scalars().all()
