"""Facts of queues and agents' phones become rows: visits, rings, pops, phone states."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.agents import repository as agents
from crm.callbacks import service as callbacks
from crm.callbacks import turns
from crm.calls import repository as calls
from crm.calls.models import Contact, Ring, Visit
from crm.desk.callback_facts import ring_back
from crm.desk.errors import FactRejected
from crm.events.service import EventKind, append
from crm.live import service as live
from crm.tickets import repository as tickets
from crm.tickets import service as tickets_service
from crm.words import AGENT_STATES, VISIT_OUTCOMES
from ivr.contract import facts


async def queue_joined(session: AsyncSession, contact: Contact, fact: facts.QueueJoined, at: datetime) -> None:
    """Begin a queue visit."""
    if await calls.visit(session, fact.visit) is not None:
        raise FactRejected("visit_exists")
    await calls.add(session, _visit(contact, fact.visit, fact.queue, at, position=max(0, fact.position), certain=True))


async def agent_ringing(session: AsyncSession, contact: Contact, fact: facts.AgentRinging, at: datetime) -> None:
    """Note the ring and send the card out."""
    visit = await _ensure_visit(session, contact, fact.visit, fact.queue, at)
    if visit.outcome:
        raise FactRejected("visit_is_over")
    before = await calls.open_ring(session, visit.id, fact.agent)
    if before is not None:
        before.ended_at, before.reason = at, "canceled"
    await calls.add(session, Ring(visit_id=visit.id, agent=fact.agent, at=at, reason="", ring_ms=0))
    await live.ring(session, contact, visit, fact.agent, at)


async def agent_ring_ended(session: AsyncSession, contact: Contact, fact: facts.AgentRingEnded, at: datetime) -> None:
    """Note that the phone stopped ringing."""
    visit = await _ensure_visit(session, contact, fact.visit, fact.queue, at)
    ring = await calls.open_ring(session, visit.id, fact.agent)
    if ring is None:
        raise FactRejected("phone_does_not_ring")
    ring.ended_at, ring.reason, ring.ring_ms = at, fact.reason, max(0, fact.ring_ms)
    await live.stop_ringing(session, visit, fact.agent, fact.reason, at)


async def agent_answered(session: AsyncSession, contact: Contact, fact: facts.AgentAnswered, at: datetime) -> None:
    """Note the answer; an open call-back of this contact is done with it."""
    visit = await _ensure_visit(session, contact, fact.visit, fact.queue, at)
    if visit.outcome:
        raise FactRejected("visit_is_over")
    visit.outcome, visit.agent = "answered", fact.agent
    visit.answered_at, visit.wait_ms, visit.ring_ms = at, max(0, fact.wait_ms), max(0, fact.ring_ms)
    for ring in (await calls.rings(session, [visit.id])).get(visit.id, []):
        if ring.ended_at is None:
            won = ring.agent == fact.agent
            ring.ended_at, ring.reason = at, "answered" if won else "canceled"
            ring.ring_ms = visit.ring_ms if won else 0
    await live.answer(session, contact, visit, fact.agent, at)
    served = await callbacks.talked(session, contact.id, at)
    if served is not None:
        await turns.tell_others(session, served, contact.id, "同一号码已与客服通话，回电办结", at)
    await tickets_service.give_to_answering_agent(session, contact.id, fact.agent, at)


async def talk_ended(session: AsyncSession, contact: Contact, fact: facts.TalkEnded, at: datetime) -> None:
    """Note the end of the talk."""
    visit = await calls.visit(session, fact.visit)
    if visit is None or visit.contact_id != contact.id or visit.outcome != "answered" or visit.ended_at is not None:
        raise FactRejected("nobody_talks")
    visit.ended_at, visit.left_at, visit.ended_by, visit.talk_ms = at, at, fact.by, max(0, fact.talk_ms)
    await live.end(session, contact.id, at, agent=visit.agent)


async def queue_left(session: AsyncSession, contact: Contact, fact: facts.QueueLeft, at: datetime) -> None:
    """Note that a visit ended without an agent; abandoned is always a call-back."""
    if fact.reason not in VISIT_OUTCOMES or fact.reason in ("", "answered"):
        raise FactRejected("unknown_reason")
    visit = await _ensure_visit(session, contact, fact.visit, fact.queue, at)
    if visit.outcome:
        raise FactRejected("visit_is_over")
    visit.outcome, visit.left_at, visit.ended_at = fact.reason, at, at
    visit.wait_ms, visit.position_leave = max(0, fact.wait_ms), max(0, fact.position)
    visit.certain = visit.certain and fact.reason != "uncertain"
    for ring in (await calls.rings(session, [visit.id])).get(visit.id, []):
        if ring.ended_at is None:
            ring.ended_at, ring.reason = at, "canceled"
    await live.stop_ringing(session, visit, "", "canceled", at)
    if fact.reason == "abandoned":
        opened = await tickets.of_contact(session, contact.id)
        await ring_back(session, contact, "abandoned", at, ticket=opened[-1] if opened else None)


async def agent_phone_changed(session: AsyncSession, fact: facts.AgentPhoneChanged, at: datetime) -> None:
    """Take over a phone's state; a fact older than what is known changes nothing."""
    if fact.state not in AGENT_STATES or not fact.agent:
        raise FactRejected("unknown_state")
    phone = await agents.get_or_add(session, fact.agent)
    if phone.since is not None and at < phone.since:
        return
    if (phone.state, phone.reason) != (fact.state, fact.reason) or phone.since is None:
        phone.since = at
    phone.state, phone.reason = fact.state, fact.reason
    if fact.state == "offline":
        phone.signed_in_since = None
    elif phone.signed_in_since is None and fact.state != "unreachable":
        phone.signed_in_since = at
    await append(session, EventKind.AGENT, at, agent=fact.agent)


async def _ensure_visit(session: AsyncSession, contact: Contact, visit_id: str, queue: str, at: datetime) -> Visit:
    """Return the visit, making an uncertain one when its beginning was never told."""
    visit = await calls.visit(session, visit_id)
    if visit is None:
        return await calls.add(session, _visit(contact, visit_id, queue, at, position=0, certain=False))
    if visit.contact_id != contact.id:
        raise FactRejected("visit_of_another_contact")
    return visit


def _visit(contact: Contact, visit_id: str, queue: str, at: datetime, *, position: int, certain: bool) -> Visit:
    return Visit(
        id=visit_id,
        contact_id=contact.id,
        queue=queue,
        joined_at=at,
        agent="",
        outcome="",
        ended_by="",
        position_join=position,
        position_leave=0,
        certain=certain,
    )
