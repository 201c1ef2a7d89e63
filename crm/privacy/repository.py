"""SQL that finds and empties everything a person left."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm.callbacks.models import CallbackAsked, CallbackTask
from crm.calls.models import Contact, HeardSlot, RecordingEntry, Turn
from crm.clocks.models import ClockPause
from crm.customers.models import Address, Customer, CustomerMerge, CustomerNote, PhoneNumber
from crm.desk.models import ReceivedFact
from crm.followups import repository as followups
from crm.followups.models import FollowUp, FollowUpAttempt
from crm.idempotency import IdempotencyKey
from crm.imports.models import ImportChange
from crm.policy.personal import impersonal_entry, impersonal_fact, impersonal_value
from crm.privacy.models import Erasure
from crm.products.models import Product
from crm.tickets.models import Ticket, TicketSlot, TimelineEntry
from crm.visits.models import CodeCheck, EngineerVisit, VisitPhoto

_NOT_TOLD = ("terms", "code", "finish_code")


async def contacts_of(session: AsyncSession, customer: str, own_numbers: Collection[str]) -> Sequence[Contact]:
    """Return the contacts of a customer, and those nobody owns that came from a number of theirs alone."""
    stray = Contact.customer_id.is_(None) & Contact.caller_e164.in_(list(own_numbers))
    query = select(Contact).where(or_(Contact.customer_id == customer, stray)).order_by(Contact.started_at)
    return (await session.execute(query)).scalars().all()


async def numbers_of_others(session: AsyncSession, customer: str, numbers: Collection[str]) -> set[str]:
    """Return which of these numbers another customer has too."""
    query = select(PhoneNumber.e164).where(PhoneNumber.e164.in_(list(numbers)), PhoneNumber.customer_id != customer)
    return set((await session.execute(query)).scalars())


async def tickets_of(session: AsyncSession, customer: str, contacts: Collection[str]) -> Sequence[Ticket]:
    """Return the tickets of a customer and of these contacts, and those of their follow-ups."""
    own = or_(Ticket.customer_id == customer, Ticket.contact_id.in_(list(contacts)))
    asked = select(FollowUp.ticket_no).where(FollowUp.original_no.in_(select(Ticket.no).where(own)))
    mine = or_(own, Ticket.no.in_(asked))
    return (await session.execute(select(Ticket).where(mine).order_by(Ticket.no))).scalars().all()


async def rows(session: AsyncSession, model: type[Any], column: Any, ids: Collection[str]) -> Sequence[Any]:
    """Return the rows of a table that belong to these ids."""
    return (await session.execute(select(model).where(column.in_(list(ids))))).scalars().all()


async def turns(session: AsyncSession, contacts: Collection[str]) -> Sequence[Turn]:
    """Return the turns of these contacts in order."""
    query = select(Turn).where(Turn.contact_id.in_(list(contacts))).order_by(Turn.contact_id, Turn.id)
    return (await session.execute(query)).scalars().all()


async def callbacks(
    session: AsyncSession, contacts: Collection[str], tickets: Collection[str]
) -> Sequence[CallbackTask]:
    """Return the call-backs that these contacts asked for, or that are about these tickets, the first first."""
    asked = select(CallbackAsked.task_id).where(CallbackAsked.contact_id.in_(list(contacts)))
    mine = or_(CallbackTask.id.in_(asked), CallbackTask.ticket_no.in_(list(tickets)))
    query = select(CallbackTask).where(mine).order_by(CallbackTask.created_at, CallbackTask.id)
    return (await session.execute(query)).scalars().all()


async def code_checks(session: AsyncSession, numbers: Collection[str], visits: Collection[str]) -> Sequence[CodeCheck]:
    """Return who asked for codes by these numbers or about these visits."""
    asked = or_(CodeCheck.caller_e164.in_(list(numbers)), CodeCheck.visit_id.in_(list(visits)))
    return (await session.execute(select(CodeCheck).where(asked).order_by(CodeCheck.at))).scalars().all()


async def timeline(session: AsyncSession, tickets: Collection[str]) -> Sequence[TimelineEntry]:
    """Return the timeline of these tickets in order."""
    query = select(TimelineEntry).where(TimelineEntry.ticket_no.in_(list(tickets)))
    return (await session.execute(query.order_by(TimelineEntry.ticket_no, TimelineEntry.id))).scalars().all()


async def recordings(session: AsyncSession, contacts: Collection[str]) -> list[str]:
    """Return the names of the recordings of these contacts."""
    query = select(RecordingEntry.id).where(RecordingEntry.contact_id.in_(list(contacts)))
    return sorted((await session.execute(query)).scalars())


async def empty_customer(session: AsyncSession, customer: str) -> None:
    """Take numbers, addresses and notes out of a file and of those merged into it, and people's words off its cards."""
    gone = await merged(session, customer)
    files = [customer, *gone]
    for owned in (PhoneNumber, Address, CustomerNote):
        await session.execute(delete(owned).where(owned.customer_id.in_(files)))
    await session.execute(delete(ImportChange).where(ImportChange.customer_id.in_(files)))  # seals are made of words
    await session.execute(update(Customer).where(Customer.id.in_(gone)).values(name="", note=""))
    merges = or_(CustomerMerge.kept_id.in_(files), CustomerMerge.gone_id.in_(files))
    for done in (await session.execute(select(CustomerMerge).where(merges))).scalars():
        done.moved = {**done.moved, "fields": {}}  # they hold names
    blank = {"invoice_no": "", "sold_by": "", "installer": "", "note": ""}
    await session.execute(update(Product).where(Product.customer_id.in_(files)).values(blank))


