"""Real clips with their truth: JSON lines beside WAV files. The agents' corrections are written in the same form.

A folder holds one or more `*.jsonl`; each line is one clip (docs/speech-evaluation.md):

    {"clip": "c-17/t4.wav", "kind": "fault_code", "truth": {"canonical": "E03"}, "heard": {"canonical": "E3"},
     "at": "2026-07-24T10:00:00+08:00", "origin": "correction"}

clip is relative to the folder and must lie in it; 8 kHz, 16 bit, mono. truth holds the fields that must come out (the
names of speech.contract.Interpretation.value, or "meaning", "safety"); {} means that it says nothing of the kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from speech.contract import SlotKind


class SetUnusable(Exception):
    """A set that cannot be read; the message names file, line and what is wrong, without any value."""


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """One clip. phrases: meaning -> sample phrases, for a menu. at: when it was said, aware; None: days are not asked.

    heard: what the recognizer made of it at the time, if known. origin: where the truth comes from.
    """

    clip: str
    kind: SlotKind
    truth: Mapping[str, str]
    heard: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at: datetime | None = None
    origin: str = ""


_CLIP = TypeAdapter(LabelledClip)


def read_set(folder: Path) -> Iterator[LabelledClip]:
    """Yield the clips of every `*.jsonl` of `folder` in order; raises SetUnusable."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise SetUnusable(f"{folder.name}: no *.jsonl in it")
    for path in files:
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SetUnusable(f"{path.name}: {type(error).__name__}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _parse(folder, f"{path.name} line {number}", line)


def clip_path(folder: Path, clip: LabelledClip) -> Path:
    """Return where the clip's audio lies."""
    return folder / clip.clip


def _parse(folder: Path, where: str, line: str) -> LabelledClip:
    try:
        clip = _CLIP.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise SetUnusable(f"{where}: {'.'.join(map(str, first['loc']))}: {first['type']}") from error
    path = (folder / clip.clip).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise SetUnusable(f"{where}: clip outside of the folder")
    if not path.is_file():
        raise SetUnusable(f"{where}: clip is missing")
    if clip.at is not None and clip.at.tzinfo is None:
        raise SetUnusable(f"{where}: at has no zone")
    return clip
