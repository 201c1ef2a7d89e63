"""Reports that a hang-up cut a moment ago: told to their number when it rings again, taken up by the new call."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm.callbacks import service as callbacks
from crm.calls import repository as calls
from crm.tickets import repository as tickets
from crm.tickets import service as ticket_service
from crm.tickets.models import TicketSlot
from ivr.contract import facts
from ivr.contract.desk import Draft, DraftSlot

KEPT_FOR = timedelta(minutes=10)  # dialogues, opening
_ROOM = ("room", "building", "unit", "floor", "room_no")


async def of_number(session: AsyncSession, e164: str, now: datetime) -> Draft | None:
    """Return the report of exactly this number that was cut less than ten minutes ago and that nobody took since."""
    ticket = await tickets.cut_report(session, e164, now - KEPT_FOR) if e164 else None
    if ticket is None:
        return None
    held = await ticket_service.held_slots(session, ticket)
    return Draft(ticket.no, ticket.kind, tuple(_slot(row) for row in held.values()))


def _slot(row: TicketSlot) -> DraftSlot:
    status, source = row.status, row.source
    if status == "verified":  # by an agent: as sure as what is on file
        status, source = "crm_confirmed", "crm"
    return DraftSlot(row.slot, _told(row), status, source, row.clip)


def _told(row: TicketSlot) -> Mapping[str, str]:
    """An address that was not confirmed will be read back: without the room, for anybody may call by this number."""
    if row.slot != "address" or row.status != "unverified":
        return row.value
    return {name: text for name, text in row.value.items() if name not in _ROOM}


async def taken_up(session: AsyncSession, contact: str, fact: facts.MatterOpened, at: datetime) -> None:
    """The caller is there again: the ticket is this contact's now, the call before was about it; nobody need ring.

    anew: what was said counts as not sure.
    """
    ticket = await tickets.get(session, fact.ticket, lock=True)
    if ticket is None:
        return
    before = await calls.matter(session, ticket.contact_id or "", ticket.matter)
    if before is not None:
        before.about = ticket.no
    ticket.contact_id, ticket.matter = contact, fact.matter
    await callbacks.rang_again(session, ticket.no, contact, at)
    text = "来电人又打来,接着办" if fact.draft == "resumed" else "来电人又打来,重新说"
    if fact.draft == "anew":
        for row in (await ticket_service.held_slots(session, ticket)).values():
            row.status = row.status if row.status == "verified" else "unverified"
    await ticket_service.record(session, ticket, at, kind="note", actor=ticket_service.IVR, text=text)
