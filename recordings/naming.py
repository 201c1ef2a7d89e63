"""Names of recordings: a uuid made by the dialplan names the three files of a call; pure."""

import re
from dataclasses import dataclass
from pathlib import Path

_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_PART = re.compile(r"[A-Za-z0-9_.@-]{1,120}")


class InvalidName(ValueError):
    """A name that cannot be a recording's or a clip's; it is never used as a path."""


@dataclass(frozen=True, slots=True)
class RecordingFiles:
    """Where the files of one recording lie: rx is what the caller said, tx what the caller heard, mix both."""

    rx: Path
    tx: Path
    mix: Path
    stereo: Path


def recording_files(folder: Path, recording: str) -> RecordingFiles:
    """Return the files of the recording `recording` (a uuid); raises InvalidName for anything else."""
    if not _UUID.fullmatch(recording):
        raise InvalidName("a recording's name is a uuid")
    return RecordingFiles(
        rx=folder / f"{recording}-rx.wav",
        tx=folder / f"{recording}-tx.wav",
        mix=folder / f"{recording}-mix.wav",
        stereo=folder / f"{recording}-stereo.wav",
    )


def clip_file(folder: Path, contact: str, name: str) -> Path:
    """Return the clip `name` of a contact; raises InvalidName when either could leave the folder."""
    for part in (contact, name):
        if not _PART.fullmatch(part) or part.startswith("."):
            raise InvalidName("a clip's name is letters, digits, _ . @ -")
    return folder / contact / (name if name.endswith(".wav") else f"{name}.wav")
