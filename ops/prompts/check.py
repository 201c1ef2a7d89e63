"""Looks at every prompt file: there, in the right format, not too long, evenly loud, not clipped, cleanly cut."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.prompts.script import LONGEST_S, PAUSE_S
from speech.contract import prompt_file, recorded_file
from speech.synthesizers.loudness import TARGET_DB, clipped, edge_silence_ms, loudness_db
from speech.wav import AudioUnusable, read_wav

TOLERANCE_DB = 2.0
_SAMPLES_A_SECOND = 8000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with one file. kind: missing, format, long, loud, quiet, silent, clipped, edge, unknown."""

    key: str
    kind: str
    text: str
    file: str
    recorded: bool

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"key": self.key, "kind": self.kind, "text": self.text, "file": self.file, "recorded": self.recorded}


def check(root: Path, texts: Iterable[Mapping[str, Any]], recordable: Iterable[str]) -> tuple[int, list[Finding]]:
    """Return how many files were looked at and what is wrong with them.

    texts: {key, text, rate} of everything static; recordable: keys that a recording may have. A recording counts
    instead of the synthetic file at the normal rate.
    """
    findings: list[Finding] = []
    seen: set[Path] = set()
    for text in texts:
        recorded = recorded_file(root, text["key"]) if text["key"] else None
        if recorded is not None and recorded.exists():
            path, is_recorded = recorded, True
        else:
            path, is_recorded = prompt_file(root, text["text"], text["rate"]), False
        if path not in seen:
            seen.add(path)
            findings += _file(text["key"] or text["text"], path, root, recorded=is_recorded)
    keys = set(recordable)
    for path in sorted((root / "recorded").glob("*")):
        if path not in seen and (path.suffix != ".wav" or path.stem not in keys):
            why = "没有这个键的提示音,不会被播放 / no such prompt, never played"
            findings.append(_finding(path.stem, "unknown", why, path, root, recorded=True))
    return len(seen), findings


def _file(key: str, path: Path, root: Path, *, recorded: bool) -> Iterator[Finding]:
    if not path.exists():
        yield _finding(key, "missing", "缺文件 / missing", path, root, recorded=recorded)
        return
    try:
        pcm = read_wav(path)
    except AudioUnusable as error:
        what = f"格式不对,要 8 kHz 16 位单声道 WAV / wrong format: {error}"
        yield _finding(key, "format", what, path, root, recorded=recorded)
        return
    for kind, what in problems(pcm):
        yield _finding(key, kind, what, path, root, recorded=recorded)


def problems(pcm: bytes) -> Iterator[tuple[str, str]]:
    """Yield (kind, what is wrong) of one prompt's samples, s16le 8 kHz mono."""
    seconds = len(pcm) / 2 / _SAMPLES_A_SECOND
    if seconds > LONGEST_S:
        yield "long", f"太长:{seconds:.1f} 秒,上限 {LONGEST_S:.0f} 秒 / too long"
    level = loudness_db(pcm)
    if level is None:
        yield "silent", "没有声音 / silent"
        return
    if abs(level - TARGET_DB) > TOLERANCE_DB:
        kind, word = ("loud", "太响") if level > TARGET_DB else ("quiet", "太轻")
        yield kind, f"{word}:{level:.1f} dBFS,应为 {TARGET_DB:.0f} ± {TOLERANCE_DB:.0f} / too {kind}"
    if clipped(pcm):
        yield "clipped", "削波失真 / clipped"
    before, after = edge_silence_ms(pcm)
    if max(before, after) > PAUSE_S * 1000:
        yield (
            "edge",
            f"首尾静音 {before}/{after} 毫秒,上限 {PAUSE_S * 1000:.0f} 毫秒(段间停顿 {PAUSE_S} 秒)/ edge silence",
        )


def _finding(key: str, kind: str, text: str, path: Path, root: Path, *, recorded: bool) -> Finding:
    return Finding(key, kind, text, str(path.relative_to(root)), recorded)
