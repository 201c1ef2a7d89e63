"""Stereo for playback from the two legs: left the caller, right what the caller heard (agent, prompts); pure."""

import array
import io
import struct
import sys
import wave
from dataclasses import dataclass

_SAMPLE_BYTES = 2


class InvalidAudio(ValueError):
    """A leg that is no 16-bit mono PCM WAV."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg's sound: signed 16-bit samples in native byte order."""

    rate: int
    samples: "array.array[int]"


def read_leg(data: bytes) -> Leg:
    """Parse a 16-bit mono PCM WAV. Odd bytes at the end are cut off; raises InvalidAudio."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            if file.getnchannels() != 1 or file.getsampwidth() != _SAMPLE_BYTES:
                raise InvalidAudio("expected 16-bit mono")
            rate, frames = file.getframerate(), file.readframes(file.getnframes())
    except (wave.Error, EOFError, struct.error) as error:
        raise InvalidAudio(type(error).__name__) from error
    samples = array.array("h", frames[: len(frames) // _SAMPLE_BYTES * _SAMPLE_BYTES])
    if sys.byteorder == "big":
        samples.byteswap()
    return Leg(rate, samples)


def merge(caller: bytes, agent: bytes) -> bytes:
    """Return a stereo WAV, left `caller`, right `agent`; the shorter leg is filled with silence.

    Raises InvalidAudio when a leg is no 16-bit mono WAV or the rates differ.
    """
    left, right = read_leg(caller), read_leg(agent)
    if left.rate != right.rate:
        raise InvalidAudio(f"rates differ: {left.rate} and {right.rate}")
    frames = max(len(left.samples), len(right.samples))
    both = array.array("h", bytes(frames * 2 * _SAMPLE_BYTES))
    both[0 : 2 * len(left.samples) : 2] = left.samples
    both[1 : 2 * len(right.samples) : 2] = right.samples
    if sys.byteorder == "big":
        both.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(_SAMPLE_BYTES)
        file.setframerate(left.rate)
        file.writeframes(both.tobytes())
    return out.getvalue()


def duration_ms(size: int, *, rate: int = 8000, channels: int = 1) -> int:
    """Return how long a 16-bit PCM WAV of `size` bytes lasts, its 44-byte header taken off."""
    return max(0, size - 44) * 1000 // (rate * channels * _SAMPLE_BYTES)
