"""SQL of what a customer's file is edited by: numbers, addresses, notes, duplicates, merges."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm.calls.models import Contact
from crm.customers.models import Address, Customer, CustomerMerge, CustomerNote, PhoneNumber
from crm.parts.models import Partner
from crm.products.models import Product
from crm.tickets.models import Ticket

_Owned = type[Product] | type[Address] | type[PhoneNumber] | type[Contact] | type[CustomerNote]
_OWNED: Mapping[str, _Owned] = {
    "products": Product, "addresses": Address, "phone_numbers": PhoneNumber, "contacts": Contact,
    "customer_notes": CustomerNote,
}  # fmt: skip
_Standing = dict[str, int | str]


async def add(session: AsyncSession, thing: PhoneNumber | Address | CustomerNote | CustomerMerge) -> None:
    """Insert a row."""
    session.add(thing)
    await session.flush()


async def numbers(session: AsyncSession, customer: str) -> Sequence[PhoneNumber]:
    """Return a customer's numbers, the main one first, wrong ones last."""
    query = select(PhoneNumber).where(PhoneNumber.customer_id == customer)
    ordered = query.order_by(
        PhoneNumber.wrong_at.is_not(None), PhoneNumber.main.desc(), PhoneNumber.created_at, PhoneNumber.id
    )
    return (await session.execute(ordered)).scalars().all()


async def remove(session: AsyncSession, model: type[PhoneNumber | Address], customer: str, row: str) -> bool:
    """Delete a number or an address of this customer; tells whether there was one."""
    done = await session.execute(delete(model).where(model.customer_id == customer, model.id == row))
    return isinstance(done, CursorResult) and done.rowcount == 1


async def address(session: AsyncSession, customer: str, address_id: str) -> Address | None:
    """Return an address of this customer."""
    query = select(Address).where(Address.customer_id == customer, Address.id == address_id)
    return (await session.execute(query)).scalar_one_or_none()


async def address_of_text(session: AsyncSession, customer: str, text: str) -> Address | None:
    """Return the customer's address of this text."""
    query = select(Address).where(Address.customer_id == customer, Address.text == text)
    return (await session.execute(query)).scalar_one_or_none()


async def notes(session: AsyncSession, customer: str) -> Sequence[CustomerNote]:
    """Return the newest notes, newest first."""
    query = select(CustomerNote).where(CustomerNote.customer_id == customer)
    return (await session.execute(query.order_by(CustomerNote.at.desc(), CustomerNote.id).limit(100))).scalars().all()


async def duplicates(session: AsyncSession, customer: Customer) -> Sequence[Customer]:
    """Return other files that share a number or an address with this one."""
    mine = select(PhoneNumber.e164).where(PhoneNumber.customer_id == customer.id)
    places = select(Address.text).where(Address.customer_id == customer.id)
    query = select(Customer).where(
        Customer.id != customer.id,
        Customer.merged_into.is_(None),
        or_(
            Customer.id.in_(select(PhoneNumber.customer_id).where(PhoneNumber.e164.in_(mine))),
            Customer.id.in_(select(Address.customer_id).where(Address.text.in_(places))),
        ),
    )
    return (await session.execute(query.order_by(Customer.created_at, Customer.id).limit(20))).scalars().all()


