"""SQL of filtered lists of tickets and of their counts.

A list is cut into cells of one kind, state and priority (crm.policy.ticket_filters). In a cell an index holds the
tickets in the list's own order, so that of each only the first rows of a page are read and the cells' rows are merged:
no combination of filters walks the whole table, whatever the planner thinks of it. The list of a day's visits is few
tickets of any cell: they are read one by one by their number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnClause,
    ColumnElement,
    DateTime,
    Select,
    TableValuedAlias,
    Text,
    case,
    cast,
    column,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause
from sqlalchemy.types import TypeEngine

from crm.clocks.models import TicketClock
from crm.paging import COUNTED, Total, decode, total_of
from crm.policy.clocks import ClockState
from crm.policy.ticket_filters import AT_RISK, NOBODY, Asked, cells
from crm.policy.ticket_states import KINDS, OPEN, PRIORITIES, STATES
from crm.search import repository as search
from crm.tickets.models import Ticket, TicketSlot
from crm.visits.models import EngineerVisit

Where = Sequence[ColumnElement[bool]]
Place = tuple[bool, datetime, str]  # pressing, created_at and no of the ticket a page stands after
_COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "kind": Text(), "state": Text(), "priority": Text(), "pressing": Boolean(), "until": DateTime(timezone=True),
    "until_no": Text(),
}  # fmt: skip
_END: Place = (True, datetime(9999, 1, 1, tzinfo=UTC), "")


def place(ticket: Ticket) -> tuple[datetime, str]:
    """Return what a cursor keeps of the ticket it stands after."""
    return ticket.created_at, f"{ticket.pressing:d}{ticket.no}"


def _place(cursor: str) -> Place:
    moment, key = decode(cursor)
    return key[:1] == "1", moment, key[1:]


async def page(
    session: AsyncSession, wanted: Asked, now: datetime, *, extra: Where = (), q: str = "", cursor: str = "", limit: int
) -> tuple[Sequence[Ticket], Total]:
    """Return tickets after the cursor, open emergencies first, then the newest; and how many there are."""
    after = _place(cursor) if cursor else None
    if q and not wanted.everything:
        return await _with_words(session, wanted, now, extra, q, after, limit)
    if wanted.everything:
        return await search.page(session, search.TICKETS, extra, q, after, limit)
    query = first_rows(wanted, now, extra, after, limit)
    rows = [] if query is None else (await session.execute(query)).scalars().all()
    return rows, total_of(await _number(session, number_of(wanted, now, extra, COUNTED + 1)))


async def _with_words(
    session: AsyncSession, wanted: Asked, now: datetime, extra: Where, q: str, after: Place | None, limit: int
) -> tuple[Sequence[Ticket], Total]:
    """Of few tickets in the list all are looked at, of many with rare words those that hold the words. Where both are
    many, the newest of the list are: they fill a page, and how many there are is not counted any further.
    """
    many = search.PROBED + 1
    is_many = await _number(session, number_of(wanted, now, extra, many)) == many
    if not is_many or await search.is_common(session, search.TICKETS, q):
        listed = _newest(wanted, now, extra, after if is_many else None, many)
        if listed is None:
            return [], Total(0)
        keys, held = await search.keys_of(session, search.TICKETS, holding(listed, q), after, limit)
        if not is_many or len(keys) == limit:
            total = Total(min(held, COUNTED), capped=True) if is_many else total_of(held)
            return await search.rows_of(session, search.TICKETS, keys), total
    return await search.page(session, search.TICKETS, [*_plain(wanted, now), *extra], q, after, limit)


def holding(listed: Select[bool, datetime, str], q: str) -> CTE:
    """Return those of a few tickets that hold the words. They are found first and then read one by one by their number:
    with the words among the conditions of a cell the planner walks other indexes, once for each cell.
    """
    few = listed.cte("few").prefix_with("MATERIALIZED")
    told = select(*search.TICKETS.order).where(Ticket.no == few.c.no, _each(search.holds(Ticket.terms, q)))
    one = told.limit(1).lateral("one")
    return select(*one.c).select_from(few.join(one, true())).cte("hit").prefix_with("MATERIALIZED")


async def _number(session: AsyncSession, query: Select[int]) -> int:
    return (await session.execute(query)).scalar_one()


async def counts(session: AsyncSession, lists: Mapping[str, Asked], now: datetime) -> dict[str, int]:
    """Return by key how many tickets each list has, at most COUNTED + 1, in one statement."""
    numbers = ((key, number_of(wanted, now, (), COUNTED + 1).scalar_subquery()) for key, wanted in lists.items())
    query = union_all(*(select(literal(key), number) for key, number in numbers))
    return {row[0]: row[1] for row in await session.execute(query)} if lists else {}


async def estimate(session: AsyncSession, wanted: Asked, q: str, now: datetime) -> int:
    """Return about how many tickets of a list hold the words, as the planner thinks of it: nothing is read."""
    where = [*_plain(wanted, now), search.holds(Ticket.terms, q)]
    return await search.planned(session, select(literal(1)).select_from(Ticket).where(*where))


def first_rows(wanted: Asked, now: datetime, extra: Where, after: Place | None, limit: int) -> Select[Ticket] | None:
    """Return the query of a page; None when nothing can be in it."""
    found = _newest(wanted, now, extra, after, limit)
    if found is None:
        return None
    keys = found.subquery()
    order = (column.desc() for column in search.TICKETS.order)
    return select(Ticket).join(keys, keys.c.no == Ticket.no).order_by(*order)


def _newest(
    wanted: Asked, now: datetime, extra: Where, after: Place | None, limit: int
) -> Select[bool, datetime, str] | None:
    """Return the first `limit` places after `after` in the list's order; None when there can be none."""
    found = places(wanted, now, extra, after, limit)
    return None if found is None else found.order_by(*(place.desc() for place in found.selected_columns)).limit(limit)


