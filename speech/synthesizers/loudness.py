"""Pure: raw synthetic speech into an even prompt: silence trimmed at both ends, one loudness."""

import math

import numpy as np
from numpy.typing import NDArray

TARGET_DB = -20.0  # RMS of the voiced samples, dBFS (issue: -20 dBFS +- 2 on all prompts)
SOFTER_DB = 8.0
PEAK = 0.95
FRAME = 160
VOICED = 300 / 32768  # samples above this count as voiced
_EDGE_DB = -50.0
_PAD_FRAMES = 2
_ROUNDS = 6  # the voiced samples change with the gain; after a few rounds they do not


def even(pcm: bytes) -> bytes:
    """Return s16le audio trimmed and brought to TARGET_DB; b"" when there is nothing but silence in it."""
    samples = _samples(pcm)
    frames = len(samples) // FRAME
    if not frames:
        return b""
    levels = _levels_db(samples[: frames * FRAME].reshape(frames, FRAME))
    heard = np.flatnonzero(levels > _EDGE_DB)
    if not len(heard):
        return b""
    first, last = max(0, int(heard[0]) - _PAD_FRAMES), min(frames, int(heard[-1]) + 1 + _PAD_FRAMES)
    trimmed = samples[first * FRAME : last * FRAME]
    most = PEAK / float(np.abs(trimmed).max())
    gain = most
    for _ in range(_ROUNDS):
        gain = min(gain * 10 ** ((TARGET_DB - _loudness(trimmed * gain)) / 20), most)
    scaled = np.round(trimmed * gain * 32767.0).astype("<i2")
    return bytes(scaled.tobytes())


def softer(pcm: bytes) -> bytes:
    """Return s16le audio SOFTER_DB quieter."""
    return bytes(np.round(_samples(pcm) * 32768.0 * 10 ** (-SOFTER_DB / 20)).astype("<i2").tobytes())


def loudness_db(pcm: bytes) -> float | None:
    """Return the RMS of the voiced samples of s16le audio in dBFS, None when nothing in it is voiced."""
    samples = _samples(pcm)
    return _loudness(samples) if bool((np.abs(samples) > VOICED).any()) else None


def edge_silence_ms(pcm: bytes) -> tuple[int, int]:
    """Return how long s16le audio of 8 kHz is silent before its first and after its last voiced sample, in ms."""
    voiced = np.flatnonzero(np.abs(_samples(pcm)) > VOICED)
    total = len(pcm) // 2
    return (int(voiced[0]) // 8, (total - 1 - int(voiced[-1])) // 8) if len(voiced) else (total // 8, total // 8)


def clipped(pcm: bytes) -> bool:
    """Tell whether s16le audio is cut off at full scale: three samples in a row at the limit."""
    full = np.abs(_samples(pcm)) >= 32766 / 32768
    return bool((full[:-2] & full[1:-1] & full[2:]).any()) if len(full) > 2 else False


def _samples(pcm: bytes) -> NDArray[np.float64]:
    samples: NDArray[np.float64] = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float64) / 32768.0
    return samples


def _loudness(samples: NDArray[np.float64]) -> float:
    voiced = samples[np.abs(samples) > VOICED]
    return 10 * math.log10(float(np.mean(voiced**2))) if len(voiced) else 20 * math.log10(VOICED)


def _levels_db(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    mean_square = np.maximum(np.mean(frames**2, axis=1), 1e-10)
    levels: NDArray[np.float64] = 10 * np.log10(mean_square)
    return levels
