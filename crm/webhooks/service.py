"""Telling webhooks: at least once, in order, one event a request; what fails is told again later and later.

An event names its subject by ids only: no personal data leaves; the receiver asks the API for the thing as it stands.
A repeated delivery carries the same X-Hotline-Event number, by which the receiver knows it.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Viewer
from crm.audit.service import note
from crm.errors import Invalid, NotFound
from crm.events import repository as events
from crm.events.models import Event
from crm.policy.webhooks import signature, wait_after
from crm.transaction import UnitOfWork
from crm.webhooks import repository
from crm.webhooks.models import Webhook
from crm.wire import show_time

log = structlog.get_logger(__name__)

BATCH = 20
CLAIM = timedelta(minutes=2)
TIMEOUT_S = 5.0


class NoWebhook(NotFound):
    """There is no such webhook."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one webhook is to be told now. after: the newest event it had taken."""

    webhook: str
    url: str
    secret: str
    after: int
    events: tuple[Event, ...]


async def add(session: AsyncSession, *, url: str, kinds: list[str], viewer: Viewer, now: datetime) -> Webhook:
    """Add a webhook that is told what happens from now on; raises Invalid for an address that is none."""
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise _bad_url() from error
    if address.scheme not in ("http", "https") or not address.host or address.userinfo:
        raise _bad_url()
    newest = await events.highest(session)
    row = Webhook(
        id=uuid4().hex,
        url=url,
        secret=secrets.token_urlsafe(32),
        kinds=sorted(set(kinds)),
        active=True,
        first_seq=newest,
        sent_seq=newest,
        failures=0,
        next_at=now,
        created_by=viewer.name,
        created_at=now,
    )
    await repository.add(session, row)
    await note(session, viewer, "webhook_added", "webhook", row.id, now, detail=address.host)
    return row


async def remove(session: AsyncSession, webhook: str, *, viewer: Viewer, now: datetime) -> None:
    """Delete a webhook; raises NoWebhook."""
    row = await existing(session, webhook)
    await repository.delete(session, row)
    await note(session, viewer, "webhook_removed", "webhook", webhook, now, detail=httpx.URL(row.url).host)


async def existing(session: AsyncSession, webhook: str, *, lock: bool = True) -> Webhook:
    """Return a webhook; raises NoWebhook."""
    row = await repository.get(session, webhook, lock=lock)
    if row is None:
        raise NoWebhook("没有这个推送地址")
    return row


async def switch(session: AsyncSession, webhook: str, active: bool, *, viewer: Viewer, now: datetime) -> None:
    """Tell a webhook no more, or again, and then what it missed; raises NoWebhook."""
    row = await existing(session, webhook)
    if row.active == active:
        return
    row.active, row.next_at = active, now
    action = "webhook_on" if active else "webhook_off"
    await note(session, viewer, action, "webhook", webhook, now, detail=httpx.URL(row.url).host)


async def tell_again(session: AsyncSession, webhook: str, from_event: int, *, viewer: Viewer, now: datetime) -> None:
    """Tell all from an event on once more, no further back than the webhook's beginning; raises NoWebhook."""
    row = await existing(session, webhook)
    row.sent_seq = max(row.first_seq, min(row.sent_seq, from_event - 1))
    row.next_at = now
    await note(session, viewer, "webhook_again", "webhook", webhook, now, detail=f"从第 {row.sent_seq + 1} 号起")


async def tell(work: UnitOfWork, client: httpx.AsyncClient, now: datetime) -> int:
    """Tell every webhook that is due its next events; returns how many were taken. No transaction waits meanwhile."""
    async with work() as session:
        parcels = await _claim(session, now)
    taken = 0
    for parcel in parcels:
        count, result = await _send(client, parcel, now)
        taken += count
        async with work() as session:
            await _settle(session, parcel, count, result, now)
    return taken


async def _claim(session: AsyncSession, now: datetime) -> list[Parcel]:
    parcels = []
    for row in await repository.due(session, now):
        found = await repository.untold(session, row, BATCH)
        if found:
            row.next_at = now + CLAIM  # so that another process leaves it alone; _settle sets the real time
            parcels.append(Parcel(row.id, row.url, row.secret, row.sent_seq, tuple(found)))
    return parcels


async def _send(client: httpx.AsyncClient, parcel: Parcel, now: datetime) -> tuple[int, str]:
    """Send events until one is not taken; returns how many were, and "" or what went wrong."""
    for index, event in enumerate(parcel.events):
        body = _body(event)
        stamp = int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "X-Hotline-Event": str(event.seq),
            "X-Hotline-Timestamp": str(stamp),
            "X-Hotline-Signature": signature(parcel.secret, stamp, body),
        }
        try:
            answer = await client.post(
                parcel.url, content=body, headers=headers, timeout=TIMEOUT_S, follow_redirects=False
            )
        except httpx.HTTPError as error:
            return index, type(error).__name__
        if not answer.is_success:
            return index, f"HTTP {answer.status_code}"
    return len(parcel.events), ""


async def _settle(session: AsyncSession, parcel: Parcel, count: int, result: str, now: datetime) -> None:
    row = await repository.get(session, parcel.webhook)
    if row is None:  # deleted meanwhile
        return
    if count:
        row.failures = 0
        if row.sent_seq == parcel.after:  # else somebody asked meanwhile that it be told again
            row.sent_seq = parcel.events[count - 1].seq
    row.last_at, row.last_result = now, result
    row.next_at = now
    if result:
        row.failures += 1
        row.next_at = now + wait_after(row.failures)
        log.warning("webhook_failed", webhook=row.id, failures=row.failures, result=result)


def _body(event: Event) -> bytes:
    told = {
        "event": event.seq,
        "kind": event.kind,
        "at": show_time(event.at),
        "ticket": event.ticket,
        "contact": event.contact,
        "customer": event.customer,
        "agent": event.agent,
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _bad_url() -> Invalid:
    return Invalid("推送地址不对，要以 http:// 或 https:// 开头", fields=[{"field": "url", "detail": "地址不对"}])
