"""One turn's listening: starts, feeds and finishes the recognition, judges its text, keeps the caller's audio."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from speech.contract import Interpretation, Lexicon, SlotSpec
from speech.echo import is_echo
from speech.judging import SAFETY_ONLY, judge, look_at
from speech.meaning import SlotsByPack, Understanding
from speech.recognizers.port import Hearing, Recognition, Recognizer, RecognizerFailed
from speech.turn_events import Decided, Input, Partial, RecognizerLost, Verdict
from speech.wav import BYTES_PER_MS

MAX_CLIP_BYTES = 120_000 * BYTES_PER_MS
_OWN_WORDS = Partial(filler=True, complete=False, danger=False)


def _nothing_said(ms: int) -> str:
    """Nothing is being played."""
    del ms
    return ""


class Sink(Protocol):
    """Where the caller's audio goes while a machine wants it."""

    clip: bytearray

    def start(self, pre_roll: bytes) -> None:
        """From now on the audio is wanted; pre_roll is what was said just before."""

    def feed(self, pcm: bytes) -> None:
        """Take a frame; ignored when not started."""

    def stop(self) -> None:
        """Throw away what was started."""

    def close(self) -> None:
        """The turn is over: free what is in use, keep the clip."""

    def finalize(self, tasks: asyncio.TaskGroup) -> None:
        """Begin to judge what was heard; the answer comes by `poll`."""

    def poll(self) -> list[Input]:
        """Return what has changed since the last call."""


class Recorder:
    """A Sink that keeps the audio, and lets it be recognized openly beside that while the recognizer has room."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.clip = bytearray()
        self._recognizer = recognizer
        self._recognition: Recognition | None = None
        self._on = False

    def start(self, pre_roll: bytes) -> None:
        """See Sink. The pre-roll is the beep's time and is left out."""
        del pre_roll
        self._on = True
        if self._recognizer.busy:  # callers who wait for an answer come first
            return
        with contextlib.suppress(RecognizerFailed):
            self._recognition = self._recognizer.start(())

    def feed(self, pcm: bytes) -> None:
        """See Sink."""
        if self._on and len(self.clip) < MAX_CLIP_BYTES:
            self.clip += pcm
            if self._recognition is not None:
                self._recognition.feed(pcm)

    def stop(self) -> None:
        """See Sink."""
        self._on = False

    def close(self) -> None:
        """See Sink. What was recognized is kept until `words` or `drop`."""
        self._on = False

    def finalize(self, tasks: asyncio.TaskGroup) -> None:
        """See Sink. There is nothing to judge."""
        del tasks

    def poll(self) -> list[Input]:
        """See Sink."""
        return []

    async def words(self) -> tuple[str, ...]:
        """Return what was heard, best first; none when nothing could be recognized, which costs nobody anything."""
        recognition, self._recognition = self._recognition, None
        if recognition is None:
            return ()
        try:
            return (await recognition.finish()).texts
        except RecognizerFailed:
            return ()

    def drop(self) -> None:
        """Give up what is being recognized; safe at any time."""
        if self._recognition is not None:
            self._recognition.cancel()
            self._recognition = None


@dataclass(frozen=True, slots=True)
class _Expected:
    slots: Understanding
    phrases: list[str]


class Listening:
    """A Sink that recognizes and judges one turn's answer."""

    def __init__(self, recognizer: Recognizer, slots: SlotsByPack, lexicon: Lexicon, slot: SlotSpec | None) -> None:
        self.clip = bytearray()
        self.interpretation = Interpretation()
        self.degraded = False
        self.prompted: Callable[[int], str] = _nothing_said  # the prompt's words of the last milliseconds
        self._recognizer = recognizer
        self._slots = slots
        self._lexicon = lexicon
        self._asked = slot is not None
        self._slot = slot or SAFETY_ONLY
        self._expected: _Expected | None = None
        self._recognition: Recognition | None = None
        self._judging: asyncio.Task[None] | None = None
        self._on = False
        self._texts: tuple[str, ...] = ()
        self._inputs: list[Input] = []

    async def prepare(self) -> None:
        """Load slots and build the grammar in a thread; audio that comes before it is done waits for it."""
        self._expected = await asyncio.to_thread(self._expect)
        self._recognizer.prepare(self._expected.phrases)
        if self._on:
            self._begin(bytes(self.clip))

    def start(self, pre_roll: bytes) -> None:
        """See Sink."""
        self.clip = bytearray(pre_roll)
        self._on, self._texts = True, ()
        if self._expected is not None:
            self._begin(pre_roll)

    def feed(self, pcm: bytes) -> None:
        """See Sink."""
        if not self._on:
            return
        if len(self.clip) < MAX_CLIP_BYTES:
            self.clip += pcm
        if self._recognition is not None:
            self._recognition.feed(pcm)

    def stop(self) -> None:
        """See Sink. The audio of a lost recognizer is kept: it is all that is left of the answer."""
        if self._recognition is not None and not self._recognition.lost:
            self.clip.clear()
        self.close()

    def close(self) -> None:
        """See Sink."""
        if self._recognition is not None:
            self._recognition.cancel()
            self._recognition = None
        if self._judging is not None:
            self._judging.cancel()
            self._judging = None
        self._on = False

    def finalize(self, tasks: asyncio.TaskGroup) -> None:
        """See Sink."""
        recognition, self._recognition, self._on = self._recognition, None, False
        self._judging = tasks.create_task(self._judge(recognition))

    def poll(self) -> list[Input]:
        """See Sink."""
        inputs, self._inputs = self._inputs, []
        recognition = self._recognition
        if recognition is not None and self._expected is not None:
            if recognition.lost:
                inputs.append(RecognizerLost())
            elif (texts := recognition.partial()) != self._texts:
                self._texts = texts
                if texts:
                    asked = self._slot if self._asked else None
                    seen = look_at(texts, self._expected.slots, self._lexicon, asked)
                    inputs.append(_OWN_WORDS if self._echoes(texts) else seen)
        return inputs

    def _echoes(self, texts: tuple[str, ...]) -> bool:
        """Tell whether these are our own words; they are told like a filler, so that nothing stops for them."""
        heard = bytes(self.clip)
        return is_echo(texts, self.prompted(len(heard) // BYTES_PER_MS), heard, self._lexicon)

    def _expect(self) -> _Expected:
        slots = self._slots(self._slot.pack)
        return _Expected(slots, slots.grammar(self._slot, self._lexicon))

    def _begin(self, audio: bytes) -> None:
        try:
            self._recognition = self._recognizer.start(self._expected.phrases if self._expected else ())
        except RecognizerFailed:
            self._inputs.append(RecognizerLost())
            return
        self._recognition.feed(audio)

    async def _judge(self, recognition: Recognition | None) -> None:
        try:
            if recognition is None:
                raise RecognizerFailed("never started")
            hearing = await recognition.finish()
        except RecognizerFailed:
            self._inputs.append(RecognizerLost())
            return
        self.degraded = hearing.degraded
        if hearing.texts and self._echoes(hearing.texts):
            self._inputs.append(Decided(Verdict.FILLER))
            return
        verdict = await asyncio.to_thread(self._verdict, hearing)
        self._inputs.append(Decided(verdict))  # `poll` changes the list: it must not be looked up before the wait

    def _verdict(self, hearing: Hearing) -> Verdict:
        slots = self._expected.slots if self._expected else self._slots(self._slot.pack)
        asked = self._slot if self._asked else None
        found, verdict = judge(hearing.texts, slots, self._lexicon, asked, datetime.now(UTC))
        if hearing.texts:
            self.interpretation = found
        return verdict
