"""The silence a caller heard, measured on the recording of his own line."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ops.robots.ear import VOICED_RMS

_FRAME = 160  # samples
_FRAME_MS = 20.0


def longest_silence(path: Path, from_ms: float = 0.0, to_ms: float | None = None) -> tuple[float, float]:
    """Return (length, start) in ms of the longest stretch in which neither caller nor hotline made a sound.

    path: a stereo recording as Line.write_wav makes it, of which only the part between the two times counts; raises
    ValueError for another format.
    """
    first = int(from_ms / _FRAME_MS)
    sound = _voiced(path).max(axis=1)[: None if to_ms is None else int(to_ms / _FRAME_MS)]
    best, start, run = 0, first, 0
    for index, voiced in enumerate(sound[first:].tolist(), first):
        run = 0 if voiced else run + 1
        if run > best:
            best, start = run, index - run + 1
    return best * _FRAME_MS, start * _FRAME_MS


def heard_ms(path: Path, from_ms: float, to_ms: float) -> float:
    """Return how many ms of sound the caller heard between two times of the recording."""
    heard = _voiced(path)[int(from_ms / _FRAME_MS) : int(to_ms / _FRAME_MS), 1]
    return float(heard.sum()) * _FRAME_MS


def _voiced(path: Path) -> NDArray[np.bool_]:
    """Return for each 20 ms whether caller (column 0) and hotline (column 1) made a sound."""
    with wave.open(str(path), "rb") as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (8000, 2, 2):
            raise ValueError(f"{path.name}: not 8 kHz, 16 bit, stereo")
        both = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64).reshape(-1, 2)
    frames = both[: len(both) // _FRAME * _FRAME].reshape(-1, _FRAME, 2)
    found: NDArray[np.bool_] = np.sqrt(np.mean(frames * frames, axis=1)) >= VOICED_RMS
    return found
