"""The tick: on its day a planned follow-up gets its own ticket; who must not be called, or has no number, gets none."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.customers import repository as customers
from crm.customers import wrong_numbers
from crm.desk.service import own_number
from crm.events.service import begin_writing
from crm.followups import repository
from crm.followups.models import FollowUp
from crm.followups.planning import SYSTEM, end
from crm.policy.follow_up import ABOUT
from crm.products import repository as products
from crm.tickets import repository as tickets
from crm.tickets import service
from crm.tickets.models import Ticket, TicketSlot
from crm.tickets.service import Heard, Opening
from crm.visits import repository as visits

BATCH = 50
_TAKEN_OVER = ("address", "product", "contact", "name")


async def tick(session: AsyncSession, now: datetime) -> int:
    """Open at most BATCH, and close the tickets of those that need not be asked any more; returns how many."""
    waiting = [*await repository.to_open(session, now, BATCH)] or await repository.left_open(session, BATCH)
    if not waiting:
        return 0
    await begin_writing(session)
    for number in await repository.left_open(session, BATCH):
        ticket = await tickets.get(session, number, lock=True)
        if ticket is not None:
            text = "原工单已重开，不再回访"
            await service.record(session, ticket, now, kind="state", actor=SYSTEM, text=text, state="closed")
    for row in await repository.to_open(session, now, BATCH):
        await _open(session, row, now)
    return len(waiting)


async def _open(session: AsyncSession, row: FollowUp, now: datetime) -> None:
    original = await tickets.get(session, row.original_no, lock=True)
    if original is None:
        raise AssertionError("a follow-up's original is kept by its foreign key")
    held = await service.held_slots(session, original)
    number = await _number(session, original, held)
    row.product_id = await _product(session, original, held)
    if not number or await customers.not_to_call(session, [number]):
        outcome, why = ("do_not_call", "客户标了勿呼") if number else ("no_number", "没有可打的号码")
        end(row, outcome, SYSTEM, now)
        await service.record(session, original, now, kind="callback", actor=SYSTEM, text=f"{why}，不回访")
        return
    opening = Opening(
        no=await own_number(session, now), kind="follow_up", priority="low", customer=original.customer_id,
        caller_e164=number,
    )  # fmt: skip
    heard = [
        Heard(name, held[name].value, held[name].status, held[name].source) for name in _TAKEN_OVER if name in held
    ]
    heard.append(Heard("original", {"value": original.no}, "verified", "crm"))
    ticket = await service.open_ticket(session, opening, heard, now, SYSTEM)
    row.ticket_no = ticket.no
    text = f"到回访的日子：{ABOUT[row.kind]}，回访单 {ticket.no}"
    await service.record(session, original, now, kind="callback", actor=SYSTEM, text=text)


async def _number(session: AsyncSession, ticket: Ticket, held: dict[str, TicketSlot]) -> str:
    """Return the number to ring: the one that was given, else the caller's, else the first on file; "" = none.

    One that is marked as not the customer's is passed over.
    """
    given = phone.to_e164(held["contact"].value.get("number", "")) if "contact" in held else ""
    whose = ticket.customer_id or ""
    filed = (await customers.numbers(session, [whose])).get(whose, []) if whose else []
    wanted = [number for number in (given, ticket.caller_e164, *filed) if number]
    wrong = {row.e164 for row in await wrong_numbers.of(session, whose, wanted)}
    return next((number for number in wanted if number not in wrong), "")


async def _product(session: AsyncSession, ticket: Ticket, held: dict[str, TicketSlot]) -> str | None:
    """Return the machine on whose tracking card the answer goes (二.四.2): the visited one, else the named one."""
    visited = next((item.product_id for item in await visits.of_ticket(session, ticket.no) if item.product_id), None)
    named = held["product"].value.get("product_id", "") if "product" in held else ""
    return visited or (named if named and await products.get(session, named) is not None else None)
