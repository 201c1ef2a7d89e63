"""Rules of messages: one door for all channels; the same message twice is one ticket; nothing is revealed to strangers.

A channel signs as crm signs its webhooks: HMAC-SHA256 over "<timestamp>.<body>" (crm.policy.webhooks.signature). A
timestamp more than five minutes off is refused, and within them the message id makes a replay harmless.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.accounts.schemas import Viewer
from crm.accounts.service import Throttle, keyed_hash
from crm.audit.service import note
from crm.callbacks import service as callbacks
from crm.customers import service as customers
from crm.desk.service import own_number
from crm.errors import Invalid
from crm.events.service import begin_writing
from crm.messages import repository
from crm.messages.errors import MessageReused, NoChannel, NotOurs, TooMany
from crm.messages.models import Channel, Message
from crm.messages.schemas import BoardMessage, ChannelDraft, MessageFields, SignedMessage
from crm.policy.webhooks import signature
from crm.tickets import service as tickets
from crm.tickets.models import Ticket
from crm.tickets.service import Heard, Opening
from danger.find import CHECK, KINDS, find_safety, without_denials
from danger.words import shipped_words

WINDOW = timedelta(minutes=5)
FROM_ONE_PLACE = 5  # messages within the throttle's quarter of an hour
OF_ONE_NUMBER = 3
OF_ALL = 300
WRONG_SIGNATURES = 20
BOARD = "官网留言"
DOUBTFUL = "留言里像是提到危险，但没有说定，请先打电话核实有没有漏气、中毒、着火或漏电"
_NOBODY = "0" * 43  # compared with for an unknown channel, so that it takes as long


async def add_channel(session: AsyncSession, draft: ChannelDraft, viewer: Viewer, now: datetime) -> Channel:
    """Add a channel with a new secret."""
    row = Channel(
        id=uuid4().hex, name=draft.name, kind=draft.kind, secret=secrets.token_urlsafe(32), active=True,
        created_by=viewer.name, created_at=now,
    )  # fmt: skip
    await repository.add(session, row)
    await note(session, viewer, "channel_added", "channel", row.id, now, detail=draft.name)
    return row


async def remove_channel(session: AsyncSession, channel_id: str, viewer: Viewer, now: datetime) -> None:
    """Remove a channel; raises NoChannel."""
    row = await repository.channel(session, channel_id)
    if row is None:
        raise NoChannel("没有这个渠道")
    await repository.remove(session, row)
    await note(session, viewer, "channel_removed", "channel", channel_id, now, detail=row.name)


async def check_sender(
    session: AsyncSession, channel_id: str, timestamp: str, signed: str, body: bytes, now: datetime
) -> Channel:
    """Return the channel that signed this body; raises NotOurs."""
    row = await repository.channel(session, channel_id)
    stamp = int(timestamp) if timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12 else 0
    expected = signature(row.secret if row else _NOBODY, stamp, body)
    right = hmac.compare_digest(expected.encode(), signed.encode())  # a header may hold any byte
    if row is None or not row.active or not right or abs(now.timestamp() - stamp) > WINDOW.total_seconds():
        raise NotOurs("签名不对，或时间相差超过 5 分钟")
    return row


async def take_signed(
    session: AsyncSession, channel: Channel, message: SignedMessage, key: str, now: datetime
) -> tuple[Message, bool]:
    """Take a channel's message; returns it and whether it was taken before. Raises MessageReused, Invalid."""
    await begin_writing(session)
    channel.last_at = now
    return await _take(session, channel.id, channel.name, message.message_id, message, key, now)


async def take_from_board(session: AsyncSession, message: BoardMessage, key: str, now: datetime) -> None:
    """Take a message of the message board, unless a program filled the field that people do not see."""
    if message.website:
        return
    await begin_writing(session)
    # the page's own id, else the day; with the words, so that no id can hide another message
    message_id = f"{message.message_id or f'{now:%Y%m%d}'}-{_digest(message, key)[:40]}"
    await _take(session, "", BOARD, message_id, message, key, now)


