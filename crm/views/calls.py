"""Calls as the pages see them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.accounts import repository as accounts
from crm.audio import RecordingForm
from crm.calls import repository
from crm.calls.models import Contact, PathNode, RecordingEntry, Turn, Visit
from crm.calls.schemas import (
    CallForm,
    CallRow,
    LedgerForm,
    MatterForm,
    PathStep,
    PopForm,
    RingForm,
    TurnForm,
    VisitForm,
)
from crm.customers import repository as customers
from crm.lens import Lens
from crm.live import repository as pops
from crm.live.models import Pop
from crm.policy.ticket_states import KINDS
from crm.slot_rows import slot_rows
from crm.tickets import repository as tickets
from crm.words import CONTACT_OUTCOMES, LANGUAGES, TURN_CAUSES, VISIT_OUTCOMES, node_title, queue_name, word
from recordings.ledger import Expected


async def rows(session: AsyncSession, contacts: Sequence[Contact], lens: Lens) -> list[CallRow]:
    """Return lines of a list; the number of statements does not grow with its length."""
    ids = [contact.id for contact in contacts]
    visits = await repository.visits(session, ids)
    people = await customers.by_ids(session, {contact.customer_id for contact in contacts if contact.customer_id})
    numbers = await tickets.numbers_of_contacts(session, ids)
    ledger = await repository.recordings(session, {contact.recording for contact in contacts if contact.recording})
    agents = {visit.agent for found in visits.values() for visit in found}
    names = await accounts.names_by_extension(session, agents)
    lines = []
    for contact in contacts:
        visit = main_visit(visits.get(contact.id, []))
        person = people.get(contact.customer_id or "")
        agent = visit.agent if visit else ""
        queue = visit.queue if visit else ""
        lines.append(
            CallRow(
                contact=contact.id,
                started_at=contact.started_at,
                ended_at=contact.ended_at,
                number=lens.number(contact.caller_e164),
                customer=contact.customer_id or "",
                customer_name=person.name if person else "",
                queue=queue,
                queue_name=queue_name(queue),
                agent=agent,
                agent_name=names.get(agent, ""),
                outcome=contact.outcome,
                outcome_name=word(CONTACT_OUTCOMES, contact.outcome),
                wait_ms=visit.wait_ms if visit else None,
                talk_ms=visit.talk_ms if visit else None,
                tickets=numbers.get(contact.id, []),
                recording=recording_form(contact, ledger.get(contact.recording), lens),
            )
        )
    return lines


async def call(session: AsyncSession, contact: Contact, lens: Lens) -> CallForm:
    """Return the whole call."""
    row = (await rows(session, [contact], lens))[0]
    turns = await repository.turns(session, contact.id)
    visits = (await repository.visits(session, [contact.id])).get(contact.id, [])
    path = path_steps(await repository.path(session, contact.id), turns, path_end(contact, lens.now))
    return CallForm(
        **dict(row),
        linkedids=contact.linkedids,
        did=contact.did,
        area=phone.area(contact.caller_e164),
        duration_ms=contact.duration_ms,
        language=word(LANGUAGES, contact.lang) if contact.lang else "",
        path=path,
        turns=[_turn(turn, lens) for turn in turns],
        matters=await _matters(session, contact, lens),
        visits=await _visits(session, visits),
        pops=[
            PopForm(pop=pop.id, agent=pop.agent, kind=pop.kind, ledger=ledger_form(pop))
            for pop in await pops.of_contact(session, contact.id)
        ],
    )


def main_visit(visits: Sequence[Visit]) -> Visit | None:
    """Return the visit that stands for the call: the last answered one, else the last one."""
    answered = [visit for visit in visits if visit.outcome == "answered"]
    chosen = answered or list(visits)
    return chosen[-1] if chosen else None


def path_end(contact: Contact, now: datetime) -> datetime:
    """Return when the dialogue was over, or now."""
    return contact.handed_at or contact.ended_at or now


def path_steps(nodes: Sequence[PathNode], turns: Sequence[Turn], end: datetime) -> list[PathStep]:
    """Return the stations of the dialogue; neighbours of the same title are one station."""
    joined: list[list[PathNode]] = []
    for node in nodes:
        if joined and node_title(joined[-1][0].node) == node_title(node.node):
            joined[-1].append(node)
        else:
            joined.append([node])
    steps = []
    for index, group in enumerate(joined):
        until = joined[index + 1][0].at if index + 1 < len(joined) else end
        inside = [turn for turn in turns if group[0].at <= turn.at <= until and turn.node in {n.node for n in group}]
        steps.append(
            PathStep(
                node=group[0].node,
                title=node_title(group[0].node),
                at=group[0].at,
                stay_ms=max(0, round((until - group[0].at).total_seconds() * 1000)),
                note=_struggle(inside),
            )
        )
    return steps


def recording_form(contact: Contact, entry: RecordingEntry | None, lens: Lens) -> RecordingForm:
    """Return what may be said of the call's recording."""
    expected = Expected(
        recording=contact.recording,
        call_ended_at=contact.ended_at,
        finished_at=entry.finished_at if entry else None,
        present=entry.present if entry else False,
    )
    return lens.audio.recording(contact.id, expected, lens.now)


