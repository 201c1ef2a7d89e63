"""Acknowledgements of cards, the board, and the queues."""

from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import Role, Viewer
from crm.accounts.service import require
from crm.board.schemas import Board
from crm.live import service
from crm.live.schemas import Acknowledgement, Acted
from crm.views import board as board_view
from crm.web.context import LensDep, PartsDep, SessionDep, TransactionalRoute, ViewerDep
from crm.wire import Shape
from crm.words import QUEUES

router = APIRouter(route_class=TransactionalRoute, tags=["live"])
PopPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class QueueForm(Shape):
    """A queue."""

    queue: str
    name: str


@router.post("/pops/{pop}/received", operation_id="popReceived", status_code=204)
async def received(pop: PopPath, body: Acknowledgement, session: SessionDep, lens: LensDep) -> None:
    """The page has the card."""
    await service.acknowledge(
        session, pop, "received", page_time=body.page_time, now=lens.now, agent=_agent(lens.viewer)
    )


@router.post("/pops/{pop}/shown", operation_id="popShown", status_code=204)
async def shown(pop: PopPath, body: Acknowledgement, session: SessionDep, lens: LensDep) -> None:
    """The page has painted the card."""
    await service.acknowledge(session, pop, "shown", page_time=body.page_time, now=lens.now, agent=_agent(lens.viewer))


@router.post("/pops/{pop}/acted", operation_id="popActed", status_code=204)
async def acted(pop: PopPath, body: Acted, session: SessionDep, lens: LensDep) -> None:
    """The agent did something with the card."""
    agent = _agent(lens.viewer)
    await service.acknowledge(session, pop, "acted", page_time=body.page_time, now=lens.now, agent=agent, act=body.act)


@router.get("/board", operation_id="getBoard")
async def get_board(session: SessionDep, lens: LensDep, parts: PartsDep) -> Board:
    """What is happening now."""
    require(lens.viewer, Role.SUPERVISOR, Role.ADMIN)
    return await board_view.board(session, parts.rules, parts.health.telephony, lens.now)


@router.get("/queues", operation_id="listQueues")
async def list_queues(_: ViewerDep) -> list[QueueForm]:
    """The queues, the most pressing first."""
    return [QueueForm(queue=queue, name=name) for queue, name in QUEUES.items()]


def _agent(viewer: Viewer) -> str:
    """Return whose cards the viewer may acknowledge; a robot with a token may do it for any."""
    return "" if viewer.program else viewer.extension or "-"
