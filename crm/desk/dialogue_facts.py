"""Facts of the dialogue become rows: contacts, path, turns, matters, slots, tickets, call-backs, recordings."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.callbacks import service as callbacks
from crm.callbacks import turns
from crm.callbacks.service import Place
from crm.calls import repository as calls
from crm.calls.models import Contact, HeardSlot, Matter, PathNode, RecordingEntry, Turn
from crm.customers import repository as customer_rows
from crm.customers import service as customers
from crm.desk import asked, drafts, heard_dangers
from crm.desk.errors import FactRejected
from crm.desk.service import own_number
from crm.events.service import EventKind, append
from crm.live import service as live
from crm.policy import ticket_states as policy
from crm.tickets import repeated
from crm.tickets import repository as tickets
from crm.tickets import service as ticket_service
from crm.tickets.errors import AnotherTicket
from crm.tickets.models import Ticket
from crm.tickets.service import Heard, Opening
from crm.words import CALLBACK_REASONS, CONTACT_OUTCOMES, QUEUES, TICKET_OUTCOMES
from ivr.contract import facts
from ivr.contract.ids import is_ticket_number

_MUST_RING_BACK = {
    "hung_up": "hung_up",
    "abandoned": "abandoned",
    "voicemail": "voicemail",
    "cut": "cut",
    "handed_over_lost": "cut",
    "uncertain": "cut",
}
# What needs nobody any more when the call ends: (kind, outcome) -> the ticket's state and why. A repair that the caller
# cured is asked about the next day (dialogues, advice_result).
_CANCELLED = ("repair", "cancelled_by_caller")
_SETTLED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("consult", "solved"): ("closed", "来电人说已解决，办结"),
    ("repair", "self_resolved"): ("resolved", "来电人按电话里的步骤自查后恢复正常，待回访"),
    _CANCELLED: ("void", "来电人在电话里说不报了，作废"),
}


async def ensure_contact(session: AsyncSession, contact_id: str, at: datetime) -> Contact:
    """Return the contact, making a stub when its beginning was never told: what follows must not be lost."""
    found = await calls.contact(session, contact_id)
    if found is not None:
        return found
    return await calls.add(
        session,
        Contact(id=contact_id, started_at=at, stub=True, linkedids=[], caller_e164="", safety="", outcome="",
                resumed=0, handed_to="", voicemail="", recording="", did="", safety_words="", safety_clip=""),
    )  # fmt: skip


async def contact_started(session: AsyncSession, contact: Contact, fact: facts.ContactStarted, at: datetime) -> None:
    """Fill the contact; a resumed one gets its new linkedid only."""
    if fact.linkedid not in contact.linkedids:
        contact.linkedids = [*contact.linkedids, fact.linkedid]
    if fact.callback:
        # the same contact goes on: its outcome is that of the call-back
        contact.called_back_at, contact.outcome, contact.ended_at = at, "", None
        await _expect_recording(session, contact, fact.recording, at)
        return
    if not contact.stub:
        if not fact.resumed:
            raise FactRejected("contact_started_twice")
        contact.resumed += 1
        return
    contact.stub = False
    contact.resumed = int(fact.resumed)
    contact.started_at = min(contact.started_at, at)
    contact.caller_raw, contact.did, contact.notice_version = fact.caller_raw, fact.did, fact.notice_version
    contact.caller_e164 = fact.caller_e164
    customer = await customers.only_owner(session, fact.caller_e164)
    contact.customer_id = contact.customer_id or (customer.id if customer else None)
    if fact.recording:
        contact.recording = fact.recording
        await _expect_recording(session, contact, fact.recording, at)


async def node_entered(session: AsyncSession, contact: Contact, fact: facts.NodeEntered, at: datetime) -> None:
    """Add a node to the path."""
    await calls.add(session, PathNode(contact_id=contact.id, at=at, flow=fact.flow, node=fact.node))


async def turn_ended(session: AsyncSession, contact: Contact, fact: facts.TurnEnded, at: datetime) -> None:
    """Add a turn."""
    turn = Turn(
        contact_id=contact.id,
        at=at,
        flow=fact.flow,
        node=fact.node,
        cause=fact.cause,
        mode=fact.mode,
        text=fact.text,
        digits=fact.digits,
        meaning=fact.meaning,
        clip=fact.clip,
        attempt=fact.attempt,
        wait_ms=max(0, fact.wait_ms),
        barged_in=fact.barged_in,
    )
    await calls.add(session, turn)


async def matter_opened(session: AsyncSession, contact: Contact, fact: facts.MatterOpened, at: datetime) -> None:
    """Open the matter, or let a heavier kind take it over."""
    if fact.kind not in policy.KINDS:
        raise FactRejected("unknown_kind")
    matter = await calls.matter(session, contact.id, fact.matter)
    if matter is None:
        row = Matter(
            contact_id=contact.id, matter=fact.matter, kind=fact.kind, about=fact.ticket, safety="", opened_at=at
        )
        await calls.add(session, row)
        if fact.draft:
            await drafts.taken_up(session, contact.id, fact, at)
        return
    matter.kind = policy.heavier_kind(matter.kind, fact.kind)
    ticket = await _ticket_of(session, contact, fact.matter)
    if ticket is not None:
        await ticket_service.change_kind(session, ticket, fact.kind, at, ticket_service.IVR)


async def slot_filled(session: AsyncSession, contact: Contact, fact: facts.SlotFilled, at: datetime) -> None:
    """Keep what was heard; the ticket, if there is one, takes it over."""
    stored = await calls.heard_slot(session, contact.id, fact.matter, fact.slot)
    if stored is None:
        stored = HeardSlot(
            contact_id=contact.id, matter=fact.matter, slot=fact.slot, value={}, attempts=0, clip="", candidates=[]
        )
    value = await _whole_address(session, fact.value) if fact.slot == "address" else dict(fact.value)
    if stored.value != value:
        stored.attempts += 1  # a confirmation repeats the value; only another value is another attempt
    stored.value, stored.status, stored.source, stored.at = value, fact.status, fact.source, at
    stored.candidates = [dict(item) for item in fact.candidates] or stored.candidates
    stored.clip = fact.clip or stored.clip
    await calls.add(session, stored)
    ticket = await _ticket_of(session, contact, fact.matter)
    if ticket is not None:
        await ticket_service.heard_slot(session, ticket, _heard(stored), at)
        await _press(session, contact, ticket, [_heard(stored)], at)


async def ticket_opened(session: AsyncSession, contact: Contact, fact: facts.TicketOpened, at: datetime) -> None:
    """Make the matter's one ticket with what was heard, and the caller's file; a hang-up leaves a call-back.

    One without a number (ivr had none left) gets it here.
    """
    _check_ticket(fact)
    stored = [_heard(row) for row in await calls.heard_slots(session, contact.id) if row.matter == fact.matter]
    number = contact.caller_e164 or _spoken_number(stored)
    if contact.customer_id is None:
        customer = await customers.learn_caller(session, number, at)
        contact.customer_id = customer.id if customer else None
    safety = fact.safety or contact.safety
    opening = Opening(
        no=fact.number or await _number_here(session, contact, fact.matter, at),
        kind=fact.kind,
        priority="urgent" if safety else fact.priority,
        contact=contact.id,
        matter=fact.matter,
        outcome=fact.outcome,
        safety=safety,
        customer=contact.customer_id,
        caller_e164=contact.caller_e164,
    )
    try:
        ticket = await ticket_service.open_or_update(session, opening, stored, at)
    except AnotherTicket as error:
        raise FactRejected("another_ticket") from error
    await repeated.mark(session, ticket, at)
    await _press(session, contact, ticket, stored, at)
    settled = _SETTLED.get((fact.kind, fact.outcome))
    if settled and ticket.kind == fact.kind and ticket.state == "new" and not safety:
        state, text = settled
        await ticket_service.record(session, ticket, at, kind="state", actor=ticket_service.IVR, text=text, state=state)
    if fact.outcome in ("hung_up", "voicemail"):
        await ring_back(session, contact, fact.outcome, at, ticket=ticket)


async def _press(session: AsyncSession, contact: Contact, ticket: Ticket, heard: list[Heard], at: datetime) -> None:
    """Ring back at once who seems to tell of a danger in a message."""
    if await heard_dangers.press(session, ticket, heard, at):
        await ring_back(session, contact, "danger", at, ticket=ticket)


async def safety_raised(session: AsyncSession, contact: Contact, fact: facts.SafetyRaised, at: datetime) -> None:
    """Mark contact, matter and ticket as an emergency; one outside the dialogue only when it is none yet."""
    if not fact.matter and contact.safety:
        return
    contact.safety, contact.safety_words, contact.safety_clip = fact.safety, fact.trigger, fact.clip
    contact.safety_at = at
    matter = await calls.matter(session, contact.id, fact.matter)
    if matter is not None:
        matter.safety = fact.safety
    if fact.matter:
        ticket = await _ticket_of(session, contact, fact.matter)
    else:
        ticket = next(iter(reversed(await tickets.of_contact(session, contact.id))), None)
    if ticket is not None:
        await ticket_service.raise_safety(session, ticket, fact.safety, at)


async def safety_cleared(session: AsyncSession, contact: Contact, fact: facts.SafetyCleared, at: datetime) -> None:
    """Take the emergency back; what was said and when stays on the contact."""
    contact.safety = ""
    matter = await calls.matter(session, contact.id, fact.matter)
    if matter is not None:
        matter.safety = ""
    ticket = await _ticket_of(session, contact, fact.matter)
    if ticket is not None:
        await ticket_service.clear_safety(session, ticket, at)


async def callback_requested(
    session: AsyncSession, contact: Contact, fact: facts.CallbackRequested, at: datetime
) -> None:
    """Make the call-back task."""
    if fact.reason not in CALLBACK_REASONS:
        raise FactRejected("unknown_reason")
    if fact.queue and fact.queue not in QUEUES:
        raise FactRejected("unknown_queue")
    ticket = await _ticket_of(session, contact, fact.matter)
    if ticket is not None and (ticket.kind, ticket.outcome, ticket.state) == (*_CANCELLED, "void"):
        text = "来电人要求回电，恢复为新单"
        await ticket_service.record(session, ticket, at, kind="state", actor=ticket_service.IVR, text=text, state="new")
    place = None
    if fact.queue:
        since = await calls.last_joined(session, contact.id, fact.queue)
        place = Place(fact.queue, since or at, fact.priority, fact.after)
    await ring_back(session, contact, fact.reason, at, ticket=ticket, number=fact.number, place=place)


def handed_over(contact: Contact, fact: facts.HandedOver, at: datetime) -> None:
    """Note where the dialogue left the caller."""
    contact.handed_to = fact.queue if fact.target == "queue" else fact.target
    contact.handed_at, contact.handed_priority = at, fact.priority
    contact.silent = fact.reason == "silent"


async def voicemail_recorded(
    session: AsyncSession, contact: Contact, fact: facts.VoicemailRecorded, at: datetime
) -> None:
    """Keep the message and ask for a call-back; who left the queue for it was handed over to nobody."""
    contact.voicemail = fact.clip
    ticket = await _ticket_of(session, contact, fact.matter)
    if ticket is not None and ticket.outcome == "handed_over":
        ticket.outcome = "voicemail"
        await ticket_service.record(
            session, ticket, at, kind="outcome", actor=ticket_service.IVR, text="没等到客服，留言"
        )
    await ring_back(session, contact, "voicemail", at, ticket=ticket)


async def contact_ended(session: AsyncSession, contact: Contact, fact: facts.ContactEnded, at: datetime) -> None:
    """Give the contact its one outcome, end its live cards, and ask for a call-back where it was not served."""
    if contact.outcome:
        raise FactRejected("contact_ended_twice")
    if fact.outcome not in CONTACT_OUTCOMES or not fact.outcome:
        raise FactRejected("unknown_outcome")
    contact.outcome, contact.cause = fact.outcome, fact.cause
    contact.ended_at, contact.duration_ms = at, (contact.duration_ms or 0) + max(0, fact.duration_ms)
    await live.end(session, contact.id, at)
    if contact.called_back_at is not None:
        await turns.leg_over(session, contact.id, at)
    reason = _MUST_RING_BACK.get(fact.outcome)
    if reason:
        opened = await tickets.of_contact(session, contact.id)
        await ring_back(session, contact, reason, at, ticket=opened[-1] if opened else None)


async def recording_finished(
    session: AsyncSession, contact: Contact, fact: facts.RecordingFinished, at: datetime
) -> None:
    """Enter the recording in the ledger; a missing one is an alarm."""
    entry = await _expect_recording(session, contact, fact.recording, at)
    contact.recording = contact.recording or fact.recording
    entry.finished_at, entry.present, entry.bytes = at, fact.present, max(0, fact.bytes)
    if not fact.present:
        await append(session, EventKind.ALARM, at, contact=contact.id)


async def _expect_recording(session: AsyncSession, contact: Contact, recording: str, at: datetime) -> RecordingEntry:
    """Return the recording's line in the ledger, adding it when it is new."""
    held = await calls.recording(session, recording)
    if held is not None:
        return held
    row = RecordingEntry(id=recording, contact_id=contact.id, expected_at=at, present=False, bytes=0)
    return await calls.add(session, row)


