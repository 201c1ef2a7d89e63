"""Tickets: list, read, open, change, note."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from pydantic import StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts import repository as accounts
from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.calls import repository as calls
from crm.corrections import service as corrections
from crm.customers import repository as customers
from crm.desk.service import own_number
from crm.errors import Invalid
from crm.events.service import begin_writing
from crm.lens import Lens
from crm.paging import Cursor, Listing, SliceSize, Total, cut, listing
from crm.policy.ticket_states import KINDS
from crm.tickets import changing, repository, service
from crm.tickets.attaching import set_product
from crm.tickets.csv import table
from crm.tickets.errors import NoTicket, TicketChanged
from crm.tickets.listing import Where, page, place
from crm.tickets.models import Ticket
from crm.tickets.schemas import (
    CheckAsk,
    Kind,
    NoteDraft,
    Owner,
    OwnerForm,
    Priority,
    State,
    TicketChange,
    TicketDraft,
    TicketFilter,
    TicketForm,
    TicketLine,
    TicketSaved,
    View,
)
from crm.tickets.service import Heard, Opening
from crm.tickets.warranty import verdict_of
from crm.views import tickets as view
from crm.views.board import day_start
from crm.warranty.schemas import WarrantyForm, warranty_form
from crm.web.context import LensDep, PartsDep, SessionDep, TransactionalRoute
from crm.wire import Search, Text

router = APIRouter(route_class=TransactionalRoute, tags=["tickets"])
_DIGITS = r"^[0-9]{8}$"
TicketNo = Annotated[str, Path(pattern=_DIGITS)]
TicketDigits = Annotated[str, StringConstraints(pattern=_DIGITS)]
_BY_HAND = 99  # matters of tickets opened by hand count from 100, so that the dialogue's numbers stay free
_MOST_EXPORTED = 20_000
_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
_WRITERS = (Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)


def _filter(
    view_name: Annotated[View, Query(alias="view")] = "all",
    q: Search = "",
    kind: Annotated[list[Kind] | None, Query(max_length=10)] = None,
    state: Annotated[list[State] | None, Query(max_length=22)] = None,
    priority: Annotated[list[Priority] | None, Query(max_length=4)] = None,
    owner: Owner = "",
    days: Annotated[int, Query(ge=0, le=366)] = 0,
) -> TicketFilter:
    return TicketFilter(
        view=view_name, q=q, kind=kind or [], state=state or [], priority=priority or [], owner=owner, days=days
    )


Filter = Annotated[TicketFilter, Depends(_filter)]


@router.get("/tickets", operation_id="listTickets")
async def list_tickets(
    session: SessionDep,
    lens: LensDep,
    wanted: Filter,
    contact: Annotated[Text, Query(max_length=64)] = "",
    customer: Annotated[Text, Query(max_length=32)] = "",
    cursor: Cursor = "",
    size: SliceSize = 50,
) -> Listing[TicketLine]:
    """Tickets of a view, narrowed, open emergencies first, then the newest.

    kind, state, priority: any of those given. owner: me or none (nobody's). days: opened today (1) or so many days
    before. q: every word must be found in number, caller, customer or what was said; two characters of an address are
    enough, four last digits of a number, the pinyin initials of a name.
    """
    extra = repository.belonging_to(contact=contact, customer=customer)
    found, total = await _found(session, wanted, lens, extra=extra, cursor=cursor, limit=size + 1)
    kept, after = cut(found, size, place)
    return listing(await view.lines(session, kept, lens), after, total)


@router.get("/exports/tickets.csv", operation_id="exportTickets", response_class=Response, responses=_CSV)
async def export_tickets(
    session: SessionDep,
    lens: LensDep,
    parts: PartsDep,
    wanted: Filter,
    no: Annotated[list[TicketDigits] | None, Query(max_length=200)] = None,
) -> Response:
    """The newest tickets of a view as CSV, numbers masked as in the list; who took them is in the audit log.

    no: only those of these numbers that the view holds.
    """
    require(lens.viewer, Role.SUPERVISOR, Role.ADMIN)
    extra = repository.numbered(no) if no else ()
    found, _ = await _found(session, wanted, lens, extra=extra, limit=_MOST_EXPORTED)
    await note(session, lens.viewer, "list_exported", "list", "tickets", lens.now, detail=f"{len(found)}")
    text = table(await view.rows(session, found, lens), parts.settings.zone)
    name = f'attachment; filename="tickets-{day_start(lens.now, parts.settings.zone):%Y%m%d}.csv"'
    return Response(text, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


async def _found(
    session: AsyncSession, wanted: TicketFilter, lens: Lens, *, extra: Where = (), cursor: str = "", limit: int
) -> tuple[Sequence[Ticket], Total]:
    """Return tickets of a list and how many there are, capped."""
    return await page(session, view.asked(wanted, lens), lens.now, extra=extra, q=wanted.q, cursor=cursor, limit=limit)


@router.get("/ticket-owners", operation_id="listTicketOwners")
async def list_owners(session: SessionDep, lens: LensDep) -> list[OwnerForm]:
    """The people a ticket can be given to: those who work on tickets and have not left."""
    require(lens.viewer, *_WRITERS)
    people = await accounts.everybody(session)
    return [OwnerForm(account=row.id, name=row.name) for row in people if row.active and {*row.roles} & {*_WRITERS}]


@router.post("/tickets", operation_id="openTicket", status_code=201)
async def open_ticket(body: TicketDraft, session: SessionDep, lens: LensDep) -> TicketForm:
    """Open a ticket by hand; the agent becomes its owner."""
    require(lens.viewer, *_WRITERS)
    await begin_writing(session)
    if body.customer and await customers.get(session, body.customer) is None:
        raise Invalid("没有这位客户", fields=[{"field": "customer", "detail": "没有这位客户"}])
    contact = await calls.contact(session, body.contact) if body.contact else None
    if body.contact and contact is None:
        raise Invalid("没有这通来电", fields=[{"field": "contact", "detail": "没有这通来电"}])
    matters = [ticket.matter for ticket in await repository.of_contact(session, body.contact)] if contact else []
    opening = Opening(
        no=await own_number(session, lens.now),
        kind=body.kind,
        priority=body.priority,
        contact=body.contact,
        matter=max([_BY_HAND, *matters]) + 1 if contact else 0,
        customer=body.customer or (contact.customer_id if contact else None),
        caller_e164=contact.caller_e164 if contact else "",
        owner=lens.viewer.id or None,
        opened_by=lens.viewer.id or None,
    )
    heard = [Heard(name, value, "verified", "agent") for name, value in body.slots.items()]
    ticket = await service.open_ticket(session, opening, heard, lens.now, lens.viewer.name)
    if body.product:
        await set_product(session, ticket, body.product, lens.viewer, lens.now)
    if body.note:
        ticket = await service.add_note(session, ticket.no, body.note, lens.viewer, lens.now)
    return await view.ticket(session, ticket, lens)


@router.get("/tickets/{no}", operation_id="getTicket")
async def get_ticket(no: TicketNo, session: SessionDep, lens: LensDep, response: Response) -> TicketForm:
    """One ticket with slots, moves, timeline, call-back and calls."""
    ticket = await repository.get(session, no)
    if ticket is None:
        raise NoTicket("没有这张工单")
    await note(session, lens.viewer, "ticket_seen", "ticket", no, lens.now)
    response.headers["ETag"] = changing.etag(ticket)
    return await view.ticket(session, ticket, lens)


@router.patch("/tickets/{no}", operation_id="changeTicket")
async def change_ticket(
    no: TicketNo,
    body: TicketChange,
    session: SessionDep,
    lens: LensDep,
    parts: PartsDep,
    response: Response,
    if_match: Annotated[str, Header(max_length=40)] = "",
) -> TicketSaved:
    """Change a ticket; another's change of other fields is merged, of the same field is a 409.

    With If-Match (the ETag of the answer before) nothing is merged: any change since is a 412.
    """
    require(lens.viewer, *_WRITERS)
    await changing.check_etag(session, no, if_match)
    try:
        ticket, merged = await changing.change(session, no, body, lens.viewer, lens.now, parts.settings.zone)
    except TicketChanged as conflict:
        current = await view.ticket(session, conflict.ticket, lens)
        conflict.members["current"] = current.model_dump(mode="json")
        raise
    if parts.settings.keep_corrections:
        await corrections.learn(session, ticket, body.slots, lens.viewer, lens.now)
    response.headers["ETag"] = changing.etag(ticket)
    return TicketSaved(**dict(await view.ticket(session, ticket, lens)), merged=merged)


@router.post("/tickets/{no}/warranty", operation_id="judgeTicket")
async def judge_ticket(no: TicketNo, body: CheckAsk, session: SessionDep, lens: LensDep) -> WarrantyForm:
    """The verdict that the ticket would have with this check of papers and machine (slot warranty_check).

    Nothing is stored; keys: invoice_on, voucher_on, receipt, card, serial_matches, cause, repairs. 422 for a kind of
    ticket that the warranty is not asked of.
    """
    require(lens.viewer, *_WRITERS)
    ticket = await repository.get(session, no)
    if ticket is None:
        raise NoTicket("没有这张工单")
    verdict = await verdict_of(session, ticket, await service.held_slots(session, ticket), lens.zone, body.value)
    if verdict is None:
        raise Invalid(f"{KINDS[ticket.kind]}不判三包")
    return warranty_form(verdict)


@router.post("/tickets/{no}/notes", operation_id="addNote", status_code=201)
async def add_note(no: TicketNo, body: NoteDraft, session: SessionDep, lens: LensDep) -> TicketForm:
    """Add a note to the timeline."""
    require(lens.viewer, *_WRITERS, Role.QUALITY)
    ticket = await service.add_note(session, no, body.text, lens.viewer, lens.now)
    return await view.ticket(session, ticket, lens)
