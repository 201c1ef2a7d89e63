"""Rules of corrections: which change of a slot is a sample of what was misheard, and when it is none after all."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.calls import repository as calls
from crm.corrections import repository
from crm.corrections.errors import NoSample
from crm.corrections.models import Correction
from crm.events.service import EventKind, append
from crm.policy import samples
from crm.tickets import repository as tickets
from crm.tickets.models import Ticket
from crm.tickets.service import locked


async def learn(session: AsyncSession, ticket: Ticket, names: Iterable[str], viewer: Viewer, now: datetime) -> None:
    """Keep of the slots that a person has just changed those that were misheard; one that holds again what was heard
    is forgotten. The same correction a second time changes nothing."""
    for name in names:
        if name in samples.QUESTIONS and ticket.contact_id:
            await _learn(session, ticket, ticket.contact_id, name, viewer, now)


async def _learn(session: AsyncSession, ticket: Ticket, contact: str, name: str, viewer: Viewer, now: datetime) -> None:
    heard = await calls.heard_slot(session, contact, ticket.matter, name)
    stored = await tickets.slot(session, ticket.no, name)
    said = await repository.answer(session, heard, samples.QUESTIONS[name]) if heard else None
    held = await repository.get(session, ticket.no, name)
    truth = samples.truth(name, heard.value, stored.value) if heard and stored and heard.source == "speech" else {}
    if said is None or heard is None or not truth:
        if held is not None:
            await repository.remove(session, held)
        return
    if held is not None and held.truth == truth and held.clip == said.clip:
        return
    row = held or Correction(ticket_no=ticket.no, slot=name, contact_id=contact)
    row.kind, row.clip, row.said_at = said.asked, said.clip, said.at
    row.heard = {field: heard.value[field] for field in truth if heard.value.get(field)}
    row.truth, row.misheard = dict(truth), True
    row.corrected_by, row.corrected_at = viewer.name, now
    await repository.add(session, row)


async def judge(session: AsyncSession, no: str, slot: str, now: datetime, *, misheard: bool) -> Ticket:
    """Say whether the recognizer misheard or the caller changed his mind; raises NoTicket, NoSample."""
    ticket = await locked(session, no)
    row = await repository.get(session, no, slot)
    if row is None:
        raise NoSample("这一项没有可以留作识别样本的改正")
    row.misheard = misheard
    await append(session, EventKind.TICKET, now, ticket=ticket.no, contact=ticket.contact_id or "")
    return ticket
