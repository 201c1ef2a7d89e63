"""SQL of search: terms in and out, and one page of a list in falling order, with and without a query."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ClauseElement,
    ColumnElement,
    Executable,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from crm.customers.models import Customer
from crm.paging import COUNTED, Total, total_of
from crm.search.terms import asked
from crm.tickets.models import Ticket

# So many hits are fetched and sorted; of more the list is walked in its own order until the page is full. A hit costs
# some 14 us, as it lies anywhere, a row walked past 2 to 5 us: at a million rows both ways then take about 50 ms.
PROBED = 3_000
COMMON = 4 * PROBED
Where = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Ordered:
    """How a list is read: `order` falls, its last column is the key; `terms` when it can be searched."""

    model: type[Any]
    order: tuple[Any, ...]  # columns; to mypy a mapped column in a dataclass would be a descriptor
    terms: Any = None

    @property
    def key(self) -> Any:
        """Return the key's column."""
        return self.order[-1]


CUSTOMERS = Ordered(Customer, (Customer.created_at, Customer.id), Customer.terms)
TICKETS = Ordered(Ticket, (Ticket.pressing, Ticket.created_at, Ticket.no), Ticket.terms)


@dataclass(frozen=True, slots=True)
class TicketCaller:
    """A ticket with whom it is about; "" = unknown."""

    no: str
    customer: str
    caller: str


def holds(column: Any, q: str) -> ColumnElement[bool]:
    """Return the condition that a row is found by `q`; a query without any letter or digit finds nothing."""
    words = [or_(*(column.contains(cast(way, ARRAY(Text))) for way in ways)) for ways in asked(q)]
    return and_(*words) if words else false()


async def page(
    session: AsyncSession, listed: Ordered, where: Where, q: str, place: Sequence[Any] | None, limit: int
) -> tuple[Sequence[Any], Total]:
    """Return at most `limit` rows after `place` (values of the order's columns), and how many there are. q "" =
    everything.

    A query of few hits is answered from the GIN index, one of many by walking the list from its newest row on, so that
    neither a rare nor a common word costs more than a few thousand rows.
    """
    after = [tuple_(*listed.order) < tuple_(*place)] if place else []
    newest = [column.desc() for column in listed.order]
    if not q or listed.terms is None:
        total = await count(session, listed.model, where)
    elif not where and await is_common(session, listed, q):
        total = COUNTED + 1
    else:
        keys, total = await _few(session, listed, [*where, holds(listed.terms, q)], place, limit)
        if total <= PROBED:
            return await rows_of(session, listed, keys), total_of(total)
    if q and listed.terms is not None:
        # A case is no use to an index and counts as every second row, so that the planner walks; by the terms
        # themselves it takes several of them for rare, reads the whole table and sorts.
        where = [*where, case((holds(listed.terms, q), true()), else_=false())]
    query = select(listed.model).where(*where, *after).order_by(*newest).limit(limit)
    return (await session.execute(query)).scalars().all(), total_of(total)


async def is_common(session: AsyncSession, listed: Ordered, q: str) -> bool:
    """Tell whether the planner expects the words in so many rows that they are not to be counted."""
    query = select(literal(1)).select_from(listed.model).where(holds(listed.terms, q))
    return await planned(session, query) > COMMON


async def count(session: AsyncSession, model: type[Any], where: Where) -> int:
    """Return how many rows there are, at most COUNTED + 1."""
    some = select(literal(1)).select_from(model).where(*where).limit(COUNTED + 1).subquery()
    return (await session.execute(select(func.count()).select_from(some))).scalar_one()


class Explained(Executable, ClauseElement):
    """The plan of a query in place of its rows."""

    inherit_cache = False

    def __init__(self, query: Select[Any]) -> None:
        self.query = query


@compiles(Explained, "postgresql")
def _explained(element: Explained, compiler: SQLCompiler, **kw: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.query, **kw)}"


