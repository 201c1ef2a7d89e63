"""Visits and the dispatcher's board as the pages see them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone, slots
from crm.accounts.schemas import Role
from crm.clocks import repository as clock_rows
from crm.clocks.schemas import clock_form
from crm.engineers import repository as engineers
from crm.engineers.models import Engineer
from crm.lens import Lens
from crm.outlets import repository as outlets
from crm.policy import visit_rules as rules
from crm.policy.charge import Charge
from crm.policy.clocks import ClockState
from crm.policy.ticket_filters import VIEWS
from crm.policy.warranty_terms import FEES
from crm.tickets import listing
from crm.tickets import repository as ticket_rows
from crm.tickets.models import Ticket
from crm.views import tickets as ticket_views
from crm.visits import links, repository
from crm.visits.models import EngineerVisit, VisitPhoto
from crm.visits.schemas import (
    BoardEngineer,
    BoardTicket,
    BoardVisit,
    ChargeForm,
    ChargeLineForm,
    CheckLine,
    DispatchBoard,
    PartUsed,
    PhotoForm,
    VisitForm,
)  # fmt: skip
from crm.words import word

GROUPS = {"before": rules.BEFORE, "shown": rules.SHOWN, "done": rules.DONE, "never": rules.NEVER}
SILENT_BEFORE = timedelta(minutes=30)  # ux 5.4
_WAITING_MOST = 100
_WORDS = ("late_reason", "fee_note", "cause", "result_note", "signed_by", "charge_reason")  # written by people
_TICKING = (ClockState.RUNNING, ClockState.BREACHED)


async def forms(session: AsyncSession, found: Sequence[EngineerVisit], lens: Lens, secret: str) -> list[VisitForm]:
    """Return visits; the number of statements does not grow with their number."""
    people = await engineers.by_ids(session, {visit.engineer_id for visit in found})
    photos = await repository.photos(session, [visit.id for visit in found])
    plans = lens.viewer.has(Role.DISPATCHER, Role.SUPERVISOR, Role.AGENT)
    shown = [
        _form(visit, people[visit.engineer_id], photos.get(visit.id, []), secret if plans else "") for visit in found
    ]
    return shown if lens.sees_people else [_covered(form) for form in shown]


def _covered(form: VisitForm) -> VisitForm:
    """Return a visit without what quotes or shows the customer: an auditor sees what was done, not at whose."""
    words = {name: ticket_views.COVERED if getattr(form, name) else "" for name in _WORDS}
    return form.model_copy(update={**words, "photos": []})


async def form(session: AsyncSession, visit: EngineerVisit, lens: Lens, secret: str) -> VisitForm:
    """Return one visit."""
    return (await forms(session, [visit], lens, secret))[0]


def charge_form(found: Charge) -> ChargeForm:
    """Return what the price list asks for."""
    lines = [
        ChargeLineForm(kind=line.kind, kind_name=word(FEES, line.kind), name=line.name, quantity=line.quantity,
                       fen=line.fen)
        for line in found.lines
    ]  # fmt: skip
    return ChargeForm(lines=lines, total=found.total, why=found.why)


def checklist(visit: EngineerVisit) -> list[CheckLine]:
    """Return every line of the checklists in the document's words."""
    return [
        CheckLine(key=key, text=text, group=group, done=key in visit.checked)
        for group, lines in GROUPS.items()
        for key, text in lines.items()
    ]


async def board(session: AsyncSession, day: date, outlet: str, lens: Lens) -> DispatchBoard:
    """Return a day: tickets without an engineer by time left, and each engineer's visits."""
    start = datetime(day.year, day.month, day.day, tzinfo=lens.zone)
    people = await engineers.everybody(session, only_active=True, outlet=outlet)
    visits = await repository.between(
        session, start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC), engineers=[p.id for p in people]
    )
    waiting, _ = await listing.page(session, VIEWS["to_dispatch"], lens.now, limit=_WAITING_MOST)
    numbers = {visit.ticket_no for visit in visits} | {ticket.no for ticket in waiting}
    places = {
        no: slots.short_place(row.value)
        for no, rows in (await ticket_rows.slots(session, numbers)).items()
        for row in rows
        if row.slot == "address"
    }
    names = {item.id: item.name for item in await outlets.everything(session)}
    return DispatchBoard(
        day=day,
        waiting=await _waiting(session, waiting, places, lens),
        engineers=[_line(person, names.get(person.outlet_id or "", ""), visits, places, lens.now) for person in people],
        as_of=lens.now,
    )


