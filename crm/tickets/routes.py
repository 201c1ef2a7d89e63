"""Tickets: list, read, open, change, note."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.calls import repository as calls
from crm.customers import repository as customers
from crm.desk.service import own_number
from crm.errors import Invalid
from crm.events.service import begin_writing
from crm.paging import Cursor, Listing, SliceSize, cut, listing
from crm.tickets import repository, service
from crm.tickets.csv import table
from crm.tickets.errors import NoTicket, TicketChanged
from crm.tickets.schemas import NoteDraft, TicketChange, TicketDraft, TicketForm, TicketRow, TicketSaved, View
from crm.tickets.service import Heard, Opening
from crm.views import tickets as view
from crm.views.board import day_start
from crm.web.context import LensDep, PartsDep, SessionDep, TransactionalRoute
from crm.wire import Search, Text

router = APIRouter(route_class=TransactionalRoute, tags=["tickets"])
TicketNo = Annotated[str, Path(pattern=r"^[0-9]{8}$")]
_BY_HAND = 99  # matters of tickets opened by hand count from 100, so that the dialogue's numbers stay free
_MOST_EXPORTED = 20_000
_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
_WRITERS = (Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)


@router.get("/tickets", operation_id="listTickets")
async def list_tickets(
    session: SessionDep,
    lens: LensDep,
    parts: PartsDep,
    view_name: Annotated[View, Query(alias="view")] = "all",
    q: Search = "",
    contact: Annotated[Text, Query(max_length=64)] = "",
    customer: Annotated[Text, Query(max_length=32)] = "",
    cursor: Cursor = "",
    size: SliceSize = 50,
) -> Listing[TicketRow]:
    """Tickets of a view, open emergencies first, then the newest.

    q: every word must be found in number, caller, customer or what was said; two characters of an address are enough,
    four last digits of a number, the pinyin initials of a name.
    """
    today = day_start(lens.now, parts.settings.zone)
    where = repository.in_view(view_name, owner=lens.viewer.id, day_start=today)
    where += repository.belonging_to(contact=contact, customer=customer)
    found, total = await repository.search(session, where, q=q, cursor=cursor, limit=size + 1)
    kept, after = cut(found, size, repository.place)
    return listing(await view.rows(session, kept, lens), after, total)


@router.get("/exports/tickets.csv", operation_id="exportTickets", response_class=Response, responses=_CSV)
async def export_tickets(
    session: SessionDep,
    lens: LensDep,
    parts: PartsDep,
    view_name: Annotated[View, Query(alias="view")] = "all",
    q: Search = "",
) -> Response:
    """The newest tickets of a view as CSV, numbers masked as in the list; who took them is in the audit log."""
    require(lens.viewer, Role.SUPERVISOR, Role.ADMIN)
    today = day_start(lens.now, parts.settings.zone)
    where = repository.in_view(view_name, owner=lens.viewer.id, day_start=today)
    found, _ = await repository.search(session, where, q=q, limit=_MOST_EXPORTED)
    await note(session, lens.viewer, "list_exported", "list", "tickets", lens.now, detail=f"{len(found)}")
    text = table(await view.rows(session, found, lens), parts.settings.zone)
    name = f'attachment; filename="tickets-{today:%Y%m%d}.csv"'
    return Response(text, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


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
    )
    heard = [Heard(name, value, "verified", "agent") for name, value in body.slots.items()]
    ticket = await service.open_ticket(session, opening, heard, lens.now, lens.viewer.name)
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
    response.headers["ETag"] = service.etag(ticket)
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
    await service.check_etag(session, no, if_match)
    try:
        ticket, merged = await service.change(session, no, body, lens.viewer, lens.now, parts.settings.zone)
    except TicketChanged as conflict:
        current = await view.ticket(session, conflict.ticket, lens)
        conflict.members["current"] = current.model_dump(mode="json")
        raise
    response.headers["ETag"] = service.etag(ticket)
    return TicketSaved(**dict(await view.ticket(session, ticket, lens)), merged=merged)


@router.post("/tickets/{no}/notes", operation_id="addNote", status_code=201)
async def add_note(no: TicketNo, body: NoteDraft, session: SessionDep, lens: LensDep) -> TicketForm:
    """Add a note to the timeline."""
    require(lens.viewer, *_WRITERS, Role.QUALITY)
    ticket = await service.add_note(session, no, body.text, lens.viewer, lens.now)
    return await view.ticket(session, ticket, lens)
