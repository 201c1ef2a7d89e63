"""Facts of a call become rows: the contact, its path and turns, its recordings, how it ended."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.callbacks import service as callbacks
from crm.callbacks import turns
from crm.calls import repository as calls
from crm.calls.models import Contact, PathNode, RecordingEntry, Turn
from crm.customers import service as customers
from crm.desk.callback_facts import nobody_asked, ring_back
from crm.desk.errors import FactRejected
from crm.events.service import EventKind, append
from crm.followups import robot
from crm.live import service as live
from crm.policy.cantonese import YUE, is_cantonese, may_be_cantonese
from crm.tickets import repository as tickets
from crm.words import CONTACT_OUTCOMES
from ivr.contract import facts

_MUST_RING_BACK = {
    "hung_up": "hung_up",
    "abandoned": "abandoned",
    "voicemail": "voicemail",
    "cut": "cut",
    "handed_over_lost": "cut",
    "uncertain": "cut",
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
    """Add a turn, and mark a caller who is heard to speak Cantonese."""
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
        asked=fact.asked,
    )
    await calls.add(session, turn)
    if not contact.lang and may_be_cantonese(fact.text):
        said = [known.text for known in await calls.turns(session, contact.id)]
        contact.lang = YUE if is_cantonese(said) else ""


def handed_over(contact: Contact, fact: facts.HandedOver, at: datetime) -> None:
    """Note where the dialogue left the caller."""
    contact.handed_to = fact.queue if fact.target == "queue" else fact.target
    contact.handed_at, contact.handed_priority = at, fact.priority
    contact.silent = fact.reason == "silent"


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
        if fact.outcome == "talked":  # with whoever took it on a duty phone: no agent has answered
            await callbacks.talked(session, contact.id, at)
        await turns.leg_over(session, contact.id, at)
    ours = await robot.over(session, contact.id, at)
    reason = _MUST_RING_BACK.get(fact.outcome)
    if reason and not (ours and nobody_asked(contact)):
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