def number_of(wanted: Asked, now: datetime, extra: Where, most: int) -> Select[int]:
    """Return the query of how many tickets there are, at most `most`."""
    found = None if wanted.everything else places(wanted, now, extra, None, most)
    if found is None:
        where = extra if wanted.everything else [false()]
        some = select(literal(1)).select_from(Ticket).where(*where).limit(most).subquery()
    else:
        some = found.limit(most).subquery()
    return select(func.count()).select_from(some)


def places(
    wanted: Asked, now: datetime, extra: Where, after: Place | None, limit: int
) -> Select[bool, datetime, str] | None:
    """Return the places (pressing, created_at, no) of tickets of a list, the first `limit` after `after` among them, in
    no order; None when there can be none."""
    if wanted.visit_day is not None:
        return _visited(wanted, wanted.visit_day, now, extra, after)
    cell = _cell(wanted, after)
    if cell is None:
        return None
    held = _held(cell, wanted, now, extra, limit)
    return select(cell.c.pressing, held.c.created_at, held.c.no).select_from(cell.join(held, true()))


def _visited(
    wanted: Asked, day: datetime, now: datetime, extra: Where, after: Place | None
) -> Select[bool, datetime, str]:
    few = _visits(day).distinct().subquery("few")
    query = select(Ticket.pressing, Ticket.created_at, Ticket.no).where(Ticket.no == few.c.ticket_no)
    query = query.where(*_plain(replace(wanted, visit_day=None), now), *extra)
    held = query.limit(1).lateral("held")  # limited, so that it stays a reading by number and no table is walked
    place = (held.c.pressing, held.c.created_at, held.c.no)
    return (
        select(*place).select_from(few.join(held, true())).where(*([tuple_(*place) < tuple_(*after)] if after else []))
    )


def _visits(day: datetime) -> Select[str]:
    """Return the tickets that an engineer comes for within 24 h from `day`; once for each visit."""
    starts, state = EngineerVisit.starts_at, EngineerVisit.state
    return select(EngineerVisit.ticket_no).where(starts >= day, starts < day + timedelta(days=1), state != "cancelled")


