"""What a robot hears: voiced or silent, when prompts begin and end, how long nothing was heard. Pure; times in ms."""

from dataclasses import dataclass, field

import numpy as np

PROMPT_END_MS = 700  # a prompt has ended when it has been silent this long; pauses inside one are about 300
VOICED_RMS = 180.0  # of 32768: about -45 dBFS; prompts are at -20, comfort noise of A-law silence below -60

STRETCH_GAP_MS = 200  # a shorter gap does not end a stretch of sound
MARKER_HZ = (450, 1850)  # two tones no voice or prompt makes together: the robot agent's sign that it answered
MARKER_FRAMES = 5


def is_voiced(pcm: bytes) -> bool:
    """Tell whether s16le samples carry sound."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    return bool(samples.size) and float(np.sqrt(np.mean(samples * samples))) >= VOICED_RMS


def is_marker(pcm: bytes) -> bool:
    """Tell whether a frame holds the two marker tones and little else."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    if samples.size < 160 or not is_voiced(pcm):
        return False
    power = np.abs(np.fft.rfft(samples[:160])) ** 2
    bins = [round(hertz / 50) for hertz in MARKER_HZ]  # 160 samples at 8 kHz: 50 Hz a bin
    parts = [float(power[place - 1 : place + 2].sum()) for place in bins]
    return sum(parts) > 0.8 * float(power.sum()) and min(parts) > 0.1 * float(power.sum())


def marker(seconds: float = 0.4) -> bytes:
    """Return the samples of the marker."""
    when = np.arange(int(8000 * seconds)) / 8000
    both = np.sin(2 * np.pi * MARKER_HZ[0] * when) + np.sin(2 * np.pi * MARKER_HZ[1] * when)
    return (6000 * both).astype("<i2").tobytes()


@dataclass
class Ear:
    """Feed it each frame heard (and each frame said) with its time in ms since answer."""

    heard_voice_at: list[float] = field(default_factory=list)  # starts of voiced stretches heard
    stretches: list[tuple[float, float]] = field(default_factory=list)  # sound heard: (first, last frame)
    voice_now: bool = False
    last_voiced: float = -1.0
    prompt_start: float = -1.0
    prompts_ended: int = 0
    longest_silence_ms: float = 0.0
    _sound_until: float = 0.0
    _in_prompt: bool = False
    _marker_frames: int = 0

    def hear(self, pcm: bytes, at: float) -> None:
        """Take a frame heard at `at`."""
        voiced = is_voiced(pcm)
        if voiced:
            if not self.voice_now and (self.last_voiced < 0 or at - self.last_voiced > PROMPT_END_MS):
                self.heard_voice_at.append(at)
            if not self._in_prompt:
                self._in_prompt, self.prompt_start = True, at
            self._stretch(at)
            self.last_voiced = at
            self._sound(at)
            self._marker_frames += is_marker(pcm)
        elif self._in_prompt and at - self.last_voiced >= PROMPT_END_MS:
            self._in_prompt = False
            self.prompts_ended += 1
        self.voice_now = voiced
        self.tick(at)

    def said(self, at: float) -> None:
        """Take note that the robot itself made sound at `at`: no silence for the caller."""
        self._sound(at)

    def tick(self, at: float) -> None:
        """Take note of the time."""
        self.longest_silence_ms = max(self.longest_silence_ms, at - self._sound_until)

    def _stretch(self, at: float) -> None:
        if self.stretches and at - self.stretches[-1][1] <= STRETCH_GAP_MS:
            self.stretches[-1] = (self.stretches[-1][0], at)
        else:
            self.stretches.append((at, at))

    @property
    def agent_greeted(self) -> bool:
        """Tell whether a robot agent gave its sign."""
        return self._marker_frames >= MARKER_FRAMES

    def silent_since(self, onset: float) -> int | None:
        """Return how long after `onset` the sound that was then heard went on, None when none was heard."""
        stretch = next((item for item in self.stretches if item[0] <= onset <= item[1] + STRETCH_GAP_MS), None)
        return None if stretch is None else max(0, round(stretch[1] - onset))

    def _sound(self, at: float) -> None:
        self.longest_silence_ms = max(self.longest_silence_ms, at - self._sound_until)
        self._sound_until = at

    @property
    def in_prompt(self) -> bool:
        """Tell whether a prompt is being heard (or has been silent for less than PROMPT_END_MS)."""
        return self._in_prompt

    def first_voice_after(self, at: float) -> float | None:
        """Return when the first voiced frame after `at` came, None while there is none."""
        if self.last_voiced <= at:
            return None
        return next((start for start in self.heard_voice_at if start > at), None)
