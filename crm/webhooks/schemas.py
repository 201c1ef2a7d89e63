"""Wire forms of webhooks."""

from typing import Literal

from pydantic import Field

from crm.webhooks.models import Webhook
from crm.wire import Change, Shape, Text, Time, example

EventName = Literal["ticket", "contact", "callback", "customer", "clock", "alarm"]


class WebhookDraft(Change):
    """Where to tell, and of what."""

    model_config = example(url="https://erp.example/hotline", kinds=["ticket", "clock"])

    url: Text = Field(min_length=8, max_length=500)
    kinds: list[EventName] = Field(min_length=1, max_length=6)


class WebhookForm(Shape):
    """A webhook. secret is shown once, when it is added; else "". told_to: the newest event it has taken."""

    id: str
    url: str
    kinds: list[str]
    active: bool
    told_to: int
    failures: int
    next_at: Time
    last_at: Time | None
    last_result: str
    created_by: str
    created_at: Time
    secret: str


def webhook_form(row: Webhook, *, with_secret: bool = False) -> WebhookForm:
    """Return a webhook's wire form."""
    return WebhookForm(
        id=row.id,
        url=row.url,
        kinds=row.kinds,
        active=row.active,
        told_to=row.sent_seq,
        failures=row.failures,
        next_at=row.next_at,
        last_at=row.last_at,
        last_result=row.last_result,
        created_by=row.created_by,
        created_at=row.created_at,
        secret=row.secret if with_secret else "",
    )
