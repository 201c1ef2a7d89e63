"""Rules of calls: who may open which, and which file is played."""

import asyncio
from pathlib import Path
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import SEES_PEOPLE, Role, Viewer
from crm.accounts.service import require
from crm.calls import repository
from crm.calls.errors import NoCall, RecordingMissing, RecordingNotReady
from crm.calls.models import Contact
from crm.lens import Lens
from crm.tickets import repository as tickets
from crm.views.calls import recording_form
from recordings.ledger import RecordingStatus
from recordings.stereo import InvalidAudio

LegName = Literal["stereo", "caller", "agent"]
_ALL_CALLS = (Role.SUPERVISOR, Role.QUALITY, Role.ADMIN)


async def open_call(session: AsyncSession, contact_id: str, viewer: Viewer) -> Contact:
    """Return the contact; raises NoCall when there is none or it is not the viewer's business.

    Agents open the calls that rang at their telephone and those that have a ticket.
    """
    require(viewer, *SEES_PEOPLE)
    contact = await repository.contact(session, contact_id)
    if contact is None:
        raise NoCall("没有这通来电")
    if viewer.has(*_ALL_CALLS):
        return contact
    if viewer.extension and await repository.rang_at(session, contact_id, viewer.extension):
        return contact
    if await tickets.of_contact(session, contact_id):
        return contact
    raise NoCall("没有这通来电")


def listed_for(viewer: Viewer) -> str:
    """Return whose calls the viewer's list holds: "" = everybody's, else one telephone's ("-" = nobody's)."""
    return "" if viewer.has(*_ALL_CALLS) else viewer.extension or "-"


async def recording_file(session: AsyncSession, contact: Contact, leg: LegName, lens: Lens) -> Path:
    """Return the file to play; raises RecordingNotReady or RecordingMissing.

    Without both legs the mix is played instead of stereo.
    """
    entry = await repository.recording(session, contact.recording) if contact.recording else None
    form = recording_form(contact, entry, lens)
    files = lens.audio.files(contact.recording)
    if form.status == RecordingStatus.RECORDING:
        raise RecordingNotReady("录音处理中，约 20 秒")
    if form.status != RecordingStatus.READY or files is None:
        raise RecordingMissing("录音缺失，已报警" if contact.recording else "这通来电没有录音")
    if leg == "stereo":
        try:
            return await asyncio.to_thread(lens.audio.stereo, files)
        except (OSError, InvalidAudio):
            leg_file = files.mix
    else:
        leg_file = files.rx if leg == "caller" else files.tx
    if not await asyncio.to_thread(leg_file.is_file):
        raise RecordingMissing("录音缺失，已报警")
    return leg_file
