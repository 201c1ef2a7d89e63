"""Calls to measure recognizers with: the caller's side, recorded by robots or synthesised as they speak."""

import random
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech.contract import SlotKind, SlotSpec
from speech.evaluation.cases import Cases
from speech.evaluation.sound import RATE, Line, Studio, a_law, chance_of

BYTES_PER_MS = 16
QUESTIONS = ("menu", "fault_code", "yes_no", "address", "yes_no", "visit_time", "phone", "yes_no")
PROMPT_MS = (5000, 12000)  # as in recorded robot calls: 9 s of prompts a question
WAITING_MS = 1700  # behind the 400 ms of an utterance's tail: until the turn has ended and the next prompt begins
_NOISE_RMS = 15.0  # of 32768: -67 dBFS, a quiet line


class CallsUnusable(Exception):
    """The folder holds no recorded robot calls; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Question:
    """A turn of a call: what is asked, from when on (ms of the call), and how long the prompt lasts."""

    spec: SlotSpec
    asked_ms: int
    prompt_ms: int


@dataclass(frozen=True, slots=True)
class CallAudio:
    """The caller's side of a call: s16le 8 kHz, and what was asked when; the last question is asked again and again."""

    pcm: bytes
    questions: tuple[Question, ...]

    @property
    def seconds(self) -> float:
        """Return the length."""
        return len(self.pcm) / BYTES_PER_MS / 1000


def make_calls(count: int, cases: Cases, studio: Studio, seed: int) -> list[CallAudio]:
    """Synthesise calls of eight questions each; the same for the same seed. Raises SoundFailed."""
    return [_make_call(cases, studio, chance_of(seed, "call", number)) for number in range(count)]


def _make_call(cases: Cases, studio: Studio, chance: random.Random) -> CallAudio:
    parts: list[bytes] = []
    questions: list[Question] = []
    for slot in QUESTIONS:
        case, prompt_ms = cases.samplers[slot](chance), chance.randrange(*PROMPT_MS, 20)
        questions.append(Question(case.spec, sum(map(len, parts)) // BYTES_PER_MS, prompt_ms))
        answer = studio.speak(case.said, Line("clean"), chance).pcm
        parts += [_quiet(prompt_ms, chance), answer[: len(answer) // 320 * 320], _quiet(WAITING_MS, chance)]
    return CallAudio(b"".join(parts), tuple(questions))


def _quiet(ms: int, chance: random.Random) -> bytes:
    noise = np.random.default_rng(chance.getrandbits(32)).normal(0.0, _NOISE_RMS, ms * RATE // 1000)
    return a_law(noise).astype("<i2").tobytes()


def read_calls(folder: Path, count: int) -> list[CallAudio]:
    """Read the callers' sides of robot calls' recordings (stereo, left is the caller); raises CallsUnusable.

    What was asked is not in a recording: every utterance is heard as an answer to `menu`.
    """
    spec = SlotSpec("recorded", SlotKind.MENU)
    calls = [CallAudio(pcm, (Question(spec, 0, 0),)) for pcm in _left_tracks(sorted(folder.glob("*.wav")))]
    if not calls:
        raise CallsUnusable(f"{folder}: no stereo recordings of robot calls (8 kHz, 16 bit)")
    return [calls[number % len(calls)] for number in range(count)]


def _left_tracks(paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        try:
            with wave.open(str(path), "rb") as file:
                if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 2, 2):
                    continue
                both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
        except (OSError, EOFError, wave.Error) as error:
            raise CallsUnusable(f"{path}: {error}") from error
        left = both[: len(both) // 160 * 160, 0]
        if np.abs(left).max(initial=0) > 1000:  # an agent's recording, or a caller who never spoke
            yield left.tobytes()
