"""The ledger's rules: what is expected of a recording against what is on disk; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GRACE = timedelta(seconds=60)  # after the caller's end: closing the files, one missed fact


class RecordingStatus(StrEnum):
    """What may be said of one recording."""

    NONE = "none"  # none was begun
    RECORDING = "recording"  # the call lasts, or its files are being closed
    READY = "ready"
    MISSING = "missing"  # expected and not there: a gap, alarmed


@dataclass(frozen=True, slots=True)
class Expected:
    """What the ledger holds of one recording."""

    recording: str
    call_ended_at: datetime | None
    finished_at: datetime | None
    present: bool


def status(entry: Expected, *, on_disk: bool, now: datetime) -> RecordingStatus:
    """Return the recording's status. A file on disk counts once the recording is over, whatever the ledger missed."""
    if not entry.recording:
        return RecordingStatus.NONE
    if entry.finished_at is not None:
        return RecordingStatus.READY if on_disk else RecordingStatus.MISSING
    if entry.call_ended_at is None or now < entry.call_ended_at + GRACE:
        return RecordingStatus.RECORDING
    return RecordingStatus.READY if on_disk else RecordingStatus.MISSING
