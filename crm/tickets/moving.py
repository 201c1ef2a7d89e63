"""Moves of a process: allowed, lacking nothing, not blocked; and what else each one does."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm import slots
from crm.accounts.schemas import Viewer
from crm.callbacks import service as callbacks
from crm.errors import Forbidden, Invalid
from crm.parts import service as parts
from crm.policy import ticket_states as policy
from crm.policy.processes import Move
from crm.stock import shipping
from crm.tickets import guards, repository
from crm.tickets.errors import MoveNotAllowed
from crm.tickets.models import Ticket
from crm.tickets.service import held_slots, record
from crm.words import ROLES, word


async def make_move(
    session: AsyncSession, ticket: Ticket, name: str, viewer: Viewer, now: datetime, zone: ZoneInfo, ship_from: str
) -> None:
    """Make a move: it must stand in the table, be the viewer's to make, have what it needs, and its guard agree.

    ship_from: the place that parts leave, when they do.
    """
    move = policy.find_move(ticket.kind, ticket.state, name)
    if move is None:
        raise MoveNotAllowed(f"{policy.STATES[ticket.state]} 的工单不能这样操作")
    await _check_move(session, ticket, move, viewer, now, zone, ship_from)
    text = f"{move.label}：{policy.STATES[ticket.state]} → {policy.STATES[move.to]}"
    await record(session, ticket, now, kind="state", actor=viewer.name, text=text, state=move.to)
    if ticket.kind == "part_request":
        await parts.after_move(session, ticket, move.move, now, zone)
    if ticket.kind in shipping.KINDS:
        await _move_stock(session, ticket, move.move, viewer, now, ship_from)
    if move.move == "not_fixed":
        await _not_fixed(session, ticket, viewer, now)


async def _move_stock(
    session: AsyncSession, ticket: Ticket, move: str, viewer: Viewer, now: datetime, ship_from: str
) -> None:
    """Book what is shipped or comes back. The word why more is shipped than there is holds for this parcel alone."""
    held = await held_slots(session, ticket)
    part, reason = (slots.text(name, held[name].value) if name in held else "" for name in ("part", "stock_reason"))
    booked = await shipping.after_move(session, ticket, move, viewer, now, part=part, place=ship_from, reason=reason)
    if "stock_reason" in held and shipping.ships(ticket.kind, move):
        await repository.remove(session, held["stock_reason"])
    if booked:
        await record(session, ticket, now, kind="parts", actor=viewer.name, text=booked, fields=["parts"])


async def _check_move(
    session: AsyncSession, ticket: Ticket, move: Move, viewer: Viewer, now: datetime, zone: ZoneInfo, ship_from: str
) -> None:
    if not viewer.has(*move.roles):
        wanted = "或".join(word(ROLES, role) for role in move.roles)
        raise Forbidden(f"「{move.label}」要由{wanted}来做")
    held = await held_slots(session, ticket)
    lacking = guards.missing(move, held)
    if lacking:
        names = "、".join(slots.label(name) for name in lacking)
        fields = [{"field": f"slots.{name}", "detail": f"请填{slots.label(name)}"} for name in lacking]
        raise Invalid(f"「{move.label}」之前请先填：{names}", code="move_needs", fields=fields)
    reason = await guards.blocked(move, guards.Case(session, ticket, held, now, zone, ship_from))
    if reason:
        raise MoveNotAllowed(f"现在不能「{move.label}」：{reason}", code="move_blocked")


async def reopen(session: AsyncSession, original: Ticket, actor: str, now: datetime) -> None:
    """Open the first ticket again when its customer says it is not mended (dialogues, followup): no new ticket."""
    move = policy.find_move(original.kind, original.state, "reopen")
    if move is not None:
        text = f"回访没修好，重开：{policy.STATES[original.state]} → {policy.STATES[move.to]}"
        await record(session, original, now, kind="state", actor=actor, text=text, state=move.to)


async def _not_fixed(session: AsyncSession, follow_up: Ticket, viewer: Viewer, now: datetime) -> None:
    """A follow-up by hand found it not mended: the original is opened again and a supervisor rings."""
    held = await held_slots(session, follow_up)
    original = await repository.get(session, held["original"].value["value"], lock=True)
    if original is not None:
        await reopen(session, original, viewer.name, now)
        number = follow_up.caller_e164 or original.caller_e164
        await callbacks.ask_supervisor(session, original.no, original.contact_id or "", number, "回访：没修好", now)