async def limit(throttle: Throttle, place: str, number: str, key: str, now: datetime) -> None:
    """Count a message of the board; raises TooMany. Places and numbers are counted by their keyed hashes."""
    counted = [("place", place, FROM_ONE_PLACE), ("all", "", OF_ALL)]
    counted += [("number", number, OF_ONE_NUMBER)] if number else []
    for name, value, most in counted:
        count, _ = await throttle.attempt(f"message:{name}:{keyed_hash(key, value)}", now)
        if count > most:
            raise TooMany("留言太频繁，请过一会儿再试，或拨打 400-172-6011")


async def limit_wrong(throttle: Throttle, place: str, key: str, now: datetime) -> None:
    """Count a wrong signature; raises TooMany."""
    count, _ = await throttle.attempt(f"message:wrong:{keyed_hash(key, place)}", now)
    if count > WRONG_SIGNATURES:
        raise TooMany("错误太多，请过一会儿再试")


async def _take(
    session: AsyncSession, channel: str, actor: str, message_id: str, message: MessageFields, key: str,
    now: datetime,
) -> tuple[Message, bool]:  # fmt: skip
    digest = _digest(message, key)
    held = await repository.message(session, channel, message_id)
    if held is not None:
        if held.digest != digest:
            raise MessageReused("这个消息编号已用于另一条消息")
        return held, True
    e164 = phone.to_e164(message.phone) if message.phone else ""
    if message.phone and not e164:
        why = phone.why_not(message.phone)
        raise Invalid(why, fields=[{"field": "phone", "detail": why}])
    customer = await customers.learn_caller(session, e164, now)
    opening = Opening(
        no=await own_number(session, now), kind=message.kind, priority="normal", caller_e164=e164,
        customer=customer.id if customer else None,
    )  # fmt: skip
    ticket = await tickets.open_ticket(session, opening, _heard(message, e164), now, actor)
    await tickets.record(session, ticket, now, kind="note", actor=actor, text=message.text)
    await _raise_danger(session, ticket, message.text, now, actor)
    row = Message(channel_id=channel, message_id=message_id, digest=digest, ticket_no=ticket.no, at=now)
    await repository.add(session, row)
    return row, False


async def _raise_danger(session: AsyncSession, ticket: Ticket, text: str, now: datetime, actor: str) -> None:
    """Make a message that tells of a danger an emergency, by the words of the phone.

    Somebody who left a number is rung back at once. Where the phone would ask, nobody can be asked here: such a ticket
    is pressing, and says what to find out first; but who plainly writes that there is no danger is believed.
    """
    danger = find_safety(without_denials(text, shipped_words()), shipped_words())
    if danger in KINDS:
        await tickets.change_kind(session, ticket, "repair", now, actor)
        await tickets.raise_safety(session, ticket, danger, now, actor)
        if ticket.caller_e164:
            await callbacks.ask_for_written(session, ticket.no, ticket.caller_e164, now)
    elif danger == CHECK:
        await tickets.raise_priority(session, ticket, "high", now, actor)
        await tickets.record(session, ticket, now, kind="note", actor=actor, text=DOUBTFUL)


def _heard(message: MessageFields, e164: str) -> list[Heard]:
    """Return the slots that a message fills; nobody has verified any of them."""
    told = {
        "statement": {"text": message.text},
        "name": {"text": message.name},
        "contact": {"number": e164},
        "address": {"text": message.address},
        "product": {"text": message.product},
        "fault_code": {"canonical": message.fault_code.upper()},
        "reply_to": {"text": message.reply_to if isinstance(message, SignedMessage) else ""},
    }
    return [Heard(slot, value, "unverified", "message") for slot, value in told.items() if any(value.values())]


def _digest(message: MessageFields, key: str) -> str:
    told = message.model_dump_json(exclude={"message_id"})
    return hmac.new(key.encode(), told.encode(), hashlib.sha256).hexdigest()
