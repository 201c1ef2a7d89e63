"""The one place where search terms are written: for what a transaction touched, just before it commits."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.customers import repository as customers
from crm.products import repository as products
from crm.search import repository, terms
from crm.search.touched import take
from crm.tickets import repository as tickets

BATCH = 500
AT_ONCE = 100


async def refresh(session: AsyncSession) -> None:
    """Write the terms of what was touched; a ticket is found by its customer's name and numbers too."""
    nos, people = take(session)
    if not nos and not people:
        return
    await session.flush()
    owners = {row.customer for row in await repository.callers(session, nos) if row.customer}
    changed = await _customers(session, people | owners)
    await _tickets(session, nos.union(await repository.tickets_of(session, changed)))


async def catch_up(session: AsyncSession, now: datetime) -> int:  # noqa: ARG001 a job is told the time
    """Write the terms of rows that have none yet, as after an upgrade; returns how many."""
    people = await repository.without_terms(session, repository.CUSTOMERS, BATCH)
    await _customers(session, people)
    nos = [] if people else await repository.without_terms(session, repository.TICKETS, BATCH)
    await _tickets(session, nos)
    return len(people) + len(nos)


async def _customers(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Write the terms of customers; returns those whose terms are others than before."""
    names = await repository.names(session, ids)
    numbers = await customers.numbers(session, names)
    places = await customers.addresses(session, names)
    machines = await products.names_of(session, names)

    def all_terms() -> dict[str, set[str]]:
        return {
            each: terms.of_customer(
                name, numbers.get(each, ()), [row.value for row in places.get(each, ())], machines.get(each, ())
            )
            for each, name in names.items()
        }

    # after an import they are thousands, and the loop must not stand still meanwhile
    found = await asyncio.to_thread(all_terms) if len(names) > AT_ONCE else all_terms()
    return await repository.write(session, repository.CUSTOMERS, found)


async def _tickets(session: AsyncSession, nos: Collection[str]) -> None:
    rows = await repository.callers(session, nos)
    owners = {row.customer for row in rows if row.customer}
    names = await repository.names(session, owners)
    numbers = await customers.numbers(session, owners)
    held = await tickets.slots(session, [row.no for row in rows])
    persons: Mapping[str, set[str]] = {
        each: terms.of_person(name, numbers.get(each, ())) for each, name in names.items()
    }
    found = {
        row.no: terms.of_ticket(
            row.no, row.caller, {slot.slot: slot.value for slot in held.get(row.no, ())}, persons.get(row.customer, ())
        )
        for row in rows
    }
    await repository.write(session, repository.TICKETS, found)
