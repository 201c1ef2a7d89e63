"""The warranty, asked by the page or a program: the very judgement that the phone speaks."""

from fastapi import APIRouter

from crm.policy.warranty import judge
from crm.rules.service import warranty_rules
from crm.warranty.schemas import WarrantyForm, WarrantyQuestion, warranty_form
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["warranty"])


@router.post("/warranty", operation_id="judgeWarranty")
async def judge_warranty(body: WarrantyQuestion, session: SessionDep, lens: LensDep) -> WarrantyForm:
    """Rights, until when, fees and reasons with the sentence of the document behind each. Nothing is stored."""
    today = lens.now.astimezone(lens.zone).date()
    return warranty_form(judge(body.question(today), await warranty_rules(session)))
