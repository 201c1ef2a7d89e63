"""Tickets as the pages see them."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone, slots
from crm.accounts import repository as accounts
from crm.callbacks import repository as callbacks
from crm.callbacks.forms import forms as callback_forms
from crm.calls import repository as calls
from crm.clocks import repository as clock_rows
from crm.clocks import service as clock_service
from crm.clocks.schemas import ClockForm, clock_form
from crm.corrections import repository as corrections
from crm.customers import repository as customers
from crm.customers import wrong_numbers
from crm.lens import Lens
from crm.policy import ticket_filters
from crm.policy import ticket_states as policy
from crm.policy.personal import IMPERSONAL_SLOTS, PERSONAL_ENTRIES, impersonal_value
from crm.policy.ticket_filters import Asked
from crm.products import repository as products
from crm.slot_rows import SlotForm, slot_rows
from crm.stock import shipping
from crm.tickets import guards, repository
from crm.tickets.attaching import product_text
from crm.tickets.models import Ticket, TicketSlot, TimelineEntry
from crm.tickets.schemas import (
    MoveForm,
    NeedForm,
    TicketFilter,
    TicketForm,
    TicketLine,
    TicketProduct,
    TicketRow,
    TimelineForm,
)
from crm.tickets.warranty import verdict_of
from crm.views import calls as call_views
from crm.views.board import day_start
from crm.warranty.schemas import WarrantyForm, warranty_form
from crm.words import SAFETY, TICKET_OUTCOMES, word

COVERED = "（无权查看）"
_TOLD = ("fault_code", "symptom", "category", "topic")


def asked(wanted: TicketFilter, lens: Lens) -> Asked:
    """Return what a filter asks for in this viewer's eyes: 我 is the viewer, today is the zone's."""
    return ticket_filters.asked(
        wanted.view, kinds=wanted.kind, states=wanted.state, priorities=wanted.priority, owner=wanted.owner,
        days=wanted.days, me=lens.viewer.id, today=day_start(lens.now, lens.zone),
    )  # fmt: skip


async def lines(session: AsyncSession, found: Sequence[Ticket], lens: Lens) -> list[TicketLine]:
    """Return lines of the list; the number of statements does not grow with its length."""
    clocks = await clock_rows.of_tickets(session, [ticket.no for ticket in found])
    due = {no: row for no, held in clocks.items() if (row := next(filter(clock_service.is_alive, held), None))}
    paused = any(row.pause_reason for row in due.values())
    reasons = dict((await clock_service.newest_rules(session)).pause_reasons) if paused else {}
    told = {no: clock_form(row, lens.now, reasons) for no, row in due.items()}
    return [TicketLine(**dict(row), clock=told.get(row.no)) for row in await rows(session, found, lens)]


async def rows(session: AsyncSession, found: Sequence[Ticket], lens: Lens) -> list[TicketRow]:
    """Return tickets in a few words; the number of statements does not grow with their number."""
    held = await repository.slots(session, [ticket.no for ticket in found])
    people = await customers.by_ids(session, {ticket.customer_id for ticket in found if ticket.customer_id})
    names = await accounts.names(session, {ticket.owner_id for ticket in found if ticket.owner_id})
    lines = []
    for ticket in found:
        person = people.get(ticket.customer_id or "")
        ticket_slots = held.get(ticket.no, [])
        own = bool(lens.viewer.id) and ticket.owner_id == lens.viewer.id and ticket.state in policy.OPEN
        lines.append(
            TicketRow(
                no=ticket.no,
                kind=ticket.kind,
                kind_name=policy.KINDS[ticket.kind],
                state=ticket.state,
                state_name=policy.STATES[ticket.state],
                priority=ticket.priority,
                priority_name=policy.PRIORITIES[ticket.priority],
                customer=ticket.customer_id or "",
                customer_name=person.name if person and lens.sees_people else "",
                number=lens.number(ticket.caller_e164, own=own),
                summary=_summary(ticket_slots, lens),
                region=_region(ticket_slots),
                owner=ticket.owner_id or "",
                owner_name=names.get(ticket.owner_id or "", ""),
                outcome=ticket.outcome,
                outcome_name=word(TICKET_OUTCOMES, ticket.outcome),
                safety=ticket.safety,
                safety_name=word(SAFETY, ticket.safety),
                unverified=[slots.label(item.slot) for item in ticket_slots if item.status == "unverified"],
                contact=ticket.contact_id or "",
                matter=ticket.matter,
                created_at=ticket.created_at,
                updated_at=ticket.updated_at,
                version=ticket.version,
            )
        )
    return lines


async def ticket(session: AsyncSession, found: Ticket, lens: Lens) -> TicketForm:
    """Return the whole ticket."""
    row = (await rows(session, [found], lens))[0]
    held = (await repository.slots(session, [found.no])).get(found.no, [])
    task = await (
        callbacks.of_contact(session, found.contact_id) if found.contact_id else callbacks.written(session, found.no)
    )
    wrong = next(iter(await wrong_numbers.of(session, found.customer_id, _numbers(found, held))), None)
    contacts = await calls.contacts_by_id(session, [found.contact_id] if found.contact_id else [])
    return TicketForm(
        **dict(row),
        kinds=list(policy.kinds_from(found.kind, found.state)),
        product=await _product(session, held, lens),
        wrong_at=wrong.wrong_at if wrong else None,
        wrong_by=wrong.wrong_by if wrong else "",
        slots=_shown(await _slots(session, found, held, lens), lens),
        moves=await _moves(session, found, {item.slot: item for item in held}, lens),
        warranty=await _warranty(session, found, held, lens),
        clocks=await _clocks(session, found, lens),
        timeline=[_entry(entry, lens) for entry in await repository.timeline(session, found.no)],
        callback=(await callback_forms(session, [task]))[0] if task and lens.sees_people else None,
        calls=await call_views.rows(session, contacts, lens) if lens.sees_people else [],
    )


def _numbers(found: Ticket, held: Sequence[TicketSlot]) -> list[str]:
    given = next((item.value.get("number", "") for item in held if item.slot == "contact"), "")
    return [number for number in (found.caller_e164, phone.to_e164(given)) if number]


async def _slots(session: AsyncSession, found: Ticket, held: Sequence[TicketSlot], lens: Lens) -> list[SlotForm]:
    """Return the rows; of one that was misheard and corrected, whether it is kept as a sample."""
    taught = await corrections.of_ticket(session, found.no)
    return [
        row.model_copy(update={"sample": "kept" if taught[row.slot].misheard else "dropped"})
        if row.slot in taught
        else row
        for row in slot_rows(held, found.kind, lens.audio)
    ]


async def _product(session: AsyncSession, held: Sequence[TicketSlot], lens: Lens) -> TicketProduct | None:
    named = next((item.value.get("product_id", "") for item in held if item.slot == "product"), "")
    card = await products.get(session, named) if named and lens.sees_people else None
    return TicketProduct(id=card.id, text=product_text(card)) if card else None


async def _moves(session: AsyncSession, found: Ticket, held: Mapping[str, TicketSlot], lens: Lens) -> list[MoveForm]:
    """Return what the viewer may do, with what is missing for it; the guard is asked only for what is not missing."""
    case = guards.Case(session, found, held, lens.now, lens.zone)
    forms = []
    for move in policy.moves_for(found.kind, found.state, lens.viewer.roles):
        lacking = guards.missing(move, held)
        forms.append(
            MoveForm(
                move=move.move,
                label=move.label,
                to=move.to,
                to_name=policy.STATES[move.to],
                needs=[NeedForm(slot=n, label=slots.label(n), filled=n not in lacking) for n in move.needs],
                blocked=await guards.blocked(move, case),
                sources=await shipping.sources(session, found, case.shown("part"))
                if shipping.ships(found.kind, move.move)
                else [],
            )
        )
    return forms


async def _warranty(
    session: AsyncSession, found: Ticket, held: Sequence[TicketSlot], lens: Lens
) -> WarrantyForm | None:
    verdict = await verdict_of(session, found, {item.slot: item for item in held}, lens.zone)
    return warranty_form(verdict) if verdict else None


async def _clocks(session: AsyncSession, found: Ticket, lens: Lens) -> list[ClockForm]:
    rows = await clock_rows.of_ticket(session, found.no)
    reasons = dict((await clock_service.rules_for(session, found)).pause_reasons) if rows else {}
    return [clock_form(row, lens.now, reasons) for row in rows if row.state != "cancelled"]


def _shown(rows: Sequence[SlotForm], lens: Lens) -> list[SlotForm]:
    """Return the rows as this viewer may see them: of a personal slot an auditor sees only that it is filled."""
    if lens.sees_people:
        return list(rows)
    return [_covered(row) if row.text else row for row in rows]


def _covered(row: SlotForm) -> SlotForm:
    """Return a row without what was said; an impersonal value stays."""
    value = impersonal_value(row.slot, row.value) if row.slot in IMPERSONAL_SLOTS else {}
    text = slots.text(row.slot, value) or COVERED
    return row.model_copy(update={"text": text, "value": value, "candidates": [], "clip": "", "clip_ms": None})


def _entry(entry: TimelineEntry, lens: Lens) -> TimelineForm:
    return TimelineForm(
        id=entry.id,
        at=entry.at,
        kind=entry.kind,
        actor=entry.actor,
        text=entry.text if lens.sees_people or entry.kind not in PERSONAL_ENTRIES else COVERED,
        fields=entry.fields,
        version=entry.version,
    )


def _region(held: Sequence[TicketSlot]) -> str:
    """Return the narrowest known part of the address, "" for none."""
    return next((slots.short_place(item.value) for item in held if item.slot == "address"), "")


def _summary(held: Sequence[TicketSlot], lens: Lens) -> str:
    """Return what a list shows of the matter: the code and the symptom, else the category or topic. Not the place."""
    by_name = {item.slot: item.value for item in held if item.slot in _TOLD}
    told = [name for name in _TOLD[:2] if name in by_name] or [name for name in _TOLD[2:] if name in by_name][:1]
    values = ((name, by_name[name] if lens.sees_people else impersonal_value(name, by_name[name])) for name in told)
    return " ".join(text for name, value in values if (text := slots.text(name, value)))
