"""Clocks of a ticket: read, pause, resume; and what is late or near it, over all tickets."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.audit.service import note
from crm.clocks import repository, service
from crm.clocks.errors import ClockNotRunning, NoClock
from crm.clocks.models import TicketClock
from crm.clocks.schemas import ClocksForm, DueClock, PauseDraft, clock_form, pause_form
from crm.clocks.service import is_late
from crm.errors import Invalid
from crm.events.service import begin_writing
from crm.lens import Lens
from crm.policy.clock_rules import ClockRules
from crm.tickets import repository as tickets
from crm.tickets.errors import NoTicket
from crm.tickets.models import Ticket
from crm.tickets.service import record
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["clocks"])
TicketPath = Annotated[str, Path(pattern=r"^[0-9]{8}$")]
KeyPath = Annotated[str, Path(pattern=r"^[a-z_]{1,40}(\.[0-9]{1,3})?$")]
_WRITERS = (Role.DISPATCHER, Role.SUPERVISOR)


@router.get("/tickets/{no}/clocks", operation_id="getClocks")
async def get_clocks(no: TicketPath, session: SessionDep, lens: LensDep) -> ClocksForm:
    """The promises of a ticket with due times and pauses."""
    ticket = await tickets.get(session, no)
    if ticket is None:
        raise NoTicket("没有这张工单")
    return await _form(session, ticket, lens)


@router.post("/tickets/{no}/clocks/{key}/pause", operation_id="pauseClock")
async def pause(no: TicketPath, key: KeyPath, body: PauseDraft, session: SessionDep, lens: LensDep) -> ClocksForm:
    """Stop a clock with a reason; it is in the timeline and in the audit log."""
    ticket, row, rulebook = await _held(session, no, key, lens)
    if body.reason not in rulebook.pause_reasons:
        raise Invalid("没有这个暂停原因", fields=[{"field": "reason", "detail": "没有这个暂停原因"}])
    if body.until is not None and body.until <= lens.now:
        raise Invalid("恢复时间要在现在之后", fields=[{"field": "until", "detail": "要在现在之后"}])
    actor = lens.viewer.name
    if not await service.pause(
        session, row, rulebook, lens.now, reason=body.reason, actor=actor, note=body.note, until=body.until
    ):
        raise ClockNotRunning("这个时限没有在计时，不能暂停")
    text = f"{row.label}：暂停计时（{rulebook.pause_reasons[body.reason]}）{body.note}"
    await record(session, ticket, lens.now, kind="clock", actor=actor, text=text)
    await note(session, lens.viewer, "clock_paused", "ticket", no, lens.now, detail=key, reason=body.reason)
    return await _form(session, ticket, lens)


@router.post("/tickets/{no}/clocks/{key}/resume", operation_id="resumeClock")
async def resume(no: TicketPath, key: KeyPath, session: SessionDep, lens: LensDep) -> ClocksForm:
    """Let a clock run again with what was left of it."""
    ticket, row, rulebook = await _held(session, no, key, lens)
    if not await service.resume(session, row, rulebook, lens.now, actor=lens.viewer.name):
        raise ClockNotRunning("这个时限没有暂停")
    await record(session, ticket, lens.now, kind="clock", actor=lens.viewer.name, text=f"{row.label}：恢复计时")
    await note(session, lens.viewer, "clock_resumed", "ticket", no, lens.now, detail=key)
    return await _form(session, ticket, lens)


@router.get("/clocks", operation_id="listClocks")
async def list_clocks(
    session: SessionDep,
    lens: LensDep,
    state: Literal["running", "paused", "breached"] = "breached",
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[DueClock]:
    """Clocks of all tickets that stand so, what is due first."""
    return [
        DueClock(ticket=row.ticket_no, key=row.key, label=row.label, due_at=row.due_at, late=is_late(row, lens.now))
        for row in await repository.with_state(session, [state], size)
    ]


async def _held(session: AsyncSession, no: str, key: str, lens: Lens) -> tuple[Ticket, TicketClock, ClockRules]:
    require(lens.viewer, *_WRITERS)
    await begin_writing(session)
    ticket = await tickets.get(session, no, lock=True)
    if ticket is None:
        raise NoTicket("没有这张工单")
    row = await repository.get(session, no, key)
    if row is None:
        raise NoClock("这张工单没有这个时限")
    return ticket, row, await service.rules_for(session, ticket)


async def _form(session: AsyncSession, ticket: Ticket, lens: Lens) -> ClocksForm:
    reasons = dict((await service.rules_for(session, ticket)).pause_reasons)
    return ClocksForm(
        clocks=[clock_form(row, lens.now, reasons) for row in await repository.of_ticket(session, ticket.no)],
        pauses=[pause_form(row, reasons) for row in await repository.pauses(session, ticket.no)],
        reasons=reasons,
    )
