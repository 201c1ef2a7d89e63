"""Facts that ask for a call-back become tasks; so does a call that was not served."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.callbacks import service as callbacks
from crm.callbacks import turns
from crm.callbacks.service import Place
from crm.calls import repository as calls
from crm.calls.models import Contact
from crm.desk.errors import FactRejected
from crm.desk.matters import CANCELLED, heard_of, spoken_number, ticket_of
from crm.followups import robot
from crm.tickets import service as ticket_service
from crm.tickets.models import Ticket
from crm.words import CALLBACK_REASONS, QUEUES
from ivr.contract import facts


async def ring_back(
    session: AsyncSession,
    contact: Contact,
    reason: str,
    at: datetime,
    *,
    ticket: Ticket | None = None,
    number: str = "",
    place: Place | None = None,
) -> None:
    """Ask for a call-back to the number given for it, else the one the caller spoke, else the one that called."""
    heard = [heard_of(row) for row in await calls.heard_slots(session, contact.id)]
    priority = "urgent" if contact.safety else ticket.priority if ticket else "normal"
    wanted = await callbacks.ask_for(
        session,
        contact.id,
        reason,
        at,
        e164=number or spoken_number(heard) or contact.caller_e164,
        ticket=ticket.no if ticket else "",
        priority=priority,
        place=place,
        danger=bool(contact.safety),
    )
    if wanted.joined:
        await turns.tell(session, wanted.task, "同一号码再次要求回电，合并为一个回电", at)


def nobody_asked(contact: Contact) -> bool:
    """Tell whether a customer whom the hotline rang by itself named no danger and asked for no person: then a call that
    broke off is tried on another day, and nobody rings back."""
    return not contact.safety and contact.handed_to in ("", "end")


async def callback_requested(
    session: AsyncSession, contact: Contact, fact: facts.CallbackRequested, at: datetime
) -> None:
    """Make the call-back task."""
    if fact.reason not in CALLBACK_REASONS:
        raise FactRejected("unknown_reason")
    if fact.queue and fact.queue not in QUEUES:
        raise FactRejected("unknown_queue")
    if fact.reason == "cut" and nobody_asked(contact) and await robot.is_ours(session, contact.id):
        return
    ticket = await ticket_of(session, contact, fact.matter)
    if ticket is not None and (ticket.outcome, ticket.state) == (CANCELLED, "void"):
        text = "来电人要求回电，恢复为新单"
        await ticket_service.record(session, ticket, at, kind="state", actor=ticket_service.IVR, text=text, state="new")
    place = None
    if fact.queue:
        since = await calls.last_joined(session, contact.id, fact.queue)
        place = Place(fact.queue, since or at, fact.priority, fact.after)
    await ring_back(session, contact, fact.reason, at, ticket=ticket, number=fact.number, place=place)


async def voicemail_recorded(
    session: AsyncSession, contact: Contact, fact: facts.VoicemailRecorded, at: datetime
) -> None:
    """Keep the message and ask for a call-back; who left the queue for it was handed over to nobody."""
    contact.voicemail = fact.clip
    ticket = await ticket_of(session, contact, fact.matter)
    if ticket is not None and ticket.outcome == "handed_over":
        ticket.outcome = "voicemail"
        await ticket_service.record(
            session, ticket, at, kind="outcome", actor=ticket_service.IVR, text="没等到客服，留言"
        )
    await ring_back(session, contact, "voicemail", at, ticket=ticket)


async def callback_rang(session: AsyncSession, contact: Contact, fact: facts.CallbackRang, at: datetime) -> None:
    """Note how an attempt to call back ended."""
    await turns.rang(session, contact.id, fact.end, at)
