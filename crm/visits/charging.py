"""What a visit is charged: proposed from the price list and the verdict, changed with a reason, kept as it was."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.errors import Invalid
from crm.parts import repository as parts
from crm.policy import charge
from crm.policy.charge import Charge, Used
from crm.visits.errors import StepsMissing
from crm.visits.fitting import code_of
from crm.visits.models import EngineerVisit


async def proposal(session: AsyncSession, fee: str, used: Sequence[Mapping[str, str]], now: datetime) -> Charge:
    """Return what the price list of today asks for. used: {name, quantity}."""
    prices = await parts.prices_on(session, now.date())
    known = await parts.by_codes(session, [code_of(part["name"]) for part in used])
    lines = [
        Used(part["name"], int(part["quantity"]), prices[code].fen if code in known and code in prices else None)
        for part in used
        for code in (code_of(part["name"]),)
    ]
    labor = prices.get(charge.LABOR)
    return charge.propose(fee, lines, labor.fen if labor else None)


async def settle(session: AsyncSession, visit: EngineerVisit, now: datetime) -> None:
    """Check what is charged at the end of a visit and keep how it came about; raises Invalid, StepsMissing.

    In the warranty nothing is charged (二.一.(二).1); outside of it the customer agreed before (四.一.6). Where that
    was left to be seen on site, nothing charged is a free repair.
    """
    if visit.fee == "in" and (visit.charged_fen or any(part["fen"] != "0" for part in visit.parts)):
        raise _wrong("charged_fen", "保修期内免费维修，不能收费")
    if visit.charged_fen and not visit.fee_agreed:
        raise _wrong("fee_agreed", "收费要先报价，客户同意后再修")
    free = visit.fee == "unknown" and not visit.charged_fen
    found = await proposal(session, "in" if free else visit.fee, visit.parts, now)
    if charge.needs_reason(found, visit.charged_fen, visit.result) and not visit.charge_reason:
        text = f"按价目表是 {(found.total or 0) / 100:.2f} 元，收得不一样请写原因"
        raise StepsMissing(text, fields=[{"field": "charge_reason", "detail": text}])
    visit.proposed_fen = found.total
    visit.charges = [
        {"kind": line.kind, "name": line.name, "quantity": str(line.quantity), "fen": str(line.fen)}
        for line in found.lines
        if line.fen is not None
    ]
    if found.total == visit.charged_fen:
        visit.charge_reason = ""


def _wrong(field: str, detail: str) -> Invalid:
    return Invalid(detail, fields=[{"field": field, "detail": detail}])
