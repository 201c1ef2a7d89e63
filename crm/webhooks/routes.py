"""Webhooks: listed, added and removed by administrators."""

from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.web.context import LensDep, SessionDep, TransactionalRoute
from crm.webhooks import repository, service
from crm.webhooks.schemas import WebhookDraft, WebhookForm, webhook_form

router = APIRouter(route_class=TransactionalRoute, tags=["webhooks"])


@router.get("/webhooks", operation_id="listWebhooks")
async def list_webhooks(session: SessionDep, lens: LensDep) -> list[WebhookForm]:
    """Who is told of events, and how that goes."""
    require(lens.viewer, Role.ADMIN)
    return [webhook_form(row) for row in await repository.listed(session)]


@router.post("/webhooks", operation_id="addWebhook", status_code=201)
async def add_webhook(body: WebhookDraft, session: SessionDep, lens: LensDep) -> WebhookForm:
    """Tell an address of events from now on; the answer shows the secret of the signature, once."""
    require(lens.viewer, Role.ADMIN)
    row = await service.add(session, url=body.url, kinds=list(body.kinds), viewer=lens.viewer, now=lens.now)
    return webhook_form(row, with_secret=True)


@router.delete("/webhooks/{webhook}", operation_id="removeWebhook", status_code=204)
async def remove_webhook(
    webhook: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")], session: SessionDep, lens: LensDep
) -> None:
    """Tell it no more."""
    require(lens.viewer, Role.ADMIN)
    await service.remove(session, webhook, viewer=lens.viewer, now=lens.now)
