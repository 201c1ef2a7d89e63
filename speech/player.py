"""Plays prompt segments as 20 ms frames; can pause, go back to the beginning of a sentence, and be dropped.

It also knows which of its words were on the line a moment ago, as far as a segment's time can be shared out over its
characters: the echo guard asks for them.
"""

import math
from collections import deque

import numpy as np

from speech.audiosocket.protocol import FRAME_BYTES, FRAME_MS
from speech.wav import BYTES_PER_MS, SAMPLE_RATE

_QUIET_DB = -45.0
_SENTENCE_GAP_FRAMES = 8  # 160 ms: what the voice makes of a comma or a full stop
_HISTORY_FRAMES = 3000  # one minute
_LEAD_FRAMES = 10  # a sentence that has only just begun is no place to go on from


def tone(hertz: float, ms: int, level_db: float = -20.0) -> bytes:
    """Return a sine tone, s16le 8 kHz."""
    times = np.arange(SAMPLE_RATE * ms // 1000) / SAMPLE_RATE
    wave = np.sin(2 * math.pi * hertz * times) * 10 ** (level_db / 20) * math.sqrt(2)
    return bytes((wave * 32767).astype("<i2").tobytes())


BEEP = tone(1000.0, 400)


def sentence_start(pcm: bytes, position: int) -> int:
    """Return the byte offset of the sentence that `position` lies in: behind the last pause before it, else 0."""
    usable = min(position, len(pcm)) // FRAME_BYTES - _LEAD_FRAMES
    if usable <= 0:
        return 0
    samples = np.frombuffer(pcm[: usable * FRAME_BYTES], "<i2").astype(np.float64) / 32768.0
    power = np.mean(samples.reshape(usable, FRAME_BYTES // 2) ** 2, axis=1)
    quiet = power < 10 ** (_QUIET_DB / 10)
    for end in range(usable, _SENTENCE_GAP_FRAMES - 1, -1):
        if quiet[end - _SENTENCE_GAP_FRAMES : end].all():
            return (end - 1) * FRAME_BYTES
    return 0


class PromptPlayer:
    """A FrameSource. Segments may still be added while the first ones play."""

    def __init__(self) -> None:
        self._segments: list[tuple[bytes, int]] = []
        self._texts: list[str] = []
        self._history: deque[tuple[int, float] | None] = deque(maxlen=_HISTORY_FRAMES)  # segment, share played
        self._index = 0
        self._position = 0
        self._pause_left = 0
        self._complete = False
        self._held = False

    def add(self, pcm: bytes, pause_ms: int, text: str = "") -> None:
        """Append a segment (s16le 8 kHz), the pause behind it and its words; ignored after `complete` and `drop`."""
        if self._complete:
            return
        self._segments.append((pcm, pause_ms))
        self._texts.append(text)

    def complete(self) -> None:
        """Say that no segment will follow."""
        self._complete = True

    def pause(self) -> None:
        """Fall silent and keep the place."""
        self._held = True

    def resume(self) -> None:
        """Go on from the beginning of the interrupted sentence."""
        self._held = False
        if self._index < len(self._segments):
            self._position = sentence_start(self._segments[self._index][0], self._position)

    def drop(self) -> None:
        """Fall silent for good."""
        self._segments.clear()
        self._index, self._complete = 0, True

    @property
    def finished(self) -> bool:
        """True when everything was played or dropped; the pause behind the last segment is not waited for."""
        return self._complete and self._index >= len(self._segments)

    @property
    def silent(self) -> bool:
        """True while nothing of the prompt is on the line."""
        return self._held or self._index >= len(self._segments)

    def said(self, ms: int, margin_ms: int) -> str:
        """Return the words that were on the line in the last `ms`, and `margin_ms` before and after them."""
        frames = (ms + margin_ms) // FRAME_MS
        shares: dict[int, list[float]] = {}
        for place in list(self._history)[-frames:] if frames else []:
            if place is not None:
                shares.setdefault(place[0], []).append(place[1])
        return "".join(self._words(index, min(parts), max(parts), margin_ms) for index, parts in shares.items())

    def _words(self, index: int, first: float, last: float, margin_ms: int) -> str:
        text, pcm = self._texts[index], self._segments[index][0] if index < len(self._segments) else b""
        ahead = margin_ms * BYTES_PER_MS / len(pcm) if pcm else 0.0  # dropped: nothing more of it was said
        return text[math.floor(first * len(text)) : math.ceil((last + ahead) * len(text))]

    def next_frame(self) -> bytes | None:
        """See FrameSource."""
        self._history.append(None)
        if self.silent:
            return None
        if self._pause_left > 0:
            self._pause_left -= FRAME_MS
            return None
        pcm, pause_ms = self._segments[self._index]
        self._history[-1] = self._index, self._position / len(pcm)
        frame = pcm[self._position : self._position + FRAME_BYTES]
        self._position += FRAME_BYTES
        if self._position >= len(pcm):
            self._index, self._position, self._pause_left = self._index + 1, 0, pause_ms
        return frame.ljust(FRAME_BYTES, b"\0") if frame else None


def length_ms(pcm: bytes) -> int:
    """Return how long s16le 8 kHz audio plays."""
    return len(pcm) // BYTES_PER_MS
