"""The warranty as the phone hears it: the one judgement of crm.policy, cut to what may be spoken."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from crm.desk.schemas import WarrantyAsk
from crm.policy.warranty import judge
from crm.policy.warranty_terms import Cause, Known, Line, Precision, ProductClass, Question
from crm.rules.service import warranty_rules
from ivr.contract.desk import WarrantyAnswer, WarrantyLine


async def answer(session: AsyncSession, asked: WarrantyAsk, today: date) -> WarrantyAnswer:
    """Return the spoken line with its last day; a line that promises nothing has none."""
    proof = Known(asked.has_proof)
    question = Question(
        product_class=ProductClass(asked.product_class),
        day=today,
        told_on=asked.bought_on,
        precision=Precision(asked.precision),
        card=proof if proof is not Known.YES else Known.UNKNOWN,
        receipt=proof,
        cause=Cause(asked.cause) if asked.cause else Cause.UNKNOWN,
    )
    verdict = judge(question, await warranty_rules(session))
    promises = verdict.spoken not in (Line.UNKNOWN, Line.NO_PROOF) and verdict.until is not None
    return WarrantyAnswer(
        line=WarrantyLine(verdict.spoken.value),
        until=verdict.until.isoformat() if promises and verdict.until else "",
        reasons=tuple(reason.code for reason in verdict.reasons),
    )
