"""Status and metrics."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.web.context import PartsDep, TransactionalRoute, ViewerDep
from crm.web.health import StatusForm

open_router = APIRouter(tags=["system"])
router = APIRouter(route_class=TransactionalRoute, tags=["system"])


@open_router.get("/status", operation_id="getStatus")
async def get_status(parts: PartsDep) -> StatusForm:
    """Which parts are well; needs no log-in and no database."""
    return parts.health.status()


@router.get("/metrics", operation_id="getMetrics", response_class=Response)
async def get_metrics(viewer: ViewerDep) -> Response:
    """Prometheus text."""
    if not viewer.program:
        require(viewer, Role.SUPERVISOR, Role.ADMIN)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
