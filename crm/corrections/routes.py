"""Corrections: whether what an agent corrected was misheard."""

from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.corrections import service
from crm.corrections.schemas import SampleJudged
from crm.tickets.routes import TicketNo
from crm.tickets.schemas import TicketForm
from crm.views import tickets as view
from crm.web.context import LensDep, SessionDep, TransactionalRoute

router = APIRouter(route_class=TransactionalRoute, tags=["tickets"])
SlotPath = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")]


@router.put("/tickets/{no}/samples/{slot}", operation_id="judgeSample")
async def judge_sample(
    no: TicketNo, slot: SlotPath, body: SampleJudged, session: SessionDep, lens: LensDep
) -> TicketForm:
    """Say of a corrected slot whether the recognizer misheard, which keeps it as a sample, or the caller changed his
    mind. 404 for a slot that was not corrected, or of which there is no clip."""
    require(lens.viewer, Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR)
    ticket = await service.judge(session, no, slot, lens.now, misheard=body.misheard)
    return await view.ticket(session, ticket, lens)
