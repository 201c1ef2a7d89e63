"""Reads the robots' recordings."""

import wave
from pathlib import Path
from typing import Any

import numpy as np


def read_stereo(path: Path) -> "tuple[np.ndarray[Any, np.dtype[np.int16]], np.ndarray[Any, np.dtype[np.int16]]]":
    """Return (said, heard) samples of a robot's WAV."""
    with wave.open(str(path)) as call:
        both = np.frombuffer(call.readframes(call.getnframes()), dtype="<i2").reshape(-1, 2)
    return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])
