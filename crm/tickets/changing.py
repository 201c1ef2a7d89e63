"""An agent's change of a ticket: merged with what others changed meanwhile, refused where they changed the same."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm import slots
from crm.accounts import repository as accounts
from crm.accounts.schemas import Viewer
from crm.errors import Invalid
from crm.parts import service as parts
from crm.policy import ticket_states as policy
from crm.tickets import repository
from crm.tickets.attaching import set_customer, set_product
from crm.tickets.errors import NoSuchSlot, TicketChanged, TicketOutdated
from crm.tickets.models import Ticket
from crm.tickets.moving import make_move
from crm.tickets.schemas import Clash, TicketChange
from crm.tickets.service import Heard, locked, record, set_kind, set_priority, set_slot

FIELDS = {
    "state": "状态",
    "kind": "类型",
    "priority": "紧急度",
    "owner": "承办",
    "customer": "客户",
    "safety": "危险",
    "note": "备注",
    "parts": "备件",
}


async def change(
    session: AsyncSession, no: str, wanted: TicketChange, viewer: Viewer, now: datetime, zone: ZoneInfo
) -> tuple[Ticket, list[str]]:
    """Apply an agent's change; returns the ticket and the labels of what others changed since `wanted.version`.

    Raises NoTicket, TicketChanged (same field), MoveNotAllowed, NoPlace, NoSuchSlot, Invalid.
    """
    ticket = await locked(session, no)
    merged = await _check_version(session, ticket, wanted, zone)
    if wanted.kind and wanted.kind != ticket.kind:
        _check_kind(ticket, wanted.kind)
        await set_kind(session, ticket, wanted.kind, now, viewer.name)
    if wanted.priority and wanted.priority != ticket.priority:
        await set_priority(session, ticket, wanted.priority, now, viewer.name)
    if wanted.owner is not None:
        await _set_owner(session, ticket, wanted.owner, viewer, now)
    if wanted.customer is not None:
        await set_customer(session, ticket, wanted.customer, viewer, now)
    if wanted.product is not None:
        await set_product(session, ticket, wanted.product, viewer, now)
    await _change_slots(session, ticket, wanted, viewer, now)
    if wanted.move:
        await make_move(session, ticket, wanted.move, viewer, now, zone, wanted.ship_from)
    return ticket, merged


def etag(ticket: Ticket) -> str:
    """Return the ETag of a ticket as it stands."""
    return f'"{ticket.version}"'


async def check_etag(session: AsyncSession, no: str, if_match: str) -> None:
    """Raise TicketOutdated unless the ticket still is what If-Match names; "" and "*" ask for nothing."""
    if if_match not in ("", "*"):
        ticket = await locked(session, no)
        if if_match != etag(ticket):
            raise TicketOutdated("工单刚被别人改过，请看一下新内容再保存")


async def change_part_lines(
    session: AsyncSession, no: str, version: int, lines: Mapping[str, int], viewer: Viewer, now: datetime
) -> Ticket:
    """Replace the parts a ticket asks for; raises NoTicket, TicketChanged, NotAPartRequest, NoPart."""
    ticket = await locked(session, no)
    if version != ticket.version:
        raise TicketChanged("工单刚被别人改过，请看一下新内容再保存", ticket, [])
    text = f"备件：{await parts.set_lines(session, ticket, lines)}"
    await record(session, ticket, now, kind="parts", actor=viewer.name, text=text, fields=["parts"])
    return ticket


async def _check_version(session: AsyncSession, ticket: Ticket, wanted: TicketChange, zone: ZoneInfo) -> list[str]:
    if wanted.version > ticket.version:
        raise Invalid("工单的版本号不对，请重新打开")
    mine = {*wanted.slots, *wanted.confirm}
    mine |= {name for name in ("kind", "priority", "owner", "customer", "product") if getattr(wanted, name) is not None}
    mine |= {"state"} if wanted.move else set()
    theirs = [
        Clash(field=field, label=_field_label(field), by=entry.actor, at=entry.at)
        for entry in await repository.entries_after(session, ticket.no, wanted.version)
        for field in entry.fields
    ]
    clashing = [item for item in theirs if item.field in mine]
    if clashing:
        last = clashing[-1]
        detail = f"{last.by} {last.at.astimezone(zone):%H:%M} 改了 {last.label}"
        raise TicketChanged(detail, ticket, [item.model_dump(mode="json") for item in clashing])
    return sorted({item.label for item in theirs})


def _check_kind(ticket: Ticket, kind: str) -> None:
    if kind not in policy.kinds_from(ticket.kind, ticket.state):
        detail = f"工单已经是「{policy.STATES[ticket.state]}」，不能再改类型；要办别的事，请开新工单"
        raise Invalid(detail, fields=[{"field": "kind", "detail": detail}])


async def _change_slots(
    session: AsyncSession, ticket: Ticket, wanted: TicketChange, viewer: Viewer, now: datetime
) -> None:
    for name, values in wanted.slots.items():
        heard = Heard(slot=name, value=values.value, status="verified", source="agent")
        written = await set_slot(session, ticket, heard, now, viewer.name)
        text = f"改正 {slots.label(name)}：{slots.text(name, written.value)}"
        await record(session, ticket, now, kind="slot", actor=viewer.name, text=text, fields=[name])
    for name in wanted.confirm:
        stored = await repository.slot(session, ticket.no, name)
        if stored is None:
            raise NoSuchSlot(f"工单里没有 {slots.label(name)}", fields=[{"field": "confirm", "detail": name}])
        stored.status, stored.verified_by, stored.verified_at = "verified", viewer.name, now
        text = f"已核实 {slots.label(name)}：{slots.text(name, stored.value)}"
        await record(session, ticket, now, kind="slot", actor=viewer.name, text=text, fields=[name])


async def _set_owner(session: AsyncSession, ticket: Ticket, owner: str, viewer: Viewer, now: datetime) -> None:
    account = await accounts.by_id(session, owner) if owner else None
    if owner and (account is None or not account.active):
        raise Invalid("没有这位承办人", fields=[{"field": "owner", "detail": "没有这位承办人"}])
    if (account.id if account else None) == ticket.owner_id:
        return
    ticket.owner_id = account.id if account else None
    text = f"承办：{account.name if account else '无'}"
    await record(session, ticket, now, kind="owner", actor=viewer.name, text=text, fields=["owner"])


def _field_label(field: str) -> str:
    return FIELDS.get(field) or slots.label(field)
