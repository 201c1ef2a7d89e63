"""Energy voice activity detector for 8 kHz telephone audio: which 20 ms frames hold a voice.

Pure: no clock, the frames are the time. The threshold follows the quietest of the last 2 s, so noise (fan, hum, a
hissing line) stops counting as voice soon after it begins, while speech, which dips between syllables, does not.
"""

import math
from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass

import numpy as np

FRAME_SAMPLES = 160
FRAME_MS = 20
SILENCE_DB = -75.0  # digital silence of a compressed line counts as this, not as minus infinity
BAND_HZ = (200.0, 3400.0)


@dataclass(frozen=True, slots=True)
class VADSettings:
    """margin_db above the floor is voice; never below least_db (dBFS in the telephone band).

    boost_db raises the gate while a prompt plays, against its echo.
    start_ms of voice within window_ms make speech; stop_ms without a voiced frame end it.
    A stretch of steady_ms that varies by less than steady_db is noise, however loud.
    """

    margin_db: float = 7.0
    least_db: float = -46.0
    boost_db: float = 6.0
    start_ms: int = 100
    window_ms: int = 400
    stop_ms: int = 200
    floor_window_ms: int = 2000
    steady_ms: int = 600
    steady_db: float = 4.0


@dataclass(frozen=True, slots=True)
class Voicing:
    """One frame's decision. run_ms: voice within the last window; speaking: between a start and a stop."""

    voiced: bool
    speaking: bool
    run_ms: int
    level_db: float


class _Levels:
    """The last `size` levels, kept in order as well: sorting them anew for every frame cost more than decoding."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._recent: deque[float] = deque()
        self._ordered: list[float] = []

    def add(self, level: float) -> None:
        if self.full:
            del self._ordered[bisect_left(self._ordered, self._recent.popleft())]
        self._recent.append(level)
        insort(self._ordered, level)

    @property
    def full(self) -> bool:
        return len(self._recent) == self._size

    def percentile(self, share: float) -> float:
        """Return the percentile, between two levels by straight line (as numpy's default), of at least one level."""
        place = (len(self._ordered) - 1) * share
        low = int(place)
        first, second = self._ordered[low], self._ordered[min(low + 1, len(self._ordered) - 1)]
        return first + (second - first) * (place - low)


class VAD:
    """Decides frame by frame; one per line, kept over its turns so that the floor is known."""

    def __init__(self, settings: VADSettings | None = None) -> None:
        self._settings = settings or VADSettings()
        self._levels = _Levels(self._settings.floor_window_ms // FRAME_MS)
        self._last_levels = _Levels(self._settings.steady_ms // FRAME_MS)
        self._recent: deque[bool] = deque(maxlen=self._settings.window_ms // FRAME_MS)
        self._speaking = False
        self._quiet_ms = 0
        frequencies = np.fft.rfftfreq(FRAME_SAMPLES, 1 / 8000)
        self._band = (frequencies >= BAND_HZ[0]) & (frequencies <= BAND_HZ[1])

    def frame(self, pcm: bytes, *, prompting: bool = False) -> Voicing:
        """Take 320 bytes of s16le audio (a shorter last frame is padded); prompting: a prompt is being played."""
        level = self.level_db(pcm)
        self._levels.add(level)
        self._last_levels.add(level)
        voiced = level >= self.threshold_db(prompting=prompting)
        self._recent.append(voiced)
        run_ms = sum(self._recent) * FRAME_MS
        self._quiet_ms = 0 if voiced else self._quiet_ms + FRAME_MS
        if self._speaking:
            self._speaking = self._quiet_ms < self._settings.stop_ms
        else:
            self._speaking = voiced and run_ms >= self._settings.start_ms
        return Voicing(voiced=voiced, speaking=self._speaking, run_ms=run_ms, level_db=level)

    def threshold_db(self, *, prompting: bool = False) -> float:
        """Return the level in dBFS from which a frame is voiced now."""
        boost = self._settings.boost_db if prompting else 0.0
        return max(self.floor_db + self._settings.margin_db, self._settings.least_db) + boost

    @property
    def floor_db(self) -> float:
        """The noise floor in dBFS; silence until something showed itself to be noise."""
        floor = SILENCE_DB
        if self._last_levels.full:
            low, high = self._last_levels.percentile(0.05), self._last_levels.percentile(0.95)
            if high - low < self._settings.steady_db:
                floor = self._last_levels.percentile(0.5)
        if self._levels.full:
            # A percentile stands for the minimum: one lost packet must not pull the floor down to silence.
            floor = max(floor, self._levels.percentile(0.05))
        return floor

    def level_db(self, pcm: bytes) -> float:
        """Return the frame's level in the telephone band, dBFS, at least SILENCE_DB."""
        samples = np.frombuffer(pcm.ljust(FRAME_SAMPLES * 2, b"\0")[: FRAME_SAMPLES * 2], "<i2") / 32768.0
        power = np.abs(np.fft.rfft(samples)[self._band]) ** 2
        mean_square = 2.0 * float(power.sum()) / FRAME_SAMPLES**2
        return max(SILENCE_DB, 10.0 * math.log10(mean_square)) if mean_square > 0 else SILENCE_DB
