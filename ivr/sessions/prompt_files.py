"""Which sound files say a segment: the recorded one, the synthetic one, or its pieces."""

from pathlib import Path

import structlog

from speech.contract import Segment, prompt_file, recorded_file

log = structlog.get_logger(__name__)


def segment_files(root: Path, segment: Segment, rate: float = 1.0) -> tuple[Path, ...]:
    """Return the files to play one after the other; empty, with a log line naming the key, when there is nothing.

    A slow rate that was never made falls back to the normal one. Pieces that have no file are left out.
    """
    if segment.key and (recorded := recorded_file(root, segment.key)).exists():
        return (recorded,)
    if (whole := _synthetic(root, segment.text, rate)) is not None:
        return (whole,)
    found = [_synthetic(root, piece, rate) for piece in segment.pieces]
    files = tuple(path for path in found if path is not None)
    if len(files) < len(found) or not files:
        log.error("prompt_missing", key=segment.key, pieces=len(found), missing=len(found) - len(files))
    return files


def _synthetic(root: Path, text: str, rate: float) -> Path | None:
    for speed in dict.fromkeys((rate, 1.0)):
        if (path := prompt_file(root, text, speed)).exists():
            return path
    return None
