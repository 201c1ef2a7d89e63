"""Webhooks: added, switched, removed and told again by administrators, who see what was taken."""

from typing import Annotated

from fastapi import APIRouter, Path

from crm.accounts.schemas import Role
from crm.accounts.service import require
from crm.paging import Cursor, Slice, SliceSize, encode_key
from crm.web.context import LensDep, SessionDep, TransactionalRoute
from crm.webhooks import repository, service
from crm.webhooks.schemas import (
    DeliveryForm,
    WebhookAgain,
    WebhookDraft,
    WebhookForm,
    WebhookSwitch,
    delivery_form,
    webhook_form,
)

router = APIRouter(route_class=TransactionalRoute, tags=["webhooks"])
WebhookPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.get("/webhooks", operation_id="listWebhooks")
async def list_webhooks(session: SessionDep, lens: LensDep) -> list[WebhookForm]:
    """Who is told of events, and how that goes."""
    require(lens.viewer, Role.ADMIN)
    return [webhook_form(row, waiting) for row, waiting in await repository.listed(session)]


@router.post("/webhooks", operation_id="addWebhook", status_code=201)
async def add_webhook(body: WebhookDraft, session: SessionDep, lens: LensDep) -> WebhookForm:
    """Tell an address of events from now on; the answer shows the secret of the signature, once."""
    require(lens.viewer, Role.ADMIN)
    row = await service.add(session, url=body.url, kinds=list(body.kinds), viewer=lens.viewer, now=lens.now)
    return webhook_form(row, 0, with_secret=True)


@router.delete("/webhooks/{webhook}", operation_id="removeWebhook", status_code=204)
async def remove_webhook(webhook: WebhookPath, session: SessionDep, lens: LensDep) -> None:
    """Tell it no more."""
    require(lens.viewer, Role.ADMIN)
    await service.remove(session, webhook, viewer=lens.viewer, now=lens.now)


@router.patch("/webhooks/{webhook}", operation_id="switchWebhook", status_code=204)
async def switch_webhook(webhook: WebhookPath, body: WebhookSwitch, session: SessionDep, lens: LensDep) -> None:
    """Tell it no more, or again and then what it missed."""
    require(lens.viewer, Role.ADMIN)
    await service.switch(session, webhook, body.active, viewer=lens.viewer, now=lens.now)


@router.post("/webhooks/{webhook}/again", operation_id="tellWebhookAgain", status_code=204)
async def tell_webhook_again(webhook: WebhookPath, body: WebhookAgain, session: SessionDep, lens: LensDep) -> None:
    """Tell all from an event on once more, without a wait."""
    require(lens.viewer, Role.ADMIN)
    await service.tell_again(session, webhook, body.from_event, viewer=lens.viewer, now=lens.now)


@router.get("/webhooks/{webhook}/deliveries", operation_id="listDeliveries")
async def list_deliveries(
    webhook: WebhookPath, session: SessionDep, lens: LensDep, cursor: Cursor = "", size: SliceSize = 50
) -> Slice[DeliveryForm]:
    """What a webhook was told and is yet to be told, the newest event first."""
    require(lens.viewer, Role.ADMIN)
    row = await service.existing(session, webhook, lock=False)
    found = await repository.wanted(session, row, cursor, size + 1)
    untaken = await repository.untold(session, row, 1)
    first = untaken[0].seq if untaken else 0
    items = [delivery_form(event, row, first) for event in found[:size]]
    return Slice(items=items, next=encode_key(str(items[-1].event)) if len(found) > size else "")