async def shared(session: AsyncSession, customer: str, others: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Return a number (E.164) and an address that each of the other files has in common with this one, "" for none."""
    found: dict[str, tuple[str, str]] = dict.fromkeys(others, ("", ""))
    mine = select(PhoneNumber.e164).where(PhoneNumber.customer_id == customer)
    same = PhoneNumber.customer_id.in_(others), PhoneNumber.e164.in_(mine)
    for other, e164 in await session.execute(select(PhoneNumber.customer_id, PhoneNumber.e164).where(*same)):
        found[other] = e164, ""
    places = select(Address.text).where(Address.customer_id == customer)
    there = Address.customer_id.in_(others), Address.text.in_(places)
    for other, text in await session.execute(select(Address.customer_id, Address.text).where(*there)):
        found[other] = found[other][0], text
    return found


async def merge(session: AsyncSession, merge_id: str) -> CustomerMerge | None:
    """Return one merge, locked."""
    return await session.get(CustomerMerge, merge_id, with_for_update=True)


async def last_merges(session: AsyncSession, kept: str) -> Sequence[CustomerMerge]:
    """Return the merges into this file that were not undone, newest first."""
    query = select(CustomerMerge).where(CustomerMerge.kept_id == kept, CustomerMerge.undone_at.is_(None))
    return (await session.execute(query.order_by(CustomerMerge.at.desc()).limit(20))).scalars().all()


async def mark_like(session: AsyncSession, gone: str, kept: str) -> list[str]:
    """Mark as 勿呼 the numbers of one file that another has marked; returns the ids of those that were not."""
    marked = select(PhoneNumber.e164).where(PhoneNumber.customer_id == gone, PhoneNumber.do_not_call)
    mine = PhoneNumber.customer_id == kept, PhoneNumber.e164.in_(marked), ~PhoneNumber.do_not_call
    ids = list((await session.execute(select(PhoneNumber.id).where(*mine))).scalars())
    await session.execute(update(PhoneNumber).where(PhoneNumber.id.in_(ids)).values(do_not_call=True))
    return ids


async def unmark(session: AsyncSession, ids: Collection[str], customer: str) -> None:
    """Take 勿呼 off these numbers as far as this customer has them yet."""
    mine = PhoneNumber.id.in_(ids), PhoneNumber.customer_id == customer
    await session.execute(update(PhoneNumber).where(*mine).values(do_not_call=False))


async def hand_over(session: AsyncSession, gone: str, kept: str) -> dict[str, Any]:
    """Give everything of one file to another, except numbers and addresses the other has; returns the ids by table."""
    same_number = select(PhoneNumber.e164).where(PhoneNumber.customer_id == kept)
    same_place = select(Address.text).where(Address.customer_id == kept)
    spared = {"phone_numbers": PhoneNumber.e164.notin_(same_number), "addresses": Address.text.notin_(same_place)}
    moved: dict[str, Any] = {}
    for name, model in _OWNED.items():
        query = select(model.id).where(model.customer_id == gone)
        ids = (await session.execute(query.where(spared[name]) if name in spared else query)).scalars().all()
        moved[name] = list(ids)
        await session.execute(update(model).where(model.id.in_(ids)).values(customer_id=kept))
    numbers_of = (await session.execute(select(Ticket.no).where(Ticket.customer_id == gone))).scalars().all()
    await session.execute(update(Ticket).where(Ticket.no.in_(numbers_of)).values(customer_id=kept))
    return {**moved, "tickets": list(numbers_of)}


async def hand_back(session: AsyncSession, moved: dict[str, Collection[str]], kept: str, gone: str) -> None:
    """Give back what a merge moved and what is still there."""
    for name, model in _OWNED.items():
        mine = update(model).where(model.id.in_(moved.get(name, ())), model.customer_id == kept)
        await session.execute(mine.values(customer_id=gone))
    mine = update(Ticket).where(Ticket.no.in_(moved.get("tickets", ())), Ticket.customer_id == kept)
    await session.execute(mine.values(customer_id=gone))


async def join_standing(
    session: AsyncSession, gone: str, kept: str, by: str, now: datetime
) -> list[_Standing | None] | None:
    """Add what one file bought as a partner to another, whose environment stays; returns the standing before and after.

    The file that is taken over keeps its own row, for an undo; None: it has none.
    """
    given, own = await _partner(session, gone), await _partner(session, kept)
    if given is None:
        return None
    before = _standing(own) if own else None
    if own is None:
        own = Partner(customer_id=kept, units_bought=0, environment=given.environment, version=0)
        session.add(own)
    own.units_bought += given.units_bought
    own.version, own.updated_by, own.updated_at = own.version + 1, by, now
    await session.flush()
    return [before, _standing(own)]


async def part_standing(
    session: AsyncSession, kept: str, joined: Sequence[_Standing | None] | None, now: datetime
) -> None:
    """Take back what `join_standing` did, unless somebody wrote the standing anew since."""
    own = await _partner(session, kept)
    if not joined or own is None or _standing(own) != joined[1]:
        return
    if joined[0] is None:
        await session.delete(own)
    else:
        own.units_bought, own.environment = int(joined[0]["units_bought"]), str(joined[0]["environment"])
        own.version, own.updated_at = own.version + 1, now
    await session.flush()


async def _partner(session: AsyncSession, customer: str) -> Partner | None:
    return await session.get(Partner, customer, with_for_update=True, populate_existing=True)


def _standing(row: Partner) -> _Standing:
    return {"units_bought": row.units_bought, "environment": row.environment}
