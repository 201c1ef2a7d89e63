"""A machine that is reported again within thirty days: its ticket says so and is more pressing (dialogues, product)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.policy import repeats
from crm.policy import ticket_states as policy
from crm.tickets import repository, service
from crm.tickets.models import REPEAT, Ticket

_MOST_PAST = 50  # tickets of one caller within thirty days


async def machines(session: AsyncSession, found: Sequence[Ticket], now: datetime) -> Mapping[str, str]:
    """Return number -> id of the machine, of those tickets that make another repair of it now a repeated one."""
    repairs = [item.no for item in found if repeats.same_machine(item.kind, item.state, item.created_at, now)]
    held = await repository.slots(session, repairs)
    named = {
        no: slot.value.get("product_id", "") for no in repairs for slot in held.get(no, []) if slot.slot == "product"
    }
    return {no: machine for no, machine in named.items() if machine}


async def mark(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """Mark a repair whose machine was reported not long ago, once, and raise it by one step."""
    product = await repository.slot(session, ticket.no, "product") if ticket.kind == "repair" else None
    machine = product.value.get("product_id", "") if product else ""
    if not machine or await repository.count_entries(session, ticket.no, REPEAT):
        return
    past = await repository.of_caller(
        session, customer=ticket.customer_id or "", e164=ticket.caller_e164, only_open=False, limit=_MOST_PAST
    )
    earlier = await machines(session, [item for item in past if item.no != ticket.no], now)
    before = next((no for no, known in earlier.items() if known == machine), "")
    if before:
        text = f"重复维修：30 天内同一台机器报过修（工单 {before}），紧急度升一级"
        await service.record(session, ticket, now, kind=REPEAT, actor=service.IVR, text=text)
        await service.raise_priority(session, ticket, policy.raised(ticket.priority), now, service.IVR)