def _cell(wanted: Asked, after: Place | None) -> TableValuedAlias | None:
    """Return the cells as a table, each with where it begins after `after`; None when there is none."""
    pressing, created_at, no = after or _END
    rows = [
        (*cell, *((created_at, no) if cell.pressing == pressing else _END[1:]))
        for cell in cells(wanted)
        if cell.pressing <= pressing
    ]
    if not rows:
        return None
    arrays = [
        cast(list(values), ARRAY(of)) for values, of in zip(zip(*rows, strict=True), _COLUMNS.values(), strict=True)
    ]
    columns: list[ColumnClause[Any]] = [column(name, of) for name, of in _COLUMNS.items()]
    return func.unnest(*arrays).table_valued(*columns, name="cell").render_derived()


def _held(cell: TableValuedAlias, wanted: Asked, now: datetime, extra: Where, limit: int) -> LateralFromClause:
    """Return the newest tickets of each cell."""
    where = (Ticket.kind == cell.c.kind, Ticket.state == cell.c.state, Ticket.priority == cell.c.priority)
    before = tuple_(Ticket.created_at, Ticket.no) < tuple_(cell.c.until, cell.c.until_no)
    query = select(Ticket.created_at, Ticket.no).where(*where, before, *_common(wanted, now), *extra)
    return query.order_by(Ticket.created_at.desc(), Ticket.no.desc()).limit(limit).lateral("held")


def _plain(wanted: Asked, now: datetime) -> list[ColumnElement[bool]]:
    """Return the same conditions for a list that is not cut into cells."""
    if not cells(wanted):
        return [false()]
    found: list[ColumnElement[bool]] = []
    for named, values, every in (
        (Ticket.kind, wanted.kinds, KINDS), (Ticket.state, wanted.states, STATES),
        (Ticket.priority, wanted.priorities, PRIORITIES),
    ):  # fmt: skip
        if values == OPEN and named is Ticket.state:
            found.append(Ticket.is_open.expression)  # bare: for "IS true" no index made WHERE is_open is taken
        elif values != frozenset(every):
            found.append(named.in_(sorted(values)))
    return [*found, *_common(wanted, now)]


def _common(wanted: Asked, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Ticket.owner_id.is_(None) if owner == NOBODY else Ticket.owner_id == owner for owner in sorted(wanted.owners)
    ]
    if wanted.opener is not None:
        found.append(Ticket.opened_by == wanted.opener)
    if wanted.since is not None:
        found.append(Ticket.created_at >= wanted.since)
    if wanted.visit_day is not None:
        found.append(Ticket.no.in_(_visits(wanted.visit_day)))
    if wanted.urged:
        found += [Ticket.is_open.expression, Ticket.urged.expression]  # bare, as the index is made WHERE both
    if wanted.unverified:
        waits = select(literal(1)).where(TicketSlot.ticket_no == Ticket.no, TicketSlot.status == "unverified")
        # a value, no semi-join: so the open tickets are walked from the newest on, not all unverified slots sorted
        found.append(waits.limit(1).scalar_subquery().is_not(None))
    if wanted.clock:
        found.append(_each(Ticket.no.in_(_promised(wanted.clock, now))))
    return found


def _promised(clock: str, now: datetime) -> Select[str]:
    """Return the tickets with a promise that is nearly or already broken, told by the tick or not."""
    runs, query = TicketClock.state == ClockState.RUNNING.value, select(TicketClock.ticket_no)
    if clock == AT_RISK:
        return query.where(runs, TicketClock.at_risk_at <= now, TicketClock.due_at > now)
    due = runs & (TicketClock.due_at <= now)
    return query.where(or_(TicketClock.state == ClockState.BREACHED.value, due))


def _each(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition as one that is tried on each row: in a case no index and no join is made of it."""
    return case((condition, true()), else_=false())
