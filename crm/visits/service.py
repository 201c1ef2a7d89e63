"""What 400 tells somebody at the door: is this visit code good (dialogues, visit_code)?

Nothing of the customer is told: no name, number, address or fault. A number that gave five wrong codes within an hour
goes to a person; a withheld number shares its count with all withheld ones.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.engineers import repository as engineers
from crm.events.service import begin_writing
from crm.policy.visit_rules import code_expires_at
from crm.tickets import repository as ticket_rows
from crm.visits import repository, tickets
from crm.visits.models import CallbackCode, CodeCheck, EngineerVisit
from crm.visits.planning import new_code
from ivr.contract.desk import VisitCodeAnswer, VisitCodeVerdict

MOST_WRONG = 5
WRONG_WITHIN = timedelta(hours=1)
CALLBACK_LIFE = timedelta(days=7)
_IVR = "语音导航"


async def check_code(session: AsyncSession, code: str, caller: str, now: datetime, zone: ZoneInfo) -> VisitCodeAnswer:
    """Tell whether six digits are a visit's or a call-back's; every asking is written down.

    caller: E.164, "" when withheld. A caller with an open visit of his own and another's code gets bad(other_ticket).
    """
    await begin_writing(session)
    wrong = await repository.wrong_since(session, caller, now - WRONG_WITHIN)
    visit = await repository.by_code(session, code) if _is_code(code) else None
    if wrong >= MOST_WRONG:
        answer = _bad("too_many")
    elif visit is not None:
        answer = await _of_visit(session, visit, caller, now, zone)
    else:
        answer = await _of_callback(session, code, now, zone)
    told = {"too_many": "refused", "no_code": "none"}.get(answer.reason, answer.verdict.value)
    checked = CodeCheck(at=now, caller_e164=caller, visit_id=visit.id if visit else None, answer=told)
    await repository.add(session, checked)
    if visit is not None:
        await _note(session, visit, caller, answer, now)
    return answer


async def make_callback_code(session: AsyncSession, ticket: str, now: datetime) -> str:
    """Return six digits for a call of ours that the customer may verify at 400 for a week."""
    code = await new_code(session)
    await repository.add(
        session, CallbackCode(code=code, ticket_no=ticket or None, called_at=now, expires_at=now + CALLBACK_LIFE)
    )
    return code


async def _of_visit(
    session: AsyncSession, visit: EngineerVisit, caller: str, now: datetime, zone: ZoneInfo
) -> VisitCodeAnswer:
    if now > code_expires_at(visit.ends_at):
        return _bad("expired")
    own = await ticket_rows.of_caller(session, customer="", e164=caller, only_open=True, limit=20) if caller else []
    mine = await repository.open_of_tickets(session, [ticket.no for ticket in own])
    if mine and visit.id not in {item.id for item in mine}:
        return _bad("other_ticket")
    engineer = await engineers.get(session, visit.engineer_id)
    if engineer is None:
        return _bad("unknown")
    return VisitCodeAnswer(
        verdict=VisitCodeVerdict.OK,
        engineer=engineer.name,
        badge_no=engineer.badge_no,
        window=tickets.window(visit.starts_at, visit.ends_at, zone),
        fee=visit.fee if visit.fee in ("in", "out") else "",
    )


async def _of_callback(session: AsyncSession, code: str, now: datetime, zone: ZoneInfo) -> VisitCodeAnswer:
    held = await repository.callback_code(session, code) if _is_code(code) else None
    if held is None:
        return _bad("unknown" if _is_code(code) else "no_code")
    if now > held.expires_at:
        return _bad("expired")
    day = held.called_at.astimezone(zone).date().isoformat()
    return VisitCodeAnswer(verdict=VisitCodeVerdict.CALLBACK, date=day)


async def _note(
    session: AsyncSession, visit: EngineerVisit, caller: str, answer: VisitCodeAnswer, now: datetime
) -> None:
    ticket = await ticket_rows.get(session, visit.ticket_no, lock=True)
    if ticket is not None:
        result = "对上" if answer.verdict is VisitCodeVerdict.OK else f"没对上（{answer.reason}）"
        await tickets.note(session, ticket, f"有人核对师傅：{result}，来电 {phone.masked(caller) or '匿名'}", _IVR, now)


def _bad(reason: str) -> VisitCodeAnswer:
    return VisitCodeAnswer(verdict=VisitCodeVerdict.BAD, reason=reason)


def _is_code(code: str) -> bool:
    return len(code) == 6 and code.isascii() and code.isdigit()