async def ring_back(
    session: AsyncSession,
    contact: Contact,
    reason: str,
    at: datetime,
    *,
    ticket: Ticket | None = None,
    number: str = "",
    place: Place | None = None,
) -> None:
    """Ask for a call-back to the number given for it, else the one the caller spoke, else the one that called."""
    heard = [_heard(row) for row in await calls.heard_slots(session, contact.id)]
    priority = "urgent" if contact.safety else ticket.priority if ticket else "normal"
    wanted = await callbacks.ask_for(
        session,
        contact.id,
        reason,
        at,
        e164=number or _spoken_number(heard) or contact.caller_e164,
        ticket=ticket.no if ticket else "",
        priority=priority,
        place=place,
        danger=bool(contact.safety),
    )
    if wanted.joined:
        await turns.tell(session, wanted.task, "同一号码再次要求回电，合并为一个回电", at)


async def callback_rang(session: AsyncSession, contact: Contact, fact: facts.CallbackRang, at: datetime) -> None:
    """Note how an attempt to call back ended."""
    await turns.rang(session, contact.id, fact.end, at)


async def _whole_address(session: AsyncSession, value: Mapping[str, str]) -> dict[str, str]:
    """Return the address on file that the caller agreed to; ivr was told only its region and road."""
    known = await customer_rows.address(session, value["address_id"]) if value.get("address_id") else None
    return {**known.value, "address_id": known.id} if known else dict(value)


