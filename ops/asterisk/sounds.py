"""The sounds that are no speech: hold music, waiting tone and beep, computed, so nothing third-party is needed."""

import math
import struct
import wave
from collections.abc import Iterator
from pathlib import Path

RATE = 8000  # Hz, s16 mono like every prompt
# a slow pentatonic arpeggio (Hz), each tone fading into the next: quiet, and never silent
NOTES = (392.0, 440.0, 523.25, 587.33, 659.25, 587.33, 523.25, 440.0)
NOTE_S = 1.0
LOUDNESS = 2600.0
BEEP_HZ, BEEP_S, BEEP_LOUDNESS = 1000.0, 0.25, 9000.0
WAITING_HZ, WAITING_S, WAITING_EVERY_S = 450.0, 0.3, 1.5


def write_sounds(data: Path) -> None:
    """Write moh/hold.wav, moh-waiting/tone.wav and sounds/en/beep.wav under `data`."""
    _write(data / "moh/hold.wav", _hold())
    _write(data / "moh-waiting/tone.wav", _waiting())
    _write(data / "sounds/en/beep.wav", _beep(BEEP_HZ, BEEP_S, BEEP_LOUDNESS))


def _hold() -> Iterator[float]:
    length = int(RATE * NOTE_S)
    for index in range(len(NOTES) * length):
        place, offset = divmod(index, length)
        # the note before rings on while this one begins
        now = _tone(NOTES[place], offset, length)
        yield LOUDNESS * (now + _tone(NOTES[place - 1], offset + length, length))


def _tone(hz: float, offset: int, length: int) -> float:
    attack = min(1.0, offset / (0.05 * RATE))
    fade = math.exp(-1.5 * offset / length)
    end = max(0.0, min(1.0, (2 * length - offset) / (0.2 * RATE)))
    return attack * fade * end * math.sin(2 * math.pi * hz * offset / RATE)


def _waiting() -> Iterator[float]:
    yield from _beep(WAITING_HZ, WAITING_S, LOUDNESS)
    yield from (0.0 for _ in range(int(RATE * (WAITING_EVERY_S - WAITING_S))))


def _beep(hz: float, seconds: float, loudness: float) -> Iterator[float]:
    count = int(RATE * seconds)
    for index in range(count):
        edge = min(1.0, index / 80, (count - index) / 80)
        yield loudness * edge * math.sin(2 * math.pi * hz * index / RATE)


def _write(path: Path, samples: Iterator[float]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", round(sample)) for sample in samples))
