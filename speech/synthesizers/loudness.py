"""Pure: raw synthetic speech into an even prompt: silence trimmed at both ends, one loudness."""

import math

import numpy as np
from numpy.typing import NDArray

TARGET_DB = -20.0  # RMS of the voiced frames, dBFS
PEAK = 0.95
FRAME = 160
_ACTIVE_DB = 30.0  # frames within so much of the loudest one are voiced
_EDGE_DB = -50.0
_PAD_FRAMES = 2


def even(pcm: bytes) -> bytes:
    """Return s16le audio trimmed and brought to TARGET_DB; b"" when there is nothing but silence in it."""
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float64) / 32768.0
    frames = len(samples) // FRAME
    if not frames:
        return b""
    levels = _levels_db(samples[: frames * FRAME].reshape(frames, FRAME))
    heard = np.flatnonzero(levels > _EDGE_DB)
    if not len(heard):
        return b""
    first, last = max(0, int(heard[0]) - _PAD_FRAMES), min(frames, int(heard[-1]) + 1 + _PAD_FRAMES)
    trimmed = samples[first * FRAME : last * FRAME]
    active = levels[levels > levels.max() - _ACTIVE_DB]
    loudness = 10 * math.log10(float(np.mean(10 ** (active / 10))))
    gain = min(10 ** ((TARGET_DB - loudness) / 20), PEAK / float(np.abs(trimmed).max()))
    scaled = np.round(trimmed * gain * 32767.0).astype("<i2")
    return bytes(scaled.tobytes())


def _levels_db(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    mean_square = np.maximum(np.mean(frames**2, axis=1), 1e-10)
    levels: NDArray[np.float64] = 10 * np.log10(mean_square)
    return levels
