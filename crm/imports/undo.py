"""Taking an import back (ux 5.6): what it wrote goes as long as nobody built upon it, batch by batch as it came.

What stays is told line by line. A change that was dealt with has its outcome in the transaction that dealt with it:
after a crash, or with two at once, nothing is taken back twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.audit.service import note
from crm.customers.file_service import UNDO
from crm.customers.models import Address, Customer, CustomerNote, PhoneNumber
from crm.errors import Conflict, NotFound
from crm.events.service import EventKind, append_each, begin_writing
from crm.imports import seals, written
from crm.imports.line_by_line import BATCH, one_by_one
from crm.imports.models import ImportChange, ImportRun
from crm.transaction import UnitOfWork

log = structlog.get_logger(__name__)

_EDITED = "导入后有人改过"
_MERGED = "已并入别的档案"
_NAMES = {"numbers": "号码", "addresses": "地址", "name": "姓名"}


class Verdict(NamedTuple):
    """What becomes of a change: undone | partly | stayed, and why it is not wholly undone."""

    outcome: str
    reason: str = ""


_GONE = Verdict("undone")


def until(run: ImportRun) -> datetime | None:
    """Return until when an import can be taken back; None when there is nothing to take back or it was asked for."""
    if run.ended_at is None or run.undo_at is not None or not run.written:
        return None
    return run.ended_at + UNDO


async def begin(session: AsyncSession, run_id: str, viewer: Viewer, now: datetime) -> ImportRun:
    """Ask for an import to be taken back; a second time changes nothing. Raises NotFound, Conflict."""
    await begin_writing(session)
    run = await written.run_locked(session, run_id)
    if run is None:
        raise NotFound("没有这次导入")
    if run.undo_at is not None:
        return run
    if run.ended_at is None:
        raise Conflict("这次导入还没有结束，请等结束后再撤销")
    last = until(run)
    if last is None:
        raise Conflict("这次导入没有写入可以撤销的内容")
    if now > last:
        raise Conflict(f"导入已过 {UNDO // timedelta(days=1)} 天，不能撤销")
    run.undo_at, run.undo_by = now, viewer.name
    await note(session, viewer, "import_undone", "import", run.id, now, detail=f"{run.kind} 共 {run.written} 行")
    return run


async def undo_next(work: UnitOfWork, now: datetime) -> int:
    """Take the next batch of the oldest import that is being undone back; returns how many changes, 0 for none."""
    try:
        return await work.run(lambda session: _undo(session, now, BATCH))
    except IntegrityError as error:  # something hangs on a row that nobody thought of: that one stays
        log.warning("undo_batch_refused", error=type(error).__name__)
    return await one_by_one(
        work, lambda session: _undo(session, now, 1), lambda session: _leave(session, now), (IntegrityError,)
    )


async def _undo(session: AsyncSession, now: datetime, most: int) -> int:
    run, changes = await _next(session, now, most)
    if run is None or not changes:
        return 0
    if run.kind == "customers":
        verdicts = await _undo_files(session, run, changes, now)
    else:
        verdicts = await _undo_cards(session, changes, now)
    _settled(run, changes, verdicts)
    return len(changes)


async def _leave(session: AsyncSession, now: datetime) -> int:
    run, changes = await _next(session, now, 1)
    if run is not None:
        _settled(run, changes, {change.id: Verdict("stayed", "已在别处用到") for change in changes})
    return len(changes)


async def _next(session: AsyncSession, now: datetime, most: int) -> tuple[ImportRun | None, Sequence[ImportChange]]:
    """Return the oldest import that is being undone and its next changes; one without any more has come to its end."""
    if not await written.any_undoing(session):
        return None, []
    await begin_writing(session)
    run = await written.oldest_undoing(session)
    changes = await written.next_changes(session, run.id, most) if run else []
    if run is not None and not changes:
        run.undo_ended_at = now
    return run, changes


def _settled(run: ImportRun, changes: Sequence[ImportChange], verdicts: Mapping[str, Verdict]) -> None:
    for change in changes:
        change.outcome, change.reason = verdicts[change.id]
        run.undone += change.outcome == "undone"
        run.stayed += change.outcome != "undone"


async def _undo_cards(session: AsyncSession, changes: Sequence[ImportChange], now: datetime) -> dict[str, Verdict]:
    held = await written.cards(session, [change.product_id for change in changes])
    used = await written.machines_in_use(session, {card.id: card.customer_id for card in held.values()})
    verdicts: dict[str, Verdict] = {}
    for change in changes:
        card = held.get(change.product_id)
        if card is not None and card.customer_id != change.customer_id:
            verdicts[change.id] = Verdict("stayed", "已归到另一位客户")
        elif card is not None and card.version != change.version:
            verdicts[change.id] = Verdict("stayed", f"{_EDITED}这张产品卡")
        elif change.product_id in used:
            verdicts[change.id] = Verdict("stayed", "已有工单、上门或回访")
        else:
            verdicts[change.id] = _GONE
    gone = [change for change in changes if verdicts[change.id] is _GONE]
    await written.remove_cards(session, [change.product_id for change in gone])
    await append_each(session, EventKind.CUSTOMER, now, list(dict.fromkeys(change.customer_id for change in gone)))
    return verdicts


async def _undo_files(
    session: AsyncSession, run: ImportRun, changes: Sequence[ImportChange], now: datetime
) -> dict[str, Verdict]:
    ids = list(dict.fromkeys(change.customer_id for change in changes))
    held = await written.files(session, ids)
    parts = await _parts(session, run, held)
    new = [change for change in changes if change.what == "customer"]
    verdicts = await _new_files(session, run, new, held, parts)
    gone = [change.customer_id for change in new if verdicts[change.id] is _GONE]
    await written.remove_files(session, gone)
    for change in changes:
        if change.what == "completed":
            customer = None if change.customer_id in gone else held.get(change.customer_id)
            verdicts[change.id] = await _complete_no_more(session, run, change, customer, parts, now)
    changed = {change.customer_id for change in changes if verdicts[change.id].outcome != "stayed"}
    await append_each(session, EventKind.CUSTOMER, now, sorted(changed))
    return verdicts


class _Parts(NamedTuple):
    """Numbers and addresses of files, by id, and the E.164 numbers that called since the import."""

    numbers: Mapping[str, PhoneNumber]
    addresses: Mapping[str, Address]
    rung: set[str]


async def _parts(session: AsyncSession, run: ImportRun, held: Mapping[str, Customer]) -> _Parts:
    numbers = {row.id: row for row in await written.numbers(session, list(held))}
    addresses = {row.id: row for row in await written.addresses(session, list(held))}
    return _Parts(numbers, addresses, await written.rung(session, {row.e164 for row in numbers.values()}, run))


async def _new_files(
    session: AsyncSession, run: ImportRun, changes: Sequence[ImportChange], held: Mapping[str, Customer], parts: _Parts
) -> dict[str, Verdict]:
    """Return what becomes of the files that the import made."""
    ids = [change.customer_id for change in changes]
    upon = await written.built_upon(session, ids)
    own = {part for change in await written.of_files(session, run.id, ids) for part in _sealed(change)}
    called = {row.customer_id for row in parts.numbers.values() if row.e164 in parts.rung}
    grown = {row.customer_id for row in parts.numbers.values() if row.id not in own}
    grown |= {row.customer_id for row in parts.addresses.values() if row.id not in own}
    verdicts: dict[str, Verdict] = {}
    for change in changes:
        customer = held.get(change.customer_id)
        reason = upon.get(change.customer_id, "") or ("已有通话" if change.customer_id in called else "")
        if customer is not None and customer.merged_into is not None:
            reason = _MERGED
        elif customer is not None and (customer.version != change.version or change.customer_id in grown):
            reason = reason or f"{_EDITED}这份档案"
        verdicts[change.id] = Verdict("stayed", reason) if reason else _GONE
    return verdicts


def _sealed(change: ImportChange) -> set[str]:
    return {*change.seals.get("numbers", ()), *change.seals.get("addresses", ())}


async def _complete_no_more(
    session: AsyncSession, run: ImportRun, change: ImportChange, customer: Customer | None, parts: _Parts, now: datetime
) -> Verdict:
    """Take out of a file what a line put in, where it is still what the import wrote."""
    if customer is None:
        return _GONE  # went with the file
    if customer.merged_into is not None:
        return Verdict("stayed", _MERGED)
    numbers, addresses, why = _still(change, parts)
    named = bool(change.seals.get("name"))
    if named and seals.of_name(customer.id, customer.name) != change.seals["name"]:
        why, named = [*why, f"姓名{_EDITED}"], False
    took = {"numbers": len(numbers), "addresses": len(addresses), "name": int(named)}
    if not any(took.values()):
        return Verdict("stayed", "；".join(why)) if why else _GONE
    await written.remove_parts(session, PhoneNumber, numbers)
    await written.remove_parts(session, Address, addresses)
    customer.name = "" if named else customer.name
    customer.version += 1
    if not why and customer.version == change.version + 1:  # as before: the import that made the file can be undone
        await written.follow(session, customer.id, change.version - 1, customer.version)
    told = "、".join(f"{count} 个{_NAMES[what]}" for what, count in took.items() if count)
    text = f"撤销 {run.by} 的导入（第 {change.line} 行）：去掉 {told}"
    session.add(CustomerNote(id=change.id, customer_id=customer.id, at=now, author=run.undo_by, text=text))
    return Verdict("partly", "；".join(why)) if why else _GONE


def _still(change: ImportChange, parts: _Parts) -> tuple[list[str], list[str], list[str]]:
    """Return the ids of numbers and addresses that are still what the import wrote, and why others stay."""
    numbers: list[str] = []
    addresses: list[str] = []
    why: list[str] = []
    for row in _there(change, "numbers", parts.numbers):
        if row.e164 in parts.rung:
            why.append("号码已来过电话")
        elif seals.of_number(_values(row)) != change.seals["numbers"][row.id]:
            why.append(f"号码{_EDITED}")
        else:
            numbers.append(row.id)
    for row in _there(change, "addresses", parts.addresses):
        if seals.of_address(_values(row)) == change.seals["addresses"][row.id]:
            addresses.append(row.id)
        else:
            why.append(f"地址{_EDITED}")
    return numbers, addresses, list(dict.fromkeys(why))


def _there(change: ImportChange, what: str, held: Mapping[str, Any]) -> list[Any]:
    """Return the rows that the change wrote and that are still in its file."""
    rows = [held[row] for row in change.seals.get(what, ()) if row in held]
    return [row for row in rows if row.customer_id == change.customer_id]


def _values(row: PhoneNumber | Address) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
