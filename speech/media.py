"""A dialogue's media on one AudioSocket line: carries out turns and recordings one after the other."""

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import structlog

from speech.audiosocket.server import AudioSocketLine
from speech.contract import (
    Cause,
    Interpretation,
    KeyMode,
    Lexicon,
    Mode,
    RecordSpec,
    Segment,
    SlotSpec,
    Turn,
    TurnResult,
)
from speech.ear import Ear
from speech.listening import Listening, Recorder, Sink
from speech.meaning import SlotsByPack
from speech.noticing import notice
from speech.player import BEEP
from speech.prompts import PromptLibrary
from speech.recognizers.port import Recognizer
from speech.record_machine import RecordMachine
from speech.running import Run, now_ms
from speech.turn_events import Finish, rules_of
from speech.turns import TurnMachine
from speech.wav import write_wav

log = structlog.get_logger(__name__)

HASH_AFTER_FULL_MS = 3000  # a # typed behind a number that was complete without it
_NAME = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class MediaParts:
    """What all dialogues of the process share."""

    recognizer: Recognizer
    slots: SlotsByPack
    prompts: PromptLibrary
    clips: Path


def clip_path(contact: str, name: str) -> str:
    """Return a clip's path below the clips folder; whatever a peer sends stays inside it.

    name may bring its own folder ("contact/turn"), else the contact's is taken.
    """
    given, _, last = name.rpartition("/")
    folder, stem = (_NAME.sub("_", part)[:80] or "_" for part in (given or contact, last))
    return f"{folder}/{stem}.wav"


class DialogueMedia:
    """Turns never overlap. After a hang-up every turn is over at once with hung-up."""

    def __init__(self, parts: MediaParts, line: AudioSocketLine, contact: str, lexicon: Lexicon) -> None:
        self._parts = parts
        self._line = line
        self._contact = contact
        self._lexicon = lexicon
        self._ear = Ear(line)

    async def turn(self, turn: Turn, on_input: Callable[[], None]) -> TurnResult:
        """Carry out a turn; on_input is called when the caller begins to answer."""
        listening = Listening(self._parts.recognizer, self._parts.slots, self._lexicon, turn.slot)
        rules = rules_of(turn)
        machine = TurnMachine(rules, now_ms())
        run = Run(machine, self._line, self._ear, listening, on_input)
        listening.prompted = run.said
        preparing = [listening.prepare()] if rules.speech else []
        await run.carry_out(self._load(run, turn.segments, turn.rate), *preparing)
        finish = machine.finished or Finish(Cause.MEDIA_FAILED)
        self._expect_late_hash(turn.slot, finish)
        spoken = finish.mode is Mode.SPEECH
        clip = "" if finish.mode is Mode.DTMF else await self._keep_clip(turn.turn_id, listening)
        result = TurnResult(
            turn_id=turn.turn_id,
            cause=finish.cause,
            mode=finish.mode,
            digits=finish.digits,
            interpretation=listening.interpretation if spoken else Interpretation(),
            clip=clip,
            speech_ms=machine.speech_ms,
            wait_ms=max(0, now_ms() - machine.answering_from_ms),
            barged_in=machine.barged_in,
            degraded=listening.degraded,
        )
        log.info(
            "turn_done",
            turn=turn.turn_id,
            slot=turn.slot.name if turn.slot else "",
            kind=turn.slot.kind.value if turn.slot else "",
            cause=result.cause.value,
            mode=result.mode.value if result.mode else "",
            response_ms=now_ms() - machine.last_voiced_ms if spoken else 0,
            endpoint_ms=machine.endpoint_ms if spoken else 0,
            speech_ms=result.speech_ms,
            barged_in=result.barged_in,
            false_bargeins=machine.false_bargeins,
            degraded=result.degraded,
        )
        return result

    async def record(self, spec: RecordSpec) -> TurnResult:
        """Speak, beep and record."""
        machine = RecordMachine(spec, now_ms())
        recorder = Recorder(self._parts.recognizer)
        run = Run(machine, self._line, self._ear, recorder, _nothing, ending=BEEP)
        clip, words = "", tuple[str, ...]()
        try:
            await run.carry_out(self._load(run, spec.segments, spec.rate))
            if machine.said_something:
                clip, words = await asyncio.gather(self._keep_clip(spec.clip, recorder), recorder.words())
        finally:
            recorder.drop()
        finish = machine.finished or Finish(Cause.MEDIA_FAILED)
        log.info("record_done", turn=spec.turn_id, cause=finish.cause.value, speech_ms=machine.speech_ms)
        return TurnResult(
            turn_id=spec.turn_id,
            cause=finish.cause,
            mode=finish.mode,
            digits=finish.digits,
            clip=clip,
            speech_ms=machine.speech_ms,
            wait_ms=max(0, now_ms() - machine.answering_from_ms),
            noticed=notice(words, self._lexicon),
        )

    async def _load(self, run: Run, segments: Iterable[Segment], rate: float) -> None:
        for segment in segments:
            pcm = await self._parts.prompts.audio(segment, rate)
            if pcm:
                run.add(pcm, segment.pause_ms, segment.text)
        run.prompt_complete()

    def _expect_late_hash(self, slot: SlotSpec | None, finish: Finish) -> None:
        if slot and slot.key_mode is KeyMode.DIGITS and len(finish.digits) == slot.max_digits:
            self._ear.swallow_hash_until_ms = now_ms() + HASH_AFTER_FULL_MS

    async def _keep_clip(self, name: str, sink: Sink) -> str:
        """Write the caller's audio; a disk that fails costs the clip, never the turn."""
        if not sink.clip:
            return ""
        path = clip_path(self._contact, name)
        try:
            await asyncio.to_thread(write_wav, self._parts.clips / path, bytes(sink.clip))
        except OSError as error:
            log.error("clip_not_written", error=type(error).__name__)
            return ""
        return path


def _nothing() -> None:
    """Nobody asked to hear that the caller began."""
