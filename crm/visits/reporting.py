"""Rules of what the engineer reports: set off, arrived, done; each step needs its lines of the checklist."""

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.engineers import repository as engineers
from crm.errors import Invalid
from crm.policy import charge
from crm.policy import visit_rules as rules
from crm.tickets import service as ticket_service
from crm.tickets.models import Ticket
from crm.visits import charging, fitting, tickets
from crm.visits.errors import NotNow, StepsMissing
from crm.visits.models import EngineerVisit
from crm.visits.planning import locked
from crm.visits.schemas import VisitReport, VisitRevoke

_FROM = {"save": rules.OPEN, "depart": {"planned"}, "arrive": {"planned", "on_the_way"}, "finish": {"on_site"}}
_NOT_THERE = ("planned", "on_the_way")
_AT_ONCE = timedelta(minutes=1)
_MOVE_AFTER = {
    "fixed": "resolve",
    "need_part": "need_part",
    "not_fixed": "again",
    "absent": "again",
    "gas_leak": "again",
}


async def report(
    session: AsyncSession, visit_id: str, told: VisitReport, viewer: Viewer, now: datetime, zone: ZoneInfo
) -> EngineerVisit:
    """Take what the engineer reports; raises NoVisit, VisitChanged, NotNow, StepsMissing, Invalid."""
    visit, ticket = await locked(session, visit_id, told.version)
    done_at = _done_at(visit, told, now)
    behalf = await _on_behalf(session, visit, told, viewer)
    late = _how(behalf, done_at, now, zone)
    if told.step == "finish" and told.result == "gas_leak" and visit.state == "on_the_way":
        await _arrive(session, visit, ticket, viewer, done_at, late, now, zone)
    elif told.step == "finish" and told.arrived_at and visit.state in _NOT_THERE:
        came_at = min(told.arrived_at, done_at)
        await _arrive(session, visit, ticket, viewer, came_at, _how(behalf, came_at, now, zone), now, zone)
    if visit.state not in _FROM[told.step]:
        raise NotNow(f"现在是「{rules.STATES[visit.state]}」，不能这样提交")
    _take(visit, told)
    if told.step == "depart":
        _need(visit, "depart")
        visit.state, visit.departed_at = "on_the_way", done_at
        await tickets.note(session, ticket, f"已出发，已电话确认地址和要求{late}", viewer.name, now)
        await tickets.move(session, ticket, "depart", viewer, now, zone)
    elif told.step == "arrive":
        await _arrive(session, visit, ticket, viewer, done_at, late, now, zone)
    elif told.step == "finish":
        await _finish(session, visit, ticket, told, viewer, done_at, late, now, zone)
    visit.version += 1
    return visit


async def revoke(
    session: AsyncSession, visit_id: str, wanted: VisitRevoke, viewer: Viewer, now: datetime, zone: ZoneInfo
) -> EngineerVisit:
    """Take back a visit's result: its parts lie where they were, the ticket is open again. Raises NoVisit,
    VisitChanged, NotNow."""
    visit, ticket = await locked(session, visit_id, wanted.version)
    if visit.state != "done":
        raise NotNow(f"「{rules.STATES[visit.state]}」的上门没有结果可以撤销")
    text = f"撤销上门结果「{rules.RESULTS[visit.result]}」：{wanted.reason}"
    if visit.charged_fen:
        text += f"；当时收费 {visit.charged_fen / 100:.2f} 元，请与客户结清"
    visit.state, visit.result = "cancelled", ""
    visit.charged_fen, visit.charges, visit.proposed_fen, visit.charge_reason = 0, [], None, ""
    visit.version += 1
    await tickets.note(session, ticket, text, viewer.name, now)
    await fitting.give_back(session, visit, ticket, viewer, now)
    await tickets.move(session, ticket, "reopen", viewer, now, zone)
    return visit


def _done_at(visit: EngineerVisit, told: VisitReport, now: datetime) -> datetime:
    """Return when it was done by the engineer's phone, never before the step that went before nor in the future."""
    before = visit.arrived_at or visit.departed_at or visit.created_at
    return min(max(told.at, before), now) if told.at else now


