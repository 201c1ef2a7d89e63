"""The one format of messages from outside, and the channels that may send it."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from crm.messages.models import Channel
from crm.wire import Change, Shape, Text, Time, example

ChannelKind = Literal["web", "wechat", "wecom", "email", "other"]
MessageKind = Literal["consult", "complaint", "repair", "install", "tech_support"]
MessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:@+-]{1,120}$")]
_EXAMPLE: Any = {
    "message_id": "oX3k-1732600000-7", "kind": "repair", "text": "壁挂炉报E1，没有热水", "name": "陈国强",
    "phone": "13800138000", "address": "佛山市顺德区容桂街道凤翔路18号", "fault_code": "E01", "reply_to": "oX3kQ5u0",
}  # fmt: skip


class MessageFields(Change):
    """What somebody wrote. phone: as written by people; a message without one is kept too."""

    kind: MessageKind = "consult"
    text: Annotated[Text, Field(min_length=2, max_length=2000)]
    name: Annotated[Text, Field(max_length=40)] = ""
    phone: Annotated[Text, Field(max_length=40)] = ""
    address: Annotated[Text, Field(max_length=200)] = ""
    product: Annotated[Text, Field(max_length=60)] = ""
    fault_code: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,8}$")] = ""


class SignedMessage(MessageFields):
    """A message of a channel. message_id: the channel's own, never used for another message (idempotency key).

    reply_to: whom the channel answers (openid, e-mail address); the ticket shows it.
    """

    model_config = example(**_EXAMPLE)
    message_id: MessageId
    reply_to: Annotated[Text, Field(max_length=200)] = ""


class BoardMessage(MessageFields):
    """A message of the website's message board. phone or an e-mail address in the text is how we answer.

    website: must stay empty; people do not see the field, programs fill it. message_id: made by the page, so that a
    double press is one message.
    """

    model_config = example(text="请问安装要收费吗？", name="陈先生", phone="13800138000", website="")
    message_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{0,64}$")] = ""
    website: Annotated[Text, Field(max_length=500)] = ""


class Received(Shape):
    """The message board's answer, the same for every message."""

    received: Literal[True] = True


class Taken(Shape):
    """A channel's answer. again: the message was taken before, by the same id."""

    message_id: str
    ticket: str
    again: bool


class ChannelDraft(Change):
    """A new channel."""

    model_config = example(name="微信公众号", kind="wechat")
    name: Annotated[Text, Field(min_length=1, max_length=40)]
    kind: ChannelKind


class ChannelForm(Shape):
    """A channel. secret is shown once, when it is added; else ""."""

    id: str
    name: str
    kind: str
    created_by: str
    created_at: Time
    last_at: Time | None
    secret: str


def channel_form(row: Channel, *, with_secret: bool = False) -> ChannelForm:
    """Return a channel's wire form."""
    return ChannelForm(
        id=row.id, name=row.name, kind=row.kind, created_by=row.created_by, created_at=row.created_at,
        last_at=row.last_at, secret=row.secret if with_secret else "",
    )  # fmt: skip
