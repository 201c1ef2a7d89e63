"""Facts come in: each is stored once under (node, seq) and applied, or stored as rejected; nothing is lost."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm.callbacks import duty
from crm.calls.models import Contact
from crm.database import milliseconds, storable
from crm.desk import callback_facts as callbacks
from crm.desk import dialogue_facts as dialogue
from crm.desk import follow_up_facts as follow_ups
from crm.desk import found_calls, repository
from crm.desk import matter_facts as matters
from crm.desk import queue_facts as queue
from crm.desk.errors import FactRejected, JournalConflict
from crm.desk.models import ReceivedFact
from crm.events.service import EventKind, append, begin_writing
from ivr.contract import facts
from ivr.contract.envelope import Envelope, parse_fact

log = structlog.get_logger(__name__)

FACTS = Counter("hotline_facts", "Facts received from ivr", ["kind", "status"])


async def take(session: AsyncSession, node: str, envelopes: Sequence[Envelope], now: datetime) -> int:
    """Apply one node's facts in the order given; returns the highest seq of the node that crm holds.

    A fact already held is skipped. Raises JournalConflict when a held number carries another fact.
    """
    keeper = await repository.lock_node(session, node)
    await begin_writing(session)
    for envelope in envelopes:
        await _take_one(session, envelope, now, keeper.high)
        keeper.high = max(keeper.high, envelope.seq)
    return keeper.high


async def _take_one(session: AsyncSession, envelope: Envelope, now: datetime, high: int) -> None:
    at = milliseconds(envelope.at)
    wire = envelope.to_json()
    kind, data = envelope.fact.KIND, storable(wire["data"])
    held = await repository.received(session, envelope.node, envelope.seq)
    if held is not None and held.status == "erased":
        return  # what it said is gone by its person's wish: it cannot be compared, and must not come back
    if held is not None:
        if (held.at, held.contact, held.kind, held.data) != (at, storable(envelope.contact), kind, data):
            log.error("journal_conflict", node=envelope.node, seq=envelope.seq, kind=kind)
            raise JournalConflict(f"{envelope.node} 的第 {envelope.seq} 条与已收到的不同", members={"highest": high})
        return
    reason = ""
    try:
        async with session.begin_nested():
            await _apply(session, envelope.contact, parse_fact(kind, data), at)
    except FactRejected as rejected:
        reason = rejected.reason
    except (IntegrityError, DataError) as error:
        reason = f"database: {type(error.orig).__name__}"
    status = "rejected" if reason else "applied"
    await repository.add(
        session,
        ReceivedFact(
            node=envelope.node,
            seq=envelope.seq,
            at=at,
            contact=storable(envelope.contact),
            kind=kind,
            data=data,
            received_at=now,
            status=status,
            reason=reason,
        ),
    )
    FACTS.labels(kind, status).inc()
    if reason:
        log.error("fact_rejected", node=envelope.node, seq=envelope.seq, kind=kind, reason=reason)
        await append(session, EventKind.ALARM, at)


async def _apply(session: AsyncSession, contact_id: str, fact: facts.Fact, at: datetime) -> None:
    if isinstance(fact, facts.AgentPhoneChanged):
        await queue.agent_phone_changed(session, fact, at)
        return
    if isinstance(fact, facts.DutyTaken):
        if not await duty.taken(session, fact.task, fact.number, at):
            raise FactRejected("no_such_task")
        return
    if isinstance(fact, facts.FollowUpRang):
        await follow_ups.rang(session, fact, at)
        return
    if not (0 < len(contact_id) <= 64 and contact_id.isascii() and contact_id.replace("-", "").isalnum()):
        raise FactRejected("bad_contact_id")
    contact = await dialogue.ensure_contact(session, contact_id, at)
    await _apply_to_contact(session, contact, fact, at)
    await session.flush()
    await append(session, EventKind.CONTACT, at, contact=contact_id, agent=getattr(fact, "agent", ""))


async def _apply_to_contact(session: AsyncSession, contact: Contact, fact: facts.Fact, at: datetime) -> None:
    match fact:
        case facts.ContactStarted():
            await dialogue.contact_started(session, contact, fact, at)
        case facts.NodeEntered():
            await dialogue.node_entered(session, contact, fact, at)
        case facts.TurnEnded():
            await dialogue.turn_ended(session, contact, fact, at)
        case facts.MatterOpened():
            await matters.matter_opened(session, contact, fact, at)
        case facts.TicketAsked():
            await matters.ticket_asked(session, contact, fact, at)
        case facts.TicketUrged():
            await matters.ticket_urged(session, fact, at)
        case facts.SlotFilled():
            await matters.slot_filled(session, contact, fact, at)
        case facts.TicketOpened():
            await matters.ticket_opened(session, contact, fact, at)
        case facts.SafetyRaised():
            await matters.safety_raised(session, contact, fact, at)
        case facts.SafetyCleared():
            await matters.safety_cleared(session, contact, fact, at)
        case facts.CallbackRequested():
            await callbacks.callback_requested(session, contact, fact, at)
        case facts.CallbackRang():
            await callbacks.callback_rang(session, contact, fact, at)
        case facts.FollowUpTold():
            await follow_ups.told(session, contact, fact, at)
        case facts.HandedOver():
            dialogue.handed_over(contact, fact, at)
        case facts.VoicemailRecorded():
            await callbacks.voicemail_recorded(session, contact, fact, at)
        case facts.QueueJoined():
            await queue.queue_joined(session, contact, fact, at)
        case facts.AgentRinging():
            await queue.agent_ringing(session, contact, fact, at)
        case facts.AgentRingEnded():
            await queue.agent_ring_ended(session, contact, fact, at)
        case facts.AgentAnswered():
            await queue.agent_answered(session, contact, fact, at)
        case facts.TalkEnded():
            await queue.talk_ended(session, contact, fact, at)
        case facts.QueueLeft():
            await queue.queue_left(session, contact, fact, at)
        case facts.ContactEnded():
            await dialogue.contact_ended(session, contact, fact, at)
        case facts.RecordingFinished():
            await dialogue.recording_finished(session, contact, fact, at)
        case facts.CallFound():
            await found_calls.call_found(session, contact, fact, at)
        case facts.AgentPhoneChanged() | facts.DutyTaken() | facts.FollowUpRang():
            raise AssertionError("agents' and duty phones, and what only rang, belong to no contact")
        case _:
            assert_never(fact)