async def _on_behalf(session: AsyncSession, visit: EngineerVisit, told: VisitReport, viewer: Viewer) -> str:
    """Return for whom somebody else tells it, "" when the engineer's own phone does; who came is who came. Raises
    Invalid for no such engineer."""
    if not viewer.id:  # the engineer by the signed link
        return ""
    planned = visit.engineer_id
    if told.engineer and told.engineer != planned:
        if await engineers.get(session, told.engineer) is None:
            raise Invalid("没有这位工程师", fields=[{"field": "engineer", "detail": "没有这位工程师"}])
        visit.engineer_id = told.engineer
    people = await engineers.by_ids(session, {planned, visit.engineer_id})
    instead = "" if visit.engineer_id == planned else f"，原派 {people[planned].name}"
    return f"代 {people[visit.engineer_id].name} 补报{instead}"


def _how(behalf: str, done_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return how a step came to us, for the timeline: who told it for whom, and when it was done if not just now."""
    when = "" if now - done_at < _AT_ONCE else f"{done_at.astimezone(zone):%m-%d %H:%M} 做的"
    if not behalf:
        return f"（当时手机没有网络，{when}）" if when else ""
    return f"（{behalf}{f'，{when}' if when else ''}）"


async def _arrive(
    session: AsyncSession, visit: EngineerVisit, ticket: Ticket, viewer: Viewer, done_at: datetime, late: str,
    now: datetime, zone: ZoneInfo,
) -> None:  # fmt: skip
    visit.state, visit.arrived_at = "on_site", done_at
    await tickets.note(session, ticket, f"已到达{late}", viewer.name, now)
    await tickets.move(session, ticket, "arrive", viewer, now, zone)


def _take(visit: EngineerVisit, told: VisitReport) -> None:
    if told.checked is not None:
        unknown = sorted(set(told.checked) - set(rules.ALL))
        if unknown:
            raise Invalid(f"没有这一项：{unknown[0]}", fields=[{"field": "checked", "detail": unknown[0]}])
        visit.checked = {key: "yes" for key in rules.ALL if key in told.checked}
    for name in ("fee", "fee_agreed", "charged_fen", "charge_reason", "code_found", "cause", "result", "result_note"):
        value = getattr(told, name)
        if value is not None:
            setattr(visit, name, value)
    if told.parts is not None:
        visit.parts = [{"name": item.name, "quantity": str(item.quantity), "fen": str(item.fen)} for item in told.parts]
    if told.signed_by:
        visit.signed_by = told.signed_by


async def _finish(
    session: AsyncSession, visit: EngineerVisit, ticket: Ticket, told: VisitReport, viewer: Viewer,
    done_at: datetime, late: str, now: datetime, zone: ZoneInfo,
) -> None:  # fmt: skip
    if not visit.result:
        raise StepsMissing("请选上门结果", fields=[{"field": "result", "detail": "请选上门结果"}])
    _need(visit, "finish")
    if visit.result != "gas_leak":  # money holds up no emergency
        await charging.settle(session, visit, now)
    if visit.result == "fixed":
        _check_signed(visit, told)
    visit.state, visit.finished_at = "done", done_at
    await tickets.note(session, ticket, summary(visit) + late, viewer.name, now)
    place = told.parts_from or await fitting.usual_place(session, visit)
    await fitting.take(session, visit, ticket, place, viewer, now)
    if visit.result == "gas_leak":
        await ticket_service.raise_safety(session, ticket, "gas", now)
    await tickets.move(session, ticket, _MOVE_AFTER[visit.result], viewer, now, zone)


def _need(visit: EngineerVisit, step: str) -> None:
    lacking = rules.missing(step, dict.fromkeys(visit.checked, True), visit.result)
    if lacking:
        fields = [{"field": f"checked.{key}", "detail": rules.ALL[key]} for key in lacking]
        raise StepsMissing(f"还有 {len(lacking)} 项没做：{rules.ALL[lacking[0]]}", fields=fields)


def _check_signed(visit: EngineerVisit, told: VisitReport) -> None:
    if told.finish_code:
        if not secrets.compare_digest(told.finish_code, visit.finish_code):
            raise Invalid("完工码不对", fields=[{"field": "finish_code", "detail": "完工码不对"}])
        visit.signed_by = visit.signed_by or "完工码"
    if not visit.signed_by:
        raise StepsMissing("请客户签名，或填完工码", fields=[{"field": "signed_by", "detail": "请客户签名"}])


def summary(visit: EngineerVisit) -> str:
    """Return the visit's end as the timeline tells it."""
    parts = "、".join(f"{part['name']}×{part['quantity']}" for part in visit.parts)
    pieces = [f"上门结束：{rules.RESULTS[visit.result]}", visit.result_note, f"换 {parts}" if parts else ""]
    pieces.append(charge.told(visit.charges, visit.charged_fen, visit.proposed_fen, visit.charge_reason))
    return "；".join(piece for piece in pieces if piece)
