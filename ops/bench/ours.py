"""Our side of the recognizer benchmark: calls through voice detector, turn machine, slots and the pool of decoders.

Nothing of the telephone: no sockets, no prompts to play. Time is the audio's; when it runs is the caller's affair.
"""

import asyncio
import os
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.bench.robot_calls import BYTES_PER_MS, CallAudio, Question
from speech.contract import Lexicon
from speech.ear import PRE_ROLL_MS
from speech.listening import Listening
from speech.meaning import SlotsByPack
from speech.recognizers.pool import PooledRecognizer
from speech.recognizers.port import Hearing, Recognition, Recognizer, RecognizerFailed
from speech.turn_events import Frame, Input, Order, Output, PromptEnded, TurnRules
from speech.turns import TurnMachine
from speech.vad import FRAME_MS, VAD

FRAME_BYTES = FRAME_MS * BYTES_PER_MS
TICK_FRAMES = 5  # 100 ms at once: what the recognizer takes as a packet
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Observed:
    """What became of the utterances. waits_s: what each end took; utterances: (phrases, audio) as they were decoded."""

    waits_s: list[float] = field(default_factory=list)
    degraded: int = 0
    failed: int = 0
    utterances: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)


class _Recognition:
    """Port Recognition: the real one, with its audio and its end observed."""

    def __init__(self, inner: Recognition, phrases: tuple[str, ...], seen: Observed) -> None:
        self._inner, self._phrases, self._seen = inner, phrases, seen
        self._audio = bytearray()

    def feed(self, pcm: bytes) -> None:
        """See Recognition."""
        self._audio += pcm
        self._inner.feed(pcm)

    def partial(self) -> tuple[str, ...]:
        """See Recognition."""
        return self._inner.partial()

    @property
    def lost(self) -> bool:
        """See Recognition."""
        return self._inner.lost

    async def finish(self) -> Hearing:
        """See Recognition."""
        self._seen.utterances.append((self._phrases, bytes(self._audio)))
        begun = time.perf_counter()
        try:
            heard = await self._inner.finish()
        except RecognizerFailed:
            self._seen.failed += 1
            raise
        self._seen.waits_s.append(time.perf_counter() - begun)
        self._seen.degraded += heard.degraded
        return heard

    def cancel(self) -> None:
        """See Recognition."""
        self._inner.cancel()


class ObservedRecognizer:
    """Port Recognizer: another one, watched."""

    def __init__(self, inner: Recognizer) -> None:
        self.seen = Observed()
        self._inner = inner

    def start(self, phrases: Sequence[str]) -> _Recognition:
        """See Recognizer."""
        try:
            return _Recognition(self._inner.start(phrases), tuple(phrases), self.seen)
        except RecognizerFailed:
            self.seen.failed += 1
            raise

    def prepare(self, phrases: Sequence[str]) -> None:
        """See Recognizer."""
        self._inner.prepare(phrases)

    @property
    def busy(self) -> bool:
        """See Recognizer."""
        return self._inner.busy

    def status(self) -> Mapping[str, object]:
        """See Recognizer."""
        return self._inner.status()

    async def close(self) -> None:
        """See Recognizer."""
        await self._inner.close()


