"""Rules of planning: who is suggested and why, the appointment, its code, another time, another engineer, off."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm import slots
from crm.accounts.schemas import Viewer
from crm.engineers import repository as engineers
from crm.engineers.models import Engineer
from crm.errors import Invalid
from crm.events.service import begin_writing
from crm.policy import dispatch
from crm.policy.ticket_states import why_no_visit
from crm.policy.visit_rules import OPEN, STATES
from crm.products import repository as products
from crm.tickets import repository as ticket_rows
from crm.tickets.errors import NoTicket
from crm.tickets.models import Ticket
from crm.visits import repository, tickets
from crm.visits.errors import Late, NotNow, NoVisit, VisitChanged
from crm.visits.models import EngineerVisit
from crm.visits.schemas import SuggestAsk, VisitChange, VisitDraft

_SKILL_OF_KIND = {"install": "install"}
_LONGEST = timedelta(hours=24)


async def suggest(session: AsyncSession, asked: SuggestAsk, zone: ZoneInfo) -> list[dispatch.Suggestion]:
    """Return every active engineer, the best first, with reasons; raises NoTicket."""
    ticket = await ticket_rows.get(session, asked.ticket)
    if ticket is None:
        raise NoTicket("没有这张工单")
    _check_time(asked.starts_at, asked.ends_at)
    held = {row.slot: row.value for row in (await ticket_rows.slots(session, [ticket.no])).get(ticket.no, [])}
    address = held.get("address", {})
    product = held.get("product", {})
    boiler = product.get("value", product.get("product_class", "boiler")) != "other"
    need = dispatch.Need(
        adcode=address.get("adcode", ""),
        place=slots.region_text(address),
        street=slots.short_place(address),
        skill=asked.skill or _SKILL_OF_KIND.get(ticket.kind, "boiler" if boiler else "other"),
        starts_at=asked.starts_at.astimezone(zone),
        ends_at=asked.ends_at.astimezone(zone),
    )
    return dispatch.suggest(await _candidates(session, need, ticket.no, zone), need)


async def plan(
    session: AsyncSession, draft: VisitDraft, viewer: Viewer, now: datetime, zone: ZoneInfo
) -> EngineerVisit:
    """Make an appointment: the ticket goes to the engineer. Raises NoTicket, Late without a reason, Invalid, NotNow."""
    await begin_writing(session)
    ticket = await ticket_rows.get(session, draft.ticket, lock=True)
    if ticket is None:
        raise NoTicket("没有这张工单")
    why_not = why_no_visit(ticket.kind, ticket.state)
    if why_not:
        raise NotNow(why_not)
    _check_time(draft.starts_at, draft.ends_at)
    engineer = await _engineer(session, draft.engineer)
    if any(visit.state in OPEN for visit in await repository.of_ticket(session, ticket.no)):
        raise NotNow("这张工单已经派了师傅，请改派或改约")
    if draft.product and await products.get(session, draft.product) is None:
        raise Invalid("没有这台产品", fields=[{"field": "product", "detail": "没有这台产品"}])
    late = dispatch.late_by_minutes(draft.starts_at, draft.promised_by)
    if late and not draft.late_reason:
        raise Late(f"将超承诺 {late} 分，请填原因", fields=[{"field": "late_reason", "detail": "请填原因"}])
    product = draft.product or await _product(session, ticket)
    visit = EngineerVisit(
        ticket_no=ticket.no, engineer_id=engineer.id, product_id=product, state="planned",
        starts_at=draft.starts_at.astimezone(UTC), ends_at=draft.ends_at.astimezone(UTC),
        late_reason=draft.late_reason, code=await new_code(session), finish_code=f"{secrets.randbelow(10**4):04d}",
        fee=draft.fee, fee_note=draft.fee_note, checked={}, parts=[], created_at=now, version=1,
    )  # fmt: skip
    await repository.add(session, visit)
    await _tell_ticket(session, ticket, visit, engineer, viewer, now, zone)
    return visit


async def change(
    session: AsyncSession, visit_id: str, wanted: VisitChange, viewer: Viewer, now: datetime, zone: ZoneInfo
) -> EngineerVisit:
    """Move the appointment, give it to another, or call it off; raises NoVisit, VisitChanged, NotNow, Invalid."""
    visit, ticket = await locked(session, visit_id, wanted.version)
    if visit.state not in OPEN:
        raise NotNow(f"{STATES[visit.state]}的上门不能再改")
    if wanted.cancel:
        visit.state, visit.finished_at = "cancelled", now
        text = "取消上门" + (f"：{wanted.note}" if wanted.note else "")
        await tickets.note(session, ticket, text, viewer.name, now)
        await tickets.move(session, ticket, "recall", viewer, now, zone)
    else:
        await _replan(session, visit, wanted, ticket, viewer, now, zone)
    visit.version += 1
    return visit


async def locked(session: AsyncSession, visit_id: str, version: int) -> tuple[EngineerVisit, Ticket]:
    """Return a visit and its ticket, both locked; raises NoVisit, VisitChanged."""
    await begin_writing(session)
    visit = await repository.get(session, visit_id, lock=True)
    ticket = await ticket_rows.get(session, visit.ticket_no, lock=True) if visit else None
    if visit is None or ticket is None:
        raise NoVisit("没有这次上门")
    if visit.version != version:
        raise VisitChanged("这次上门刚被别人改过，请看一下新内容再提交")
    return visit, ticket


async def new_code(session: AsyncSession) -> str:
    """Return six digits that no open visit and no call-back has."""
    while True:
        code = f"{secrets.randbelow(10**6):06d}"
        if not await repository.code_taken(session, code):
            return code


async def _replan(
    session: AsyncSession, visit: EngineerVisit, wanted: VisitChange, ticket: Ticket, viewer: Viewer, now: datetime,
    zone: ZoneInfo,
) -> None:  # fmt: skip
    starts_at, ends_at = wanted.starts_at or visit.starts_at, wanted.ends_at or visit.ends_at
    _check_time(starts_at, ends_at)
    if wanted.fee:
        visit.fee = wanted.fee
    if wanted.engineer and wanted.engineer != visit.engineer_id:
        engineer = await _engineer(session, wanted.engineer)
        visit.engineer_id, visit.state, visit.departed_at = engineer.id, "planned", None
        visit.code = await new_code(session)  # the one before knows the old one
        await tickets.note(session, ticket, f"改派 {engineer.name}（工号 {engineer.badge_no}）", viewer.name, now)
    if (starts_at, ends_at) != (visit.starts_at, visit.ends_at):
        visit.starts_at, visit.ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
        ticket = await tickets.set_time(session, ticket, starts_at, ends_at, viewer, now, zone)
        text = f"改约 {tickets.window(starts_at, ends_at, zone)}" + (f"：{wanted.note}" if wanted.note else "")
        await tickets.note(session, ticket, text, viewer.name, now)


async def _tell_ticket(
    session: AsyncSession, ticket: Ticket, visit: EngineerVisit, engineer: Engineer, viewer: Viewer, now: datetime,
    zone: ZoneInfo,
) -> None:  # fmt: skip
    told = (
        f"派给 {engineer.name}（工号 {engineer.badge_no}），约 {tickets.window(visit.starts_at, visit.ends_at, zone)}"
    )
    reason = f"；晚于承诺：{visit.late_reason}" if visit.late_reason else ""
    ticket = await tickets.set_time(session, ticket, visit.starts_at, visit.ends_at, viewer, now, zone)
    for name in ("accept", "dispatch", "schedule"):
        ticket = await tickets.move(session, ticket, name, viewer, now, zone)
    await tickets.note(session, ticket, told + reason, viewer.name, now)


async def _product(session: AsyncSession, ticket: Ticket) -> str | None:
    """Return the machine a visit is for: the ticket's, else the only one of its class that the customer has."""
    slot = await ticket_rows.slot(session, ticket.no, "product")
    told = slot.value if slot else {}
    named = told.get("product_id", "")
    if named and await products.get(session, named) is not None:
        return named
    wanted = told.get("product_class", told.get("value", "unknown"))
    owned = await products.of_customer(session, ticket.customer_id) if ticket.customer_id else []
    fitting = [item.id for item in owned if wanted == "unknown" or item.product_class == wanted]
    return fitting[0] if len(fitting) == 1 else None


