"""The corrections as a set that `./hotline bench speech --set` reads (docs/speech-evaluation.md), beside the clips.

The table is the truth and the file its picture: it is compared and written anew as a whole, so that it follows a
correction taken back, an erased person, a restored database and a clip that went away without a step of its own.
"""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm.audio import Audio
from crm.corrections import repository
from crm.corrections.models import Correction

FILE = "corrections.jsonl"


async def write(session: AsyncSession, audio: Audio, *, keep: bool) -> int:
    """Make the file what the table says, nothing when corrections are not to be kept; returns 1 if it was another."""
    rows = await repository.misheard(session) if keep else []
    return await asyncio.to_thread(_write, [_line(row) for row in rows], audio)


def _line(row: Correction) -> dict[str, Any]:
    return {
        "clip": row.clip,
        "kind": row.kind,
        "truth": row.truth,
        "heard": row.heard,
        "at": row.said_at.isoformat(),
        "origin": "correction",
    }


def _write(lines: Sequence[Mapping[str, Any]], audio: Audio) -> int:
    """Write the lines whose clips are there: one that is missing would make the whole set unreadable."""
    there = [line for line in lines if audio.clip(*_named(line["clip"]))]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in there)
    target = audio.clips_dir / FILE
    if text == _read(target):
        return 0
    if not text:
        target.unlink(missing_ok=True)
        return 1
    half_done = target.with_suffix(".part")
    half_done.unlink(missing_ok=True)
    handle = os.open(half_done, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # personal data: for the owner alone
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    half_done.replace(target)
    return 1


def _named(clip: str) -> tuple[str, str]:
    contact, _, name = clip.partition("/")
    return contact, name


def _read(target: Path) -> str:
    try:
        return target.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
