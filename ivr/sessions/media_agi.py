"""The Media port over plain AGI: prompts by STREAM FILE, answers by keys only. Works with every other part away."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import structlog

from ivr.sessions.keys import KeyCollector, KeysDone
from ivr.sessions.prompt_files import segment_files
from ivr.telephony.agi import AGISession, Recorded
from ivr.telephony.errors import AGIError, CallerHungUp, CommandFailed, SessionOver
from speech.contract import Bargein, Cause, KeyMode, Mode, RecordSpec, Segment, SlotSpec, Turn, TurnResult

log = structlog.get_logger(__name__)

ALL_KEYS = "0123456789*#"
_RECORD_COMMANDS = "0*9"  # of the flow; they end prompt and recording
_RECORD_KEYS = "#" + _RECORD_COMMANDS
_CLIP = re.compile(r"[0-9A-Za-z_-]{1,80}(?:/[0-9A-Za-z_-]{1,80}){0,3}")
_LEAST_MS = 400  # shorter than any word
_KEPT_SILENCE_MS = 1000  # RECORD FILE cuts the final silence down to this


class AGIMedia:
    """Media of one channel by AGI commands. Keys only: `Mode.SPEECH` never comes back."""

    def __init__(self, agi: AGISession, prompts: Path, clips: Path) -> None:
        self._agi = agi
        self._prompts = prompts
        self._clips = clips
        self._kept = ""

    async def turn(self, turn: Turn) -> TurnResult:
        """Speak and collect keys; see Media. MEDIA_FAILED when the AGI session itself does not work."""
        try:
            return await self._turn(turn)
        except (CallerHungUp, SessionOver):
            return TurnResult(turn.turn_id, Cause.HUNG_UP)
        except AGIError as error:
            log.warning("agi_media_failed", error=type(error).__name__, turn=turn.turn_id)
            return TurnResult(turn.turn_id, Cause.MEDIA_FAILED)

    async def record(self, spec: RecordSpec) -> TurnResult:
        """Speak, beep, record; see Media. Keys 0, 9 and * end it too and come back in `digits`."""
        try:
            return await self._record(spec)
        except (CallerHungUp, SessionOver):
            return TurnResult(spec.turn_id, Cause.HUNG_UP)
        except (AGIError, OSError, ValueError) as error:
            log.warning("agi_record_failed", error=type(error).__name__, turn=spec.turn_id)
            return TurnResult(spec.turn_id, Cause.MEDIA_FAILED)

    async def close(self) -> None:
        """Nothing to give back: between commands the channel is free."""

    # ---- speaking ----

    async def _turn(self, turn: Turn) -> TurnResult:
        slot, stop = turn.slot, turn.bargein is not Bargein.NONE
        pressed, self._kept = self._kept, ""
        if not (pressed and stop):  # a key pressed before goes through to the question at once
            pressed += await self._speak(turn.segments, turn.rate, stop=stop)
        if slot is None:
            self._kept = pressed
            return TurnResult(turn.turn_id, Cause.SUCCESS)
        if slot.key_mode is KeyMode.NONE:
            return TurnResult(turn.turn_id, Cause.NO_INPUT)
        return await self._collect(turn, slot, pressed)

    async def _speak(self, segments: Sequence[Segment], rate: float, *, stop: bool) -> str:
        """Play all segments; return the keys pressed meanwhile. With `stop` the first key ends the speaking."""
        keys = ""
        for segment in segments:
            keys += await self._segment(segment, rate, stop=stop)
            if segment.pause_ms > 0 and not (keys and stop):
                keys += await self._agi.wait_for_digit(segment.pause_ms)
            if keys and stop:
                break
        return keys

    async def _segment(self, segment: Segment, rate: float, *, stop: bool) -> str:
        keys = ""
        for path in segment_files(self._prompts, segment, rate):
            sound = str(path.with_suffix(""))
            try:
                key, _ = await self._agi.stream_file(sound, ALL_KEYS)
                if key and not stop:
                    await self._agi.stream_file(sound)  # AGI cannot keep a key without stopping: say it once more
            except CommandFailed:
                log.warning("prompt_not_played", key=segment.key)
                continue
            keys += key
            if keys and stop:
                break
        return keys

    # ---- keys ----

    async def _collect(self, turn: Turn, slot: SlotSpec, pressed: str) -> TurnResult:
        loop = asyncio.get_running_loop()
        began = loop.time()
        barged = bool(pressed)
        collector = KeyCollector(slot)
        waiting = iter(pressed)
        while True:
            key = next(waiting, "") or await self._agi.wait_for_digit(collector.wait_ms)
            done = collector.press(key) if key else collector.time_out()
            if done is not None:
                wait_ms = round((loop.time() - began) * 1000)
                self._kept = "".join(waiting)
                return _result(turn.turn_id, done, wait_ms, barged=barged)

    # ---- recording ----

    async def _record(self, spec: RecordSpec) -> TurnResult:
        target = self._clip_path(spec.clip)
        self._kept = ""
        key = await self._speak(spec.segments, spec.rate, stop=True)
        if key and key in _RECORD_COMMANDS:  # a command of the flow is not lost to the beep
            return TurnResult(spec.turn_id, Cause.SUCCESS, Mode.DTMF, key)
        recorded = await self._agi.record_file(
            str(target), "wav", _RECORD_KEYS, spec.max_ms, beep=True, silence_s=max(1, spec.final_silence_ms // 1000)
        )
        return _recording(spec, recorded)

    def _clip_path(self, clip: str) -> Path:
        """Return where the clip goes, without extension; raises ValueError for a name that leaves the folder."""
        if not _CLIP.fullmatch(clip):
            raise ValueError("clip: not a plain relative name")
        target = self._clips / clip
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def _result(turn_id: str, done: KeysDone, wait_ms: int, *, barged: bool) -> TurnResult:
    mode = Mode.DTMF if done.digits else None
    return TurnResult(turn_id, done.cause, mode, done.digits, wait_ms=wait_ms, barged_in=barged)


def _recording(spec: RecordSpec, recorded: Recorded) -> TurnResult:
    length_ms = recorded.samples // 8
    silence_ms = _KEPT_SILENCE_MS if recorded.reason == "timeout" else 0
    said = length_ms - silence_ms >= _LEAST_MS
    clip = f"{spec.clip}.wav" if said else ""
    digits = "" if said and recorded.digit == "#" else recorded.digit
    match recorded.reason:
        case "hangup":
            cause = Cause.HUNG_UP
        case "failed":
            cause = Cause.MEDIA_FAILED
        case _:
            cause = Cause.SUCCESS if said or digits.strip("#") else Cause.NO_INPUT
    mode = Mode.DTMF if digits else None
    return TurnResult(spec.turn_id, cause, mode, digits, clip=clip, speech_ms=max(0, length_ms - silence_ms))