def ledger_form(pop: Pop) -> LedgerForm:
    """Return a pop's ledger times."""
    return LedgerForm(
        created=pop.created_at, sent=pop.sent_at, received=pop.received_at, shown=pop.shown_at, acted=pop.acted_at
    )


def unheard_clips(turns: Sequence[Turn], slots: Collection[str]) -> dict[str, str]:
    """Return for each slot the clip of the last answer that was not understood."""
    return {
        slot: turn.clip
        for turn in turns
        for slot in slots
        if turn.clip and turn.cause == "no-match" and turn.node.startswith(slot)
    }


def _struggle(turns: Sequence[Turn]) -> str:
    missed = sum(turn.cause == "no-match" for turn in turns)
    silent = sum(turn.cause == "no-input-timeout" for turn in turns)
    said = [f"{missed} 次未听清"] if missed else []
    said += [f"{silent} 次未说"] if silent else []
    if said and turns[-1].mode == "dtmf":
        said.append("转按键")
    return "，".join(said)


def _turn(turn: Turn, lens: Lens) -> TurnForm:
    return TurnForm(
        at=turn.at,
        flow=turn.flow,
        node=turn.node,
        title=node_title(turn.node),
        cause=turn.cause,
        cause_name=word(TURN_CAUSES, turn.cause),
        mode=turn.mode,
        text=turn.text,
        digits=turn.digits,
        meaning=turn.meaning,
        clip=lens.audio.clip_url(turn.clip),
        attempt=turn.attempt,
        wait_ms=turn.wait_ms,
        barged_in=turn.barged_in,
    )


async def _matters(session: AsyncSession, contact: Contact, lens: Lens) -> list[MatterForm]:
    heard = await repository.heard_slots(session, contact.id)
    opened = {ticket.matter: ticket.no for ticket in await tickets.of_contact(session, contact.id)}
    return [
        MatterForm(
            matter=matter.matter,
            kind=matter.kind,
            kind_name=KINDS[matter.kind],
            ticket=opened.get(matter.matter, ""),
            slots=slot_rows([row for row in heard if row.matter == matter.matter], matter.kind, lens.audio),
        )
        for matter in await repository.matters(session, contact.id)
    ]


async def _visits(session: AsyncSession, visits: Sequence[Visit]) -> list[VisitForm]:
    rings = await repository.rings(session, [visit.id for visit in visits])
    names = await accounts.names_by_extension(session, {visit.agent for visit in visits})
    return [
        VisitForm(
            visit=visit.id,
            queue=visit.queue,
            queue_name=queue_name(visit.queue),
            joined_at=visit.joined_at,
            answered_at=visit.answered_at,
            left_at=visit.left_at,
            ended_at=visit.ended_at,
            agent=visit.agent,
            agent_name=names.get(visit.agent, ""),
            outcome=visit.outcome,
            outcome_name=word(VISIT_OUTCOMES, visit.outcome),
            wait_ms=visit.wait_ms,
            ring_ms=visit.ring_ms,
            talk_ms=visit.talk_ms,
            certain=visit.certain,
            rings=[
                RingForm(agent=ring.agent, at=ring.at, reason=ring.reason, ring_ms=ring.ring_ms)
                for ring in rings.get(visit.id, [])
            ],
        )
        for visit in visits
    ]
