"""Taking handed-in lines over, batch by batch: one transaction each, so that nobody waits for a whole file.

A line goes from `import_lines` in the transaction that puts it in: after a crash the next batch begins where the last
one that was committed ended.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm import places
from crm.customers.models import Customer
from crm.events.service import EventKind, append_each, begin_writing
from crm.imports import columns, repository, written
from crm.imports.columns import Line, Problem
from crm.imports.compare import Comparison, compare
from crm.imports.line_by_line import BATCH, one_by_one
from crm.imports.models import ImportChange, ImportRun
from crm.imports.seals import of_name, seals_of
from crm.products.models import Product
from crm.transaction import UnitOfWork

log = structlog.get_logger(__name__)

_REFUSED = (IntegrityError, DataError)


async def take_next(work: UnitOfWork, now: datetime) -> int:
    """Take the next batch of the oldest open import over; returns how many lines have passed, 0 when none waits."""
    try:
        return await work.run(lambda session: _take(session, now, BATCH))
    except _REFUSED as error:  # a line that the database refuses: the others go on without it
        log.warning("import_batch_refused", error=type(error).__name__)
    return await one_by_one(
        work, lambda session: _take(session, now, 1), lambda session: _leave_out(session, now), _REFUSED
    )


async def _take(session: AsyncSession, now: datetime, most: int) -> int:
    run, lines = await _next(session, most)
    if run is None:
        return 0
    found = await compare(session, columns.kind_of(run.kind), lines)
    added, completed = await (_put_customers if run.kind == "customers" else _put_products)(session, run, found, now)
    run.added += added
    run.completed += completed
    run.known += len(found.held) - completed
    await _passed(session, run, lines, found.problems, now)
    return len(lines)


async def _leave_out(session: AsyncSession, now: datetime) -> int:
    run, lines = await _next(session, 1)
    if run is None:
        return 0
    await _passed(
        session, run, lines, [Problem(line.number, "", "", "这一行写不进去，请检查内容") for line in lines], now
    )
    return len(lines)


async def leave_out(session: AsyncSession, numbers: Collection[str], reason: str, now: datetime) -> None:
    """Leave out the waiting lines that have one of these E.164 numbers; the transaction has begun writing."""
    for run, lines in await repository.waiting(session):
        told = [line for line in lines if not columns.numbers_in(line).isdisjoint(numbers)]
        if told:
            await _passed(session, run, told, [Problem(line.number, "", "", reason) for line in told], now)


async def _next(session: AsyncSession, most: int) -> tuple[ImportRun | None, list[Line]]:
    """Return the oldest open import and its next lines, nobody else's until the transaction ends."""
    if not await repository.any_open(session):
        return None, []
    await begin_writing(session)  # batches and other writers come one after the other, so that neither misses the other
    run = await repository.oldest_open(session)
    return run, await repository.next_lines(session, run.id, most) if run else []


async def _passed(
    session: AsyncSession, run: ImportRun, lines: list[Line], problems: list[Problem], now: datetime
) -> None:
    run.left_out += len({problem.line for problem in problems})
    run.problems = columns.reasons(problems, run.problems)
    run.passed += len(lines)
    await repository.drop_lines(session, run.id, [line.number for line in lines])
    if run.passed == run.lines:
        run.ended_at = now