async def merged(session: AsyncSession, customer: str) -> Sequence[str]:
    """Return the files that were merged into this one, and into those, however long the chain."""
    chain = select(Customer.id).where(Customer.merged_into == customer).cte("merged", recursive=True)
    chain = chain.union(select(Customer.id).where(Customer.merged_into == chain.c.id))  # no row twice: a ring ends too
    return (await session.execute(select(chain.c.id).where(chain.c.id != customer))).scalars().all()


async def empty_contacts(session: AsyncSession, contacts: Collection[str]) -> None:
    """Empty numbers, words and clips of calls; the calls themselves, their times and outcomes stay."""
    ids = list(contacts)
    blank = {
        "caller_raw": "",
        "caller_e164": "",
        "safety_words": "",
        "safety_clip": "",
        "lang": "",
        "voicemail": "",
        "recording": "",
    }
    await session.execute(update(Contact).where(Contact.id.in_(ids)).values(blank))
    await session.execute(update(Turn).where(Turn.contact_id.in_(ids)).values(text="", digits="", clip=""))
    for heard in await rows(session, HeardSlot, HeardSlot.contact_id, ids):
        _empty_slot(heard)
    for fact in await rows(session, ReceivedFact, ReceivedFact.contact, ids):
        fact.data, fact.status = impersonal_fact(fact.kind, fact.data), "erased"


async def empty_callbacks(session: AsyncSession, contacts: Collection[str], tickets: Collection[str]) -> None:
    """Empty the call-backs that these calls and tickets asked for; one that another person waits for stays theirs."""
    mine = select(CallbackAsked.task_id).where(CallbackAsked.contact_id.in_(list(contacts)))
    either = or_(CallbackTask.id.in_(mine), CallbackTask.ticket_no.in_(list(tickets)))
    tasks = (await session.execute(select(CallbackTask).where(either).with_for_update())).scalars().all()
    asked = await rows(session, CallbackAsked, CallbackAsked.task_id, [task.id for task in tasks])
    for task in tasks:
        others = [
            row
            for row in asked
            if row.task_id == task.id and row.contact_id not in contacts and row.ticket_no not in tickets
        ]
        if others:
            await _leave_to(session, task, others)
        else:
            task.e164, task.note = "", ""