async def _ticket_of(session: AsyncSession, contact: Contact, number: int) -> Ticket | None:
    """Return the matter's ticket, or the one that it is about."""
    matter = await calls.matter(session, contact.id, number)
    return await tickets.of_matter_or_asked(session, contact.id, number, matter.about if matter else "")


async def ticket_asked(session: AsyncSession, contact: Contact, fact: facts.TicketAsked, at: datetime) -> None:
    """Note who asked how a ticket stands."""
    await asked.noted(session, fact, contact.caller_e164, at)


async def ticket_urged(session: AsyncSession, fact: facts.TicketUrged, at: datetime) -> None:
    """Note an urge."""
    if not await asked.urged(session, fact, at):
        raise FactRejected("unknown_ticket")


async def _number_here(session: AsyncSession, contact: Contact, matter: int, at: datetime) -> str:
    """Return the number of the matter's ticket, one of crm's own when it has none yet."""
    ticket = await tickets.of_matter(session, contact.id, matter)
    return ticket.no if ticket else await own_number(session, at)


def _check_ticket(fact: facts.TicketOpened) -> None:
    if fact.number and not is_ticket_number(fact.number):
        raise FactRejected("bad_ticket_number")
    if fact.kind not in policy.KINDS:
        raise FactRejected("unknown_kind")
    if fact.priority not in policy.PRIORITIES:
        raise FactRejected("unknown_priority")
    if fact.outcome not in TICKET_OUTCOMES:
        raise FactRejected("unknown_outcome")


def _spoken_number(heard: list[Heard]) -> str:
    given = next((item.value.get("number", "") for item in heard if item.slot == "contact"), "")
    return phone.to_e164(given) if given else ""


def _heard(row: HeardSlot) -> Heard:
    return Heard(row.slot, row.value, row.status, row.source, row.candidates, row.clip, row.attempts)