class Listener:
    """One call, heard turn by turn as the media would, from the question `first` on."""

    def __init__(
        self, call: CallAudio, recognizer: Recognizer, slots: SlotsByPack, lexicon: Lexicon, first: int = 0
    ) -> None:
        self.turns = 0
        self._call, self._recognizer, self._slots, self._lexicon = call, recognizer, slots, lexicon
        self._next = first % len(call.questions)
        self._now_ms = call.questions[self._next].asked_ms
        self._vad = VAD()
        self._recent: deque[bytes] = deque(maxlen=PRE_ROLL_MS // FRAME_MS)
        self._machine: TurnMachine | None = None
        self._prompt_ends_ms = 0
        self._listening: Listening | None = None

    @property
    def over(self) -> bool:
        """Tell whether the call's audio has been heard to its end."""
        return self._now_ms * BYTES_PER_MS >= len(self._call.pcm)

    def take(self, tasks: asyncio.TaskGroup, frames: int = TICK_FRAMES) -> None:
        """Hear the next frames."""
        for _ in range(frames):
            if not self.over:
                self._frame(tasks)

    def close(self) -> None:
        """Free what is in use."""
        if self._listening is not None:
            self._listening.close()

    def _frame(self, tasks: asyncio.TaskGroup) -> None:
        start = self._now_ms * BYTES_PER_MS
        pcm = self._call.pcm[start : start + FRAME_BYTES]
        self._now_ms += FRAME_MS
        question = self._call.questions[self._next]
        if self._machine is None and self._now_ms >= question.asked_ms:
            self._ask(question, tasks)
        voicing = self._vad.frame(pcm, prompting=self._now_ms < self._prompt_ends_ms)
        self._recent.append(pcm)
        if self._machine is None or self._listening is None:
            return
        self._listening.feed(pcm)
        self._give(Frame(voicing.voiced, voicing.speaking, voicing.run_ms), tasks)
        for item in self._listening.poll():
            self._give(item, tasks)
        if self._prompt_ends_ms - FRAME_MS < self._now_ms <= self._prompt_ends_ms:
            self._give(PromptEnded(), tasks)
        if self._machine is not None and self._machine.finished is not None:
            self._answered()

    def _ask(self, question: Question, tasks: asyncio.TaskGroup) -> None:
        spec = question.spec
        self._prompt_ends_ms = self._now_ms + question.prompt_ms
        rules = TurnRules(prompted=question.prompt_ms > 0, key_mode=spec.key_mode, timeouts=spec.timeouts)
        self._machine = TurnMachine(rules, self._now_ms)
        self._listening = Listening(self._recognizer, self._slots, self._lexicon, spec)
        tasks.create_task(self._listening.prepare())

    def _answered(self) -> None:
        self.close()
        self.turns += 1
        self._next = min(self._next + 1, len(self._call.questions) - 1)
        self._machine = self._listening = None

    def _give(self, item: Input, tasks: asyncio.TaskGroup) -> None:
        if self._machine is not None:
            for output in self._machine.step(item, self._now_ms):
                self._obey(output, tasks)

    def _obey(self, output: Output, tasks: asyncio.TaskGroup) -> None:
        assert self._listening is not None  # noqa: S101  a machine orders only while its turn listens
        match output:
            case Order.START_RECOGNITION:
                self._listening.start(b"".join(self._recent))
            case Order.STOP_RECOGNITION:
                self._listening.stop()
            case Order.FINALIZE:
                self._listening.finalize(tasks)
            case _:
                pass


def cpu_of(pid: int) -> float:
    """Return the CPU seconds a process has used so far; raises OSError when it is gone."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS


def workers_of(pool: PooledRecognizer, figure: str) -> list[int]:
    """Return one figure of each worker's status. pid, restarts, recycled, or rss_mb: MB, 0 while it is replaced."""
    workers: Any = pool.status()["workers"]
    return [int(worker[figure]) for worker in workers]


async def in_real_time(listeners: Sequence[Listener], seconds: float) -> float:
    """Let every call run in real time, at most so long; returns by how many seconds we fell behind at worst."""
    behind = 0.0
    async with asyncio.TaskGroup() as tasks:
        begun = asyncio.get_running_loop().time()
        for tick in range(int(seconds * 1000 / FRAME_MS / TICK_FRAMES)):
            due = begun + tick * TICK_FRAMES * FRAME_MS / 1000
            late = asyncio.get_running_loop().time() - due
            behind = max(behind, late)
            await asyncio.sleep(max(0.0, -late))
            for listener in listeners:
                listener.take(tasks)
            if all(listener.over for listener in listeners):
                break
        for listener in listeners:
            listener.close()
    return behind
