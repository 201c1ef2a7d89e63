"""Rules of pops: made when a phone rings, one per (contact, agent, kind), acknowledged by the page."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.calls.models import Contact, Visit
from crm.events.service import EventKind, append, begin_writing
from crm.live import repository
from crm.live.errors import NoPop
from crm.live.models import Pop

_FINISHED = frozenset({"ended", "missed"})
_CLOSING = frozenset({"saved", "dismissed", "expired"})


def pop_kind(contact: Contact, queue: str) -> str:
    """Return the kind of card: an emergency wears its own dress."""
    return "emergency" if queue == "emergency" or contact.safety else "ring"


async def ring(session: AsyncSession, contact: Contact, visit: Visit, agent: str, at: datetime) -> Pop:
    """Make or renew the agent's card because their phone rings."""
    pop = await _claim(session, contact, visit, agent, at)
    pop.visit_id, pop.rang_at, pop.answered_at, pop.ended_at = visit.id, at, None, None
    pop.closed, pop.over_reason = False, ""
    await _turn(session, pop, "ringing", at)
    return pop


async def answer(session: AsyncSession, contact: Contact, visit: Visit, agent: str, at: datetime) -> None:
    """Turn the agent's card to talking (making it if the ring was never told) and the others' to missed."""
    for other in await repository.of_contact(session, contact.id):
        if other.visit_id == visit.id and other.agent != agent and other.state == "ringing":
            await _turn(session, other, "missed", at)
    pop = await _claim(session, contact, visit, agent, at)
    pop.visit_id, pop.answered_at, pop.closed = visit.id, at, False
    await _turn(session, pop, "talking", at)


async def stop_ringing(session: AsyncSession, visit: Visit, agent: str, reason: str, at: datetime) -> None:
    """Turn an agent's ringing card of this visit to missed; agent "" = everybody's."""
    for pop in await repository.of_contact(session, visit.contact_id):
        if pop.visit_id == visit.id and pop.state == "ringing" and agent in ("", pop.agent):
            pop.over_reason = reason
            await _turn(session, pop, "missed", at)


async def end(session: AsyncSession, contact: str, at: datetime, agent: str = "") -> None:
    """End the contact's live cards; agent "" = everybody's."""
    for pop in await repository.of_contact(session, contact):
        if pop.state not in _FINISHED and agent in ("", pop.agent):
            await _turn(session, pop, "ended" if pop.state == "talking" else "missed", at)


async def acknowledge(
    session: AsyncSession, pop_id: str, what: str, *, page_time: datetime, now: datetime, agent: str, act: str = ""
) -> None:
    """Write an acknowledgement of the page; the first time counts. Raises NoPop for others' cards.

    what: received | shown | acted. A page that shows a card has received it, whatever was lost on the way.
    """
    await begin_writing(session)
    pop = await repository.get(session, pop_id, lock=True)
    if pop is None or (agent and pop.agent != agent):
        raise NoPop("没有这张来电卡")
    steps = ("received", "shown", "acted")
    for step in steps[: steps.index(what) + 1]:
        if step == "shown" and what == "acted":
            continue  # an agent can act on the phone; only the page knows whether it painted the card
        if getattr(pop, f"{step}_at") is None:
            setattr(pop, f"{step}_at", now)
            setattr(pop, f"{step}_page", page_time)
    if what == "acted":
        pop.act = act
        pop.closed = pop.closed or (act in _CLOSING and pop.state in _FINISHED)
        await append(session, EventKind.POP, now, contact=pop.contact_id, agent=pop.agent)


async def _claim(session: AsyncSession, contact: Contact, visit: Visit, agent: str, at: datetime) -> Pop:
    kind = pop_kind(contact, visit.queue)
    pop, is_new = await repository.claim(session, contact=contact.id, agent=agent, kind=kind, visit=visit.id, at=at)
    if is_new:
        for other in await repository.of_contact(session, contact.id):
            if other.agent == agent and other.id != pop.id:
                other.closed = True  # one card per call: the new dress replaces the old one
    return pop


async def _turn(session: AsyncSession, pop: Pop, state: str, at: datetime) -> None:
    if pop.state != state:
        pop.state_since = at
    pop.state = state
    if state in _FINISHED:
        pop.ended_at = at
    await append(session, EventKind.POP, at, contact=pop.contact_id, agent=pop.agent)
