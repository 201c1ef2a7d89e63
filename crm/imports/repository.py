"""SQL of imports: what is there already of the lines of a file, and what is put in."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm.customers.models import Address, Customer, PhoneNumber
from crm.imports.columns import Line, as_before
from crm.imports.models import ImportLine, ImportRun
from crm.paging import after
from crm.products.models import Product

_OPEN = ImportRun.ended_at.is_(None)


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
    """Insert numbers that their customers do not have; returns the ids of those that went in."""
    return await _put(session, PhoneNumber, rows)


async def put_addresses(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> set[str]:
    """Insert addresses that their customers do not have; returns the ids of those that went in."""
    return await _put(session, Address, rows)


async def _put(
    session: AsyncSession, model: type[PhoneNumber | Address], rows: Sequence[Mapping[str, object]]
) -> set[str]:
    if not rows:
        return set()
    statement = insert(model).on_conflict_do_nothing().returning(model.id)
    return set((await session.execute(statement, list(rows))).scalars())


class Opened(NamedTuple):
    """An import that is open. created: by this very call."""

    row: ImportRun
    created: bool


async def runs_of(session: AsyncSession, kind: str, digest: str) -> tuple[ImportRun | None, ImportRun | None]:
    """Return the newest ended import of a file, and the open one."""
    query = (
        select(ImportRun)
        .where(ImportRun.digest == digest, ImportRun.kind == kind)
        .order_by(ImportRun.ended_at.is_(None).desc(), ImportRun.at.desc())
        .limit(2)
    )
    found = (await session.execute(query)).scalars().all()
    ended = next((run for run in found if run.ended_at is not None), None)
    return ended, next((run for run in found if run.ended_at is None), None)


async def open_run(
    session: AsyncSession, values: Mapping[str, object], lines: Sequence[Mapping[str, object]]
) -> Opened:
    """Insert an import with its lines, or return the one of this file that is open: who comes second waits here."""
    statement = insert(ImportRun).values(values)
    one = statement.on_conflict_do_update(
        index_elements=[ImportRun.kind, ImportRun.digest],
        index_where=_OPEN,
        set_={"kind": statement.excluded.kind},  # nothing changes; so the row that is there is locked and returned
    ).returning(ImportRun)
    row = (await session.execute(one)).scalar_one()
    created = row.id == values["id"]
    if created and lines:
        await session.execute(insert(ImportLine), [{"run_id": row.id, **line} for line in lines])
    return Opened(row, created)


async def any_open(session: AsyncSession) -> bool:
    """Tell whether an import has lines that wait."""
    return (await session.execute(select(ImportRun.id).where(_OPEN).limit(1))).first() is not None


async def oldest_open(session: AsyncSession) -> ImportRun | None:
    """Return the import whose turn it is, locked."""
    query = select(ImportRun).where(_OPEN).order_by(ImportRun.at, ImportRun.id).limit(1).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def next_lines(session: AsyncSession, run_id: str, most: int) -> list[Line]:
    """Return the next lines of an import in the order of the file."""
    query = select(ImportLine.number, ImportLine.values).where(ImportLine.run_id == run_id)
    rows = await session.execute(query.order_by(ImportLine.number).limit(most))
    return [as_before(number, values) for number, values in rows]


async def waiting(session: AsyncSession) -> list[tuple[ImportRun, list[Line]]]:
    """Return the open imports, locked, with all their lines that wait."""
    runs = (await session.execute(select(ImportRun).where(_OPEN).order_by(ImportRun.id).with_for_update())).scalars()
    return [(run, await next_lines(session, run.id, run.lines)) for run in runs.all()]


async def drop_lines(session: AsyncSession, run_id: str, numbers: Collection[int]) -> None:
    """Delete lines that have passed."""
    await session.execute(delete(ImportLine).where(ImportLine.run_id == run_id, ImportLine.number.in_(list(numbers))))


async def run_by_id(session: AsyncSession, run_id: str) -> ImportRun | None:
    """Return an import."""
    return await session.get(ImportRun, run_id)


async def listed(session: AsyncSession, *, cursor: str, limit: int) -> Sequence[ImportRun]:
    """Return imports, newest first."""
    query = select(ImportRun).where(*after(cursor, ImportRun.at, ImportRun.id))
    ordered = query.order_by(ImportRun.at.desc(), ImportRun.id.desc()).limit(limit)
    return (await session.execute(ordered)).scalars().all()