async def planned(session: AsyncSession, query: Select[Any]) -> int:
    """Return how many rows the planner expects of a query; it is not run."""
    plan = (await session.execute(Explained(query))).scalar_one()
    return int(plan[0]["Plan"]["Plan Rows"])


async def _few(
    session: AsyncSession, listed: Ordered, where: Where, place: Sequence[Any] | None, limit: int
) -> tuple[list[str], int]:
    """Return the keys of the page and how many hits there are, at most PROBED + 1; the keys count only when few."""
    # The planner costs `hit` whole and so takes the GIN index; it runs no further than `few` reads from it.
    hit = select(*listed.order).where(*where).cte("hit").prefix_with("MATERIALIZED")
    few = select(hit).limit(PROBED + 1).cte("few").prefix_with("MATERIALIZED")
    return await keys_of(session, listed, few, place, limit)


async def keys_of(
    session: AsyncSession, listed: Ordered, few: CTE, place: Sequence[Any] | None, limit: int
) -> tuple[list[str], int]:
    """Return the keys of a page of `few`, which has the order's columns, and how many rows it has."""
    columns = [few.c[column.key] for column in listed.order]
    after = [tuple_(*columns) < tuple_(*place)] if place else []
    part = select(columns[-1]).where(*after).order_by(*(column.desc() for column in columns)).limit(limit).subquery()
    keys = select(func.array_agg(part.c[listed.key.key])).scalar_subquery()
    row = (await session.execute(select(select(func.count()).select_from(few).scalar_subquery(), keys))).one()
    return list(row[1] or ()), row[0]


async def rows_of(session: AsyncSession, listed: Ordered, keys: Collection[str]) -> Sequence[Any]:
    """Return the rows of these keys as the list shows them."""
    found = select(listed.model).where(listed.key.in_(keys)).order_by(*(column.desc() for column in listed.order))
    return (await session.execute(found)).scalars().all()


async def names(session: AsyncSession, ids: Collection[str]) -> Mapping[str, str]:
    """Return the customers' names by id; those who are not there are left out."""
    query = select(Customer.id, Customer.name).where(Customer.id.in_(list(ids)))
    return {row[0]: row[1] for row in await session.execute(query)} if ids else {}


async def callers(session: AsyncSession, nos: Collection[str]) -> Sequence[TicketCaller]:
    """Return these tickets' customers and numbers."""
    if not nos:
        return []
    query = select(Ticket.no, func.coalesce(Ticket.customer_id, ""), Ticket.caller_e164).where(Ticket.no.in_(list(nos)))
    return [TicketCaller(*row) for row in await session.execute(query)]


async def tickets_of(session: AsyncSession, people: Collection[str]) -> Sequence[str]:
    """Return the numbers of these customers' tickets."""
    if not people:
        return []
    return (await session.execute(select(Ticket.no).where(Ticket.customer_id.in_(list(people))))).scalars().all()


async def without_terms(session: AsyncSession, listed: Ordered, limit: int) -> Sequence[str]:
    """Return keys of rows that have no terms yet, locked; those another process writes are left to it."""
    query = select(listed.key).where(listed.terms.is_(None)).limit(limit).with_for_update(skip_locked=True)
    return (await session.execute(query)).scalars().all()


async def write(session: AsyncSession, listed: Ordered, found: Mapping[str, Collection[str]]) -> set[str]:
    """Write terms by key; returns the keys whose terms are others than before."""
    if not found:
        return set()
    query = select(listed.key, listed.terms).where(listed.key.in_(list(found)))
    held: dict[str, list[str] | None] = {row[0]: row[1] for row in await session.execute(query)}
    changed = {
        key: sorted(found[key]) for key, before in held.items() if before is None or set(before) != set(found[key])
    }
    if changed:
        table = listed.model.__table__
        statement = update(table).where(table.c[listed.key.key] == bindparam("row")).values(terms=bindparam("new"))
        await (await session.connection()).execute(
            statement, [{"row": key, "new": new} for key, new in changed.items()]
        )
    return set(changed)
