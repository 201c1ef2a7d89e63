"""Which frozen processes were killed, and when: a line each in a file that outlives them all. Imports none of ours."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

FILE = "frozen.jsonl"  # in the state folder


@dataclass(frozen=True, slots=True)
class Mark:
    """A part was killed because it was frozen. at: UTC."""

    part: str
    at: datetime


def mark(path: Path, part: str) -> None:
    """Write that it is being killed now; raises OSError."""
    line = json.dumps({"part": part, "at": datetime.now(UTC).isoformat()})
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def marks(path: Path, part: str) -> tuple[Mark, ...]:
    """Return the kills of one part, oldest first; a line that cannot be read is passed over."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # nothing has been killed yet
        return ()
    return tuple(found for found in map(_parsed, lines) if found is not None and found.part == part)


def _parsed(line: str) -> Mark | None:
    try:
        raw = json.loads(line)
        at = datetime.fromisoformat(raw["at"])
        return Mark(raw["part"], at) if at.tzinfo is not None else None
    except (ValueError, KeyError, TypeError):
        return None
