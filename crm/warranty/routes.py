"""The warranty, asked by the page or a program: the very judgement that the phone speaks."""

from typing import Annotated

from fastapi import APIRouter, Body

from crm.policy.warranty import judge
from crm.rules.service import warranty_rules
from crm.warranty.schemas import WarrantyForm, WarrantyQuestion, warranty_form
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["warranty"])
_EXAMPLE = {"product_class": "boiler", "invoice_on": "2025-12-01", "receipt": "yes", "serial_matches": "yes"}


@router.post("/warranty", operation_id="judgeWarranty")
async def judge_warranty(
    body: Annotated[WarrantyQuestion, Body(examples=[_EXAMPLE])], session: SessionDep, lens: LensDep
) -> WarrantyForm:
    """Rights, until when, fees and reasons with the sentence of the document behind each. Nothing is stored."""
    today = lens.now.astimezone(lens.zone).date()
    return warranty_form(judge(body.question(today), await warranty_rules(session)))