def _line(
    person: Engineer, outlet: str, visits: Sequence[EngineerVisit], places: dict[str, str], now: datetime
) -> BoardEngineer:
    mine = [visit for visit in visits if visit.engineer_id == person.id]
    return BoardEngineer(
        engineer=person.id, name=person.name, outlet_name=outlet,
        number=phone.grouped(person.e164), load=len(mine), capacity=person.capacity,
        full=len(mine) >= person.capacity,
        silent=any(visit.state == "planned" and visit.starts_at - SILENT_BEFORE < now for visit in mine),
        visits=[
            BoardVisit(visit=visit.id, ticket=visit.ticket_no, starts_at=visit.starts_at, ends_at=visit.ends_at,
                       state=visit.state, place=places.get(visit.ticket_no, ""))
            for visit in mine
        ],
    )  # fmt: skip


async def _waiting(
    session: AsyncSession, found: Sequence[Ticket], places: dict[str, str], lens: Lens
) -> list[BoardTicket]:
    clocks = await clock_rows.of_tickets(session, [ticket.no for ticket in found])
    lines = []
    for row in await ticket_views.rows(session, found, lens):
        ticking = [clock for clock in clocks.get(row.no, []) if clock.state in _TICKING]
        lines.append(
            BoardTicket(
                ticket=row.no, kind_name=row.kind_name, priority=row.priority, priority_name=row.priority_name,
                place=places.get(row.no, ""), summary=row.summary, customer_name=row.customer_name,
                unverified=row.unverified, clock=clock_form(ticking[0], lens.now, {}) if ticking else None,
                created_at=row.created_at,
            )
        )  # fmt: skip
    return sorted(lines, key=lambda line: (line.priority != "urgent", *_due(line)))


def _due(line: BoardTicket) -> tuple[bool, datetime]:
    return line.clock is None, line.clock.due_at if line.clock else line.created_at


def _form(visit: EngineerVisit, engineer: Engineer, photos: Sequence[VisitPhoto], secret: str) -> VisitForm:
    live = visit.state in rules.OPEN and bool(secret)
    return VisitForm(
        id=visit.id, ticket=visit.ticket_no, engineer=visit.engineer_id, engineer_name=engineer.name,
        badge_no=engineer.badge_no, state=visit.state, state_name=word(rules.STATES, visit.state),
        starts_at=visit.starts_at, ends_at=visit.ends_at, late_reason=visit.late_reason,
        code=visit.code if live else "", finish_code=visit.finish_code if live else "",
        link=f"/v/{links.make(visit.id, secret)}" if live else "",
        fee=visit.fee, fee_name=word(rules.FEES, visit.fee), fee_note=visit.fee_note, fee_agreed=visit.fee_agreed,
        charged_fen=visit.charged_fen, proposed_fen=visit.proposed_fen, charge_reason=visit.charge_reason,
        charges=[
            ChargeLineForm(kind=line["kind"], kind_name=word(FEES, line["kind"]), name=line["name"],
                           quantity=int(line["quantity"]), fen=int(line["fen"]))
            for line in visit.charges
        ],
        checklist=checklist(visit), code_found=visit.code_found, cause=visit.cause,
        parts=[PartUsed(name=p["name"], quantity=int(p["quantity"]), fen=int(p["fen"])) for p in visit.parts],
        result=visit.result, result_name=word(rules.RESULTS, visit.result), result_note=visit.result_note,
        signed_by=visit.signed_by, departed_at=visit.departed_at, arrived_at=visit.arrived_at,
        finished_at=visit.finished_at,
        photos=[PhotoForm(id=p.id, url=f"/api/v1/visits/{visit.id}/photos/{p.id}", at=p.created_at) for p in photos],
        version=visit.version,
    )  # fmt: skip