async def _put_customers(session: AsyncSession, run: ImportRun, found: Comparison, now: datetime) -> tuple[int, int]:
    """Put new files in and complete known ones; returns how many lines were new, and how many completed a file."""
    fresh = [(line, _new_customer(line, now)) for line in found.new]
    await repository.put_in(session, [customer for _, customer in fresh])
    named = {line.number for line, customer in found.held if _give_name(customer, line.values["name"])}
    everyone, first = [*fresh, *found.held], {line.number for line in found.new}
    numbers = {
        line.number: [_number(line, customer, index, new=line.number in first, now=now)
                      for index in range(len(line.values["numbers"]))]
        for line, customer in everyone
    }  # fmt: skip
    addresses = {
        line.number: [await _address(session, line, customer, now)]
        for line, customer in everyone if line.values["address"]
    }  # fmt: skip
    put = await repository.put_numbers(session, [row for rows in numbers.values() for row in rows])
    put |= await repository.put_addresses(session, [row for rows in addresses.values() for row in rows])
    seals = {
        line.number: seals_of(
            [row for row in numbers[line.number] if row["id"] in put],
            [row for row in addresses.get(line.number, ()) if row["id"] in put],
            of_name(customer.id, customer.name) if line.number in named else "",
        )
        for line, customer in everyone
    }
    completing = [(line, customer) for line, customer in found.held if any(seals[line.number].values())]
    completed = {customer.id: customer for _, customer in completing}
    for customer in completed.values():
        customer.version += 1
    changes = [
        ImportChange(run_id=run.id, line=line.number, what="customer" if line.number in first else "completed",
                     customer_id=customer.id, version=customer.version, seals=seals[line.number])
        for line, customer in [*fresh, *completing]
    ]  # fmt: skip
    await _note(session, run, changes)
    for customer in completed.values():
        await written.follow(session, customer.id, customer.version - 1, customer.version, run.id)
    await append_each(session, EventKind.CUSTOMER, now, [*(customer.id for _, customer in fresh), *completed])
    return len(fresh), len({line.number for line, _ in completing})


def _number(line: Line, customer: Customer, index: int, *, new: bool, now: datetime) -> dict[str, Any]:
    """Return the row of a line's number; a new file's first is its main one."""
    e164 = line.values["numbers"][index]
    return {
        "id": uuid4().hex, "customer_id": customer.id, "e164": e164, "created_at": now,
        "extension": line.values.get("extensions", {}).get(e164, ""), "main": index == 0 and new, "do_not_call": False,
    }  # fmt: skip


async def _note(session: AsyncSession, run: ImportRun, changes: list[ImportChange]) -> None:
    """Keep what the lines wrote, so that the import can be taken back."""
    await written.noted(session, changes)
    run.written += len(changes)


async def _address(session: AsyncSession, line: Line, customer: Customer, now: datetime) -> dict[str, Any]:
    """Return the row of a line's address, with its division where that is certain."""
    value, _ = await places.recognize(session, line.values["address"])
    return {
        "id": uuid4().hex, "customer_id": customer.id, "value": value, "status": "unverified",
        "text": line.values["address_text"], "adcode": value.get("adcode", ""), "created_at": now,
    }  # fmt: skip


def _new_customer(line: Line, now: datetime) -> Customer:
    told = {key: line.values[key] for key in ("name", "kind", "organization", "elder", "do_not_call", "note")}
    return Customer(id=uuid4().hex, created_at=now, **told)


def _give_name(customer: Customer, name: str) -> bool:
    """Give a file that has no name this one; nothing that somebody wrote is changed."""
    if customer.name or not name:
        return False
    customer.name = name
    return True


async def _put_products(session: AsyncSession, run: ImportRun, found: Comparison, now: datetime) -> tuple[int, int]:
    """Put new machines in; returns how many lines were new, and 0: what is known of a machine is not completed."""
    lines = [
        (line, Product(id=uuid4().hex, customer_id=found.owners[line.number].id, created_at=now,
                       **columns.card_values(line)))
        for line in found.new
    ]  # fmt: skip
    fresh = [card for _, card in lines]
    await repository.put_in(session, fresh)
    changes = [
        ImportChange(run_id=run.id, line=line.number, what="product", customer_id=card.customer_id, product_id=card.id,
                     version=card.version, seals={})
        for line, card in lines
    ]  # fmt: skip
    await _note(session, run, changes)
    await append_each(session, EventKind.CUSTOMER, now, list(dict.fromkeys(item.customer_id for item in fresh)))
    return len(fresh), 0
