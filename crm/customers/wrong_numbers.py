"""A number that proved not to be its customer's: marked with day and source, not rung for them until it is taken away.

The mark is the customer's own: who else has the number on file is rung as before.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.customers import file_repository as files
from crm.customers import repository
from crm.customers.models import CustomerNote, PhoneNumber
from crm.events.service import EventKind, append


async def mark(session: AsyncSession, customer_id: str, e164: str, by: str, why: str, now: datetime) -> bool:
    """Mark a number of this customer; one that is on the ticket only comes to the file so. False: there is no file."""
    customer = await repository.get(session, customer_id, lock=True)
    if customer is None:
        return False
    held = await files.numbers(session, customer.id)
    row = next((row for row in held if row.e164 == e164), None)
    if row is None:
        row = PhoneNumber(id=uuid4().hex, customer_id=customer.id, e164=e164, created_at=now)
        await files.add(session, row)
    if row.wrong_at is None:
        await set_mark(session, row, by, why, now)
        customer.version += 1
        await append(session, EventKind.CUSTOMER, now, customer=customer.id)
    return True


async def set_mark(session: AsyncSession, row: PhoneNumber, by: str, why: str, now: datetime) -> None:
    """Mark a number and say so among the notes."""
    row.wrong_at, row.wrong_by = now, by
    await _say(session, row, by, f"号码 {phone.masked(row.e164)} 标为有误，不再拨打：{why}", now)


async def take_away(session: AsyncSession, row: PhoneNumber, by: str, now: datetime) -> None:
    """Take the mark off a number and say so among the notes."""
    row.wrong_at, row.wrong_by = None, ""
    await _say(session, row, by, f"号码 {phone.masked(row.e164)} 不再标为有误", now)


async def of(session: AsyncSession, customer_id: str | None, numbers: Collection[str]) -> list[PhoneNumber]:
    """Return which of these E.164 numbers are marked as not this customer's, the newest mark first."""
    if not customer_id:
        return []
    mine = PhoneNumber.customer_id == customer_id, PhoneNumber.e164.in_(set(numbers)), PhoneNumber.wrong_at.is_not(None)
    query = select(PhoneNumber).where(*mine).order_by(PhoneNumber.wrong_at.desc(), PhoneNumber.id)
    return list((await session.execute(query)).scalars())


async def _say(session: AsyncSession, row: PhoneNumber, by: str, text: str, now: datetime) -> None:
    note = CustomerNote(id=uuid4().hex, customer_id=row.customer_id, at=now, author=by, text=text)
    await files.add(session, note)
