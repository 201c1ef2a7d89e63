"""Rules of what the engineer reports: set off, arrived, done; each step needs its lines of the checklist."""

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.errors import Invalid
from crm.policy import visit_rules as rules
from crm.tickets import service as ticket_service
from crm.tickets.models import Ticket
from crm.visits import fitting, tickets
from crm.visits.errors import NotNow, StepsMissing
from crm.visits.models import EngineerVisit
from crm.visits.planning import locked
from crm.visits.schemas import VisitReport, VisitRevoke

_FROM = {"save": rules.OPEN, "depart": {"planned"}, "arrive": {"planned", "on_the_way"}, "finish": {"on_site"}}
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
    late = _late(done_at, now, zone)
    if told.step == "finish" and told.result == "gas_leak" and visit.state == "on_the_way":
        await _arrive(session, visit, ticket, viewer, done_at, late, now, zone)
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
    visit.state, visit.result = "cancelled", ""
    visit.version += 1
    await tickets.note(session, ticket, text, viewer.name, now)
    await fitting.give_back(session, visit, ticket, viewer, now)
    await tickets.move(session, ticket, "reopen", viewer, now, zone)
    return visit


def _done_at(visit: EngineerVisit, told: VisitReport, now: datetime) -> datetime:
    """Return when it was done by the engineer's phone, never before the step that went before nor in the future."""
    before = visit.arrived_at or visit.departed_at or visit.created_at
    return min(max(told.at, before), now) if told.at else now


def _late(done_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return how a step that was sent later is told in the timeline, "" for one that was sent at once."""
    if now - done_at < _AT_ONCE:
        return ""
    return f"（当时手机没有网络，{done_at.astimezone(zone):%m-%d %H:%M} 做的）"


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
    for name in ("fee", "fee_agreed", "charged_fen", "code_found", "cause", "result", "result_note"):
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
        _check_money(visit)
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


def _check_money(visit: EngineerVisit) -> None:
    """In the warranty nothing is charged (二.一.(二).1); outside of it the customer agreed before (四.一.6)."""
    if visit.fee == "in" and (visit.charged_fen or any(part["fen"] != "0" for part in visit.parts)):
        raise Invalid("保修期内免费维修，不能收费", fields=[{"field": "charged_fen", "detail": "保修期内免费维修"}])
    if visit.charged_fen and not visit.fee_agreed:
        raise Invalid("收费要先报价，客户同意后再修", fields=[{"field": "fee_agreed", "detail": "客户还没有同意"}])


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
    pieces.append(f"收费 {visit.charged_fen / 100:.2f} 元" if visit.charged_fen else "未收费")
    return "；".join(piece for piece in pieces if piece)
