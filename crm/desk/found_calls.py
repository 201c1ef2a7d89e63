"""A call that ended while ivr was away becomes what a call that ivr saw becomes, once, however often it is found."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm.callbacks import service as callbacks
from crm.calls.models import Contact
from crm.desk import callback_facts, dialogue_facts, matter_facts
from ivr.contract import facts

_NOTE = "语音导航停着时打来的"
_SPOKEN = "，留了言，请先听录音"


async def call_found(session: AsyncSession, contact: Contact, fact: facts.CallFound, at: datetime) -> None:
    """Fill the contact and ask for the call-back; of one whose end is known only a message that nobody told of is new.

    at: the call's end. Raises FactRejected for an outcome that there is not.
    """
    missed_message = bool(fact.clip) and not contact.voicemail and contact.outcome != "voicemail"
    if contact.outcome and not missed_message:
        return
    if contact.stub:
        started_at = at - timedelta(milliseconds=max(0, fact.duration_ms))
        contact.started_at = started_at
        await dialogue_facts.contact_started(session, contact, _started(fact), started_at)
    if fact.danger:
        await matter_facts.safety_raised(session, contact, facts.SafetyRaised(0, "unknown", "key"), at)
    if fact.clip:
        await callback_facts.voicemail_recorded(session, contact, facts.VoicemailRecorded(fact.clip), at)
    if not contact.outcome:
        ended = facts.ContactEnded(fact.outcome, fact.cause, fact.duration_ms)
        await dialogue_facts.contact_ended(session, contact, ended, at)
    await callbacks.add_note(session, contact.id, _NOTE + (_SPOKEN if fact.clip else ""))


def _started(fact: facts.CallFound) -> facts.ContactStarted:
    return facts.ContactStarted(
        fact.linkedid, fact.caller_raw, fact.caller_e164, fact.did, fact.recording, fact.notice_version
    )