async def _leave_to(session: AsyncSession, task: CallbackTask, others: Sequence[CallbackAsked]) -> None:
    """Number, place and time are still wanted by others; what people wrote after the call may be about either."""
    theirs = [row.contact_id for row in others]
    gone = delete(CallbackAsked).where(CallbackAsked.task_id == task.id, CallbackAsked.contact_id.not_in(theirs))
    await session.execute(gone)
    newest = max(others, key=lambda row: (row.at, row.contact_id))
    task.contact_id = task.contact_id if task.contact_id in theirs else newest.contact_id
    if task.ticket_no not in {row.ticket_no for row in others}:
        task.ticket_no = newest.ticket_no
    if task.done_at is not None:
        task.note = ""


async def empty_tickets(session: AsyncSession, tickets: Collection[str]) -> None:
    """Empty what tickets hold of a person; kind, states, times and clocks stay."""
    ids = list(tickets)
    await session.execute(update(Ticket).where(Ticket.no.in_(ids)).values(caller_e164=""))
    await session.execute(update(ClockPause).where(ClockPause.ticket_no.in_(ids)).values(note=""))
    for slot in await rows(session, TicketSlot, TicketSlot.ticket_no, ids):
        _empty_slot(slot)
    asked = [item.id for item in await followups.of_originals(session, ids)]
    await session.execute(update(FollowUp).where(FollowUp.id.in_(asked)).values(remark=""))
    notes = update(FollowUpAttempt).where(FollowUpAttempt.follow_up_id.in_(asked))
    await session.execute(notes.values(note=""))
    for entry in await timeline(session, ids):
        entry.text = impersonal_entry(entry.kind, entry.text)


def _empty_slot(slot: HeardSlot | TicketSlot) -> None:
    slot.value, slot.candidates, slot.clip = impersonal_value(slot.slot, slot.value), [], ""


async def empty_visits(session: AsyncSession, tickets: Collection[str], numbers: Collection[str]) -> list[VisitPhoto]:
    """Empty what engineers wrote, and who asked for codes; returns the photos, whose files are still to go."""
    visits = await rows(session, EngineerVisit, EngineerVisit.ticket_no, tickets)
    ids = [visit.id for visit in visits]
    for visit in visits:
        visit.late_reason, visit.fee_note, visit.result_note, visit.signed_by = "", "", "", ""
        visit.cause = visit.charge_reason = ""
    for check in await code_checks(session, numbers, ids):
        check.caller_e164 = ""
    return list(await rows(session, VisitPhoto, VisitPhoto.visit_id, ids))


async def forget_answers(session: AsyncSession) -> None:
    """Forget the answers kept for repeated requests: they may quote anybody."""
    await session.execute(delete(IdempotencyKey))


async def add(session: AsyncSession, row: Erasure) -> None:
    """Insert an erasure."""
    session.add(row)
    await session.flush()


async def known(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Return which of these erasures the database knows."""
    return set((await session.execute(select(Erasure.id).where(Erasure.id.in_(list(ids))))).scalars())


async def with_files(session: AsyncSession, limit: int) -> Sequence[Erasure]:
    """Return erasures whose files still lie on disk, locked; those another process works on are left to it."""
    query = select(Erasure).where(Erasure.files_gone_at.is_(None)).order_by(Erasure.at).limit(limit)
    return (await session.execute(query.with_for_update(skip_locked=True))).scalars().all()


async def since(session: AsyncSession, moment: datetime) -> Sequence[Erasure]:
    """Return erasures from a moment on, oldest first."""
    return (await session.execute(select(Erasure).where(Erasure.at >= moment).order_by(Erasure.at))).scalars().all()


def as_dict(row: Any, leave_out: Collection[str] = _NOT_TOLD) -> Mapping[str, Any]:
    """Return a row's columns; search terms only repeat them, a visit's codes are what proves who stands at the door."""
    return {item.key: getattr(row, item.key) for item in row.__table__.columns if item.key not in leave_out}
