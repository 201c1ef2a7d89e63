"""Recordings and clips on disk as crm sees them: addresses, lengths, whether they are there."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from recordings.ledger import Expected, RecordingStatus, status
from recordings.naming import InvalidName, RecordingFiles, clip_file, recording_files
from recordings.stereo import duration_ms, merge


class RecordingForm(BaseModel):
    """A call's recording as the pages see it."""

    id: str
    status: str
    url: str
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class Audio:
    """Looks at the folders of clips and recordings."""

    clips_dir: Path
    recordings_dir: Path

    def clip_url(self, clip: str) -> str:
        """Return the address of a clip that ivr named "<contact>/<name>.wav", "" for none."""
        return f"/api/v1/clips/{clip}" if clip.count("/") == 1 else ""

    def clip_ms(self, clip: str) -> int | None:
        """Return a clip's length, None when it has not arrived."""
        contact, _, name = clip.partition("/")
        try:
            return duration_ms(clip_file(self.clips_dir, contact, name).stat().st_size)
        except (InvalidName, OSError):
            return None

    def clip(self, contact: str, name: str) -> Path | None:
        """Return a clip's file, None when there is none of that name."""
        try:
            path = clip_file(self.clips_dir, contact, name)
        except InvalidName:
            return None
        return path if path.is_file() else None

    def files(self, recording: str) -> RecordingFiles | None:
        """Return a recording's files, None when the name is none."""
        try:
            return recording_files(self.recordings_dir, recording)
        except InvalidName:
            return None

    def recording(self, contact: str, entry: Expected, now: datetime) -> RecordingForm:
        """Return what the pages may say of a recording."""
        size = self._size(entry.recording)
        found = status(entry, on_disk=size is not None, now=now)
        ready = found is RecordingStatus.READY
        return RecordingForm(
            id=entry.recording,
            status=found.value,
            url=f"/api/v1/calls/{contact}/recording" if ready else "",
            duration_ms=duration_ms(size) if ready and size is not None else None,
        )

    def stereo(self, files: RecordingFiles) -> Path:
        """Return the stereo file, made from both legs when first asked for; blocking, run it in a thread.

        Raises OSError when a leg is missing, recordings.stereo.InvalidAudio when it is no WAV.
        """
        if not files.stereo.exists():
            half_done = files.stereo.with_suffix(f".{os.getpid()}.part")
            half_done.write_bytes(merge(files.rx.read_bytes(), files.tx.read_bytes()))
            half_done.replace(files.stereo)
        return files.stereo

    def _size(self, recording: str) -> int | None:
        files = self.files(recording)
        if files is None:
            return None
        for path in (files.rx, files.mix):
            try:
                return path.stat().st_size
            except OSError:
                continue
        return None
