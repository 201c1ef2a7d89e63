"""Wire forms of webhooks."""

from typing import Literal

from pydantic import Field

from crm.events.models import Event
from crm.policy.webhooks import KINDS, STATES, delivery_state, failure_text
from crm.webhooks.models import Webhook
from crm.wire import Change, Shape, Text, Time, example

EventName = Literal["ticket", "contact", "callback", "customer", "clock", "alarm"]


class WebhookDraft(Change):
    """Where to tell, and of what."""

    model_config = example(url="https://erp.example/hotline", kinds=["ticket", "clock"])

    url: Text = Field(min_length=8, max_length=500)
    kinds: list[EventName] = Field(min_length=1, max_length=6)


class WebhookSwitch(Change):
    """Whether it is told; what happens while it is off is told once it is on again."""

    model_config = example(active=False)

    active: bool


class WebhookAgain(Change):
    """From which event on all is told again, at once; told_to + 1 only tries at once what waits."""

    model_config = example(from_event=4711)

    from_event: int = Field(ge=1, le=2**63 - 1)


class WebhookForm(Shape):
    """A webhook. secret is shown once, when it is added; else "". told_to: the newest event it has taken.

    waiting: events it has not taken yet, counted up to 1000; 1001: more than that.
    last_error: last_result as a person reads it.
    """

    id: str
    url: str
    kinds: list[str]
    active: bool
    told_to: int
    waiting: int
    failures: int
    next_at: Time
    last_at: Time | None
    last_result: str
    last_error: str
    created_by: str
    created_at: Time
    secret: str


class DeliveryForm(Shape):
    """An event that a webhook wants. state: taken | failing | waiting. Ids are "" where the event has none."""

    event: int
    kind: str
    kind_name: str
    at: Time
    ticket: str
    contact: str
    customer: str
    agent: str
    state: str
    state_name: str


def webhook_form(row: Webhook, waiting: int, *, with_secret: bool = False) -> WebhookForm:
    """Return a webhook's wire form."""
    return WebhookForm(
        id=row.id,
        url=row.url,
        kinds=row.kinds,
        active=row.active,
        told_to=row.sent_seq,
        waiting=waiting,
        failures=row.failures,
        next_at=row.next_at,
        last_at=row.last_at,
        last_result=row.last_result,
        last_error=failure_text(row.last_result),
        created_by=row.created_by,
        created_at=row.created_at,
        secret=row.secret if with_secret else "",
    )


def delivery_form(event: Event, row: Webhook, first_untaken: int) -> DeliveryForm:
    """Return how it stands with telling a webhook of an event. first_untaken: the oldest one it has not taken."""
    state = delivery_state(event.seq, row.sent_seq, first_untaken, row.failures)
    return DeliveryForm(
        event=event.seq,
        kind=event.kind,
        kind_name=KINDS[event.kind],
        at=event.at,
        ticket=event.ticket,
        contact=event.contact,
        customer=event.customer,
        agent=event.agent,
        state=state,
        state_name=STATES[state],
    )