async def _engineer(session: AsyncSession, engineer_id: str) -> Engineer:
    engineer = await engineers.get(session, engineer_id)
    if engineer is None or not engineer.active:
        raise Invalid("没有这位师傅", fields=[{"field": "engineer", "detail": "没有这位师傅"}])
    return engineer


async def _candidates(
    session: AsyncSession, need: dispatch.Need, ticket: str, zone: ZoneInfo
) -> Sequence[dispatch.Candidate]:
    """Return the engineers with what they have that day; a visit of the ticket itself stands in nobody's way."""
    day = need.starts_at.replace(hour=0, minute=0, second=0, microsecond=0)
    people = await engineers.everybody(session, only_active=True)
    of_day = await repository.between(session, day.astimezone(UTC), (day + timedelta(days=1)).astimezone(UTC))
    visits = [visit for visit in of_day if visit.ticket_no != ticket]
    held = await ticket_rows.slots(session, [visit.ticket_no for visit in visits])
    booked: dict[str, list[dispatch.Booking]] = {}
    for visit in visits:
        address = next((row.value for row in held.get(visit.ticket_no, []) if row.slot == "address"), {})
        begin, end = visit.starts_at.astimezone(zone), visit.ends_at.astimezone(zone)
        booking = dispatch.Booking(begin, end, slots.short_place(address))
        booked.setdefault(visit.engineer_id, []).append(booking)
    return [
        dispatch.Candidate(
            engineer=person.id, name=person.name, outlet="", skills=frozenset(person.skills),
            areas=tuple(dispatch.Area(row["adcode"], row["name"]) for row in person.areas),
            capacity=person.capacity, booked=tuple(booked.get(person.id, ())),
        )
        for person in people
    ]  # fmt: skip


def _check_time(starts_at: datetime, ends_at: datetime) -> None:
    if not timedelta(0) < ends_at - starts_at <= _LONGEST:
        raise Invalid(
            "上门时间不对：结束要晚于开始，且不超过一天", fields=[{"field": "ends_at", "detail": "结束时间不对"}]
        )
