"""Facts of a matter become rows: what was heard, its ticket, its danger, what was asked about it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.calls import repository as calls
from crm.calls.models import Contact, HeardSlot, Matter
from crm.customers import repository as customer_rows
from crm.customers import service as customers
from crm.desk import asked, drafts, heard_dangers
from crm.desk.callback_facts import ring_back
from crm.desk.errors import FactRejected
from crm.desk.matters import CANCELLED, heard_of, spoken_number, ticket_of
from crm.desk.service import own_number
from crm.events.service import EventKind, append
from crm.policy import ticket_states as policy
from crm.tickets import repeated
from crm.tickets import repository as tickets
from crm.tickets import service as ticket_service
from crm.tickets.errors import AnotherTicket
from crm.tickets.models import Ticket
from crm.tickets.service import Heard, Opening
from crm.words import TICKET_OUTCOMES
from ivr.contract import facts
from ivr.contract.ids import is_ticket_number

# What needs nobody any more when the call ends: (kind, outcome) -> the ticket's state and why. A repair that the caller
# cured is asked about the next day (dialogues, advice_result).
_SETTLED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("consult", "solved"): ("closed", "来电人说已解决，办结"),
    ("repair", "self_resolved"): ("resolved", "来电人按电话里的步骤自查后恢复正常，待回访"),
}
_GIVEN_UP = ("void", "来电人在电话里说不办了，作废")


async def matter_opened(session: AsyncSession, contact: Contact, fact: facts.MatterOpened, at: datetime) -> None:
    """Open the matter, or let a heavier kind take it over."""
    if fact.kind not in policy.KINDS:
        raise FactRejected("unknown_kind")
    matter = await calls.matter(session, contact.id, fact.matter)
    if matter is None:
        row = Matter(
            contact_id=contact.id, matter=fact.matter, kind=fact.kind, about=fact.ticket, safety="", opened_at=at
        )
        await calls.add(session, row)
        if fact.draft:
            await drafts.taken_up(session, contact.id, fact, at)
        return
    matter.kind = policy.heavier_kind(matter.kind, fact.kind)
    ticket = await ticket_of(session, contact, fact.matter)
    if ticket is not None:
        await ticket_service.change_kind(session, ticket, fact.kind, at, ticket_service.IVR)


async def slot_filled(session: AsyncSession, contact: Contact, fact: facts.SlotFilled, at: datetime) -> None:
    """Keep what was heard; the ticket, if there is one, takes it over."""
    stored = await calls.heard_slot(session, contact.id, fact.matter, fact.slot)
    if stored is None:
        stored = HeardSlot(
            contact_id=contact.id, matter=fact.matter, slot=fact.slot, value={}, attempts=0, clip="", candidates=[]
        )
    value = await _whole_address(session, fact.value) if fact.slot == "address" else dict(fact.value)
    if stored.value != value:
        stored.attempts += 1  # a confirmation repeats the value; only another value is another attempt
    stored.value, stored.status, stored.source, stored.at = value, fact.status, fact.source, at
    stored.candidates = [dict(item) for item in fact.candidates] or stored.candidates
    stored.clip = fact.clip or stored.clip
    await calls.add(session, stored)
    ticket = await ticket_of(session, contact, fact.matter)
    if ticket is not None:
        await ticket_service.heard_slot(session, ticket, heard_of(stored), at)
        await _press(session, contact, ticket, [heard_of(stored)], at)


async def ticket_opened(session: AsyncSession, contact: Contact, fact: facts.TicketOpened, at: datetime) -> None:
    """Make the matter's one ticket with what was heard, and the caller's file; a hang-up leaves a call-back.

    One without a number (ivr had none left) gets it here.
    """
    _check_ticket(fact)
    stored = [heard_of(row) for row in await calls.heard_slots(session, contact.id) if row.matter == fact.matter]
    number = contact.caller_e164 or spoken_number(stored)
    if contact.customer_id is None:
        customer = await customers.learn_caller(session, number, at)
        contact.customer_id = customer.id if customer else None
    safety = fact.safety or contact.safety
    opening = Opening(
        no=fact.number or await _number_here(session, contact, fact.matter, at),
        kind=fact.kind,
        priority="urgent" if safety else fact.priority,
        contact=contact.id,
        matter=fact.matter,
        outcome=fact.outcome,
        safety=safety,
        customer=contact.customer_id,
        caller_e164=contact.caller_e164,
    )
    try:
        ticket = await ticket_service.open_or_update(session, opening, stored, at)
    except AnotherTicket as error:
        raise FactRejected("another_ticket") from error
    await repeated.mark(session, ticket, at)
    await _press(session, contact, ticket, stored, at)
    settled = _settled(fact, stored)
    if settled and ticket.kind == fact.kind and ticket.state == "new" and not safety:
        state, text = settled
        await ticket_service.record(session, ticket, at, kind="state", actor=ticket_service.IVR, text=text, state=state)
    if (ticket.kind, ticket.priority, safety) == ("complaint", "urgent", ""):  # somebody posed as ours
        await append(session, EventKind.ALARM, at, ticket=ticket.no)
    if fact.outcome in ("hung_up", "voicemail"):
        await ring_back(session, contact, fact.outcome, at, ticket=ticket)


def _settled(fact: facts.TicketOpened, heard: list[Heard]) -> tuple[str, str] | None:
    """Return the state and why of a ticket that needs nobody any more, None for one that does.

    What a caller gives up is void, but never what is urgent, nor a complaint that was put into words.
    """
    if fact.outcome != CANCELLED:
        return _SETTLED.get((fact.kind, fact.outcome))
    told = fact.kind == "complaint" and any(item.slot == "statement" for item in heard)
    return None if told or fact.priority == "urgent" else _GIVEN_UP


async def _press(session: AsyncSession, contact: Contact, ticket: Ticket, heard: list[Heard], at: datetime) -> None:
    """Ring back at once who seems to tell of a danger in a message."""
    if await heard_dangers.press(session, ticket, heard, at):
        await ring_back(session, contact, "danger", at, ticket=ticket)


async def safety_raised(session: AsyncSession, contact: Contact, fact: facts.SafetyRaised, at: datetime) -> None:
    """Mark contact, matter and ticket as an emergency; one outside the dialogue only when it is none yet."""
    if not fact.matter and contact.safety:
        return
    contact.safety, contact.safety_words, contact.safety_clip = fact.safety, fact.trigger, fact.clip
    contact.safety_at = at
    matter = await calls.matter(session, contact.id, fact.matter)
    if matter is not None:
        matter.safety = fact.safety
    if fact.matter:
        ticket = await ticket_of(session, contact, fact.matter)
    else:
        ticket = next(iter(reversed(await tickets.of_contact(session, contact.id))), None)
    if ticket is not None:
        await ticket_service.raise_safety(session, ticket, fact.safety, at)


async def safety_cleared(session: AsyncSession, contact: Contact, fact: facts.SafetyCleared, at: datetime) -> None:
    """Take the emergency back; what was said and when stays on the contact."""
    contact.safety = ""
    matter = await calls.matter(session, contact.id, fact.matter)
    if matter is not None:
        matter.safety = ""
    ticket = await ticket_of(session, contact, fact.matter)
    if ticket is not None:
        await ticket_service.clear_safety(session, ticket, at)


async def ticket_asked(session: AsyncSession, contact: Contact, fact: facts.TicketAsked, at: datetime) -> None:
    """Note who asked how a ticket stands."""
    await asked.noted(session, fact, contact.caller_e164, at)


async def ticket_urged(session: AsyncSession, fact: facts.TicketUrged, at: datetime) -> None:
    """Note an urge."""
    if not await asked.urged(session, fact, at):
        raise FactRejected("unknown_ticket")


async def _whole_address(session: AsyncSession, value: Mapping[str, str]) -> dict[str, str]:
    """Return the address on file that the caller agreed to; ivr was told only its region and road."""
    known = await customer_rows.address(session, value["address_id"]) if value.get("address_id") else None
    return {**known.value, "address_id": known.id} if known else dict(value)


async def _number_here(session: AsyncSession, contact: Contact, matter: int, at: datetime) -> str:
    """Return the number of the matter's ticket, one of crm's own when it has none yet."""
    ticket = await tickets.of_matter(session, contact.id, matter)
    return ticket.no if ticket else await own_number(session, at)


def _check_ticket(fact: facts.TicketOpened) -> None:
    if fact.number and not is_ticket_number(fact.number):
        raise FactRejected("bad_ticket_number")
    if fact.kind not in policy.KINDS:
        raise FactRejected("unknown_kind")
    if fact.priority not in policy.PRIORITIES:
        raise FactRejected("unknown_priority")
    if fact.outcome not in TICKET_OUTCOMES:
        raise FactRejected("unknown_outcome")
