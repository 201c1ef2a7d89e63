"""The Media port over the speech process: a control connection beside one AudioSocket for the whole dialogue."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import structlog

from ivr.sessions.ports import MediaRefused, MediaStuck
from ivr.sessions.wire import InvalidMessage, turn_result_from_json
from ivr.telephony.agi import AGISession
from ivr.telephony.errors import AGIError
from speech.contract import Cause, Lexicon, RecordSpec, Segment, Turn, TurnResult, encode

log = structlog.get_logger(__name__)

_LINE_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """Where speech listens, and the seconds to wait for it. dialogue_s bounds one AudioSocket."""

    socket: Path
    host: str
    port: int
    control_s: float = 1.0
    connect_s: float = 2.5
    end_s: float = 1.5
    leave_s: float = 2.0
    slack_s: float = 15.0
    dialogue_s: float = 7200.0


class SpeechMedia:
    """Media of one channel by the speech process. Made by `open`; its two tasks live in the call's TaskGroup.

    The liveness rules (design 4): only AGI says that the caller hung up; an AudioSocket that returns otherwise while
    nobody asked it to is MEDIA_FAILED, whatever its result; the end of the control connection is MEDIA_FAILED.
    `turn`, `record` and `close` raise MediaStuck when the channel does not come back.
    """

    def __init__(
        self, agi: AGISession, settings: SpeechSettings, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._agi = agi
        self._settings = settings
        self._reader = reader
        self._writer = writer
        self._dialogue = str(uuid.uuid4())
        self._opened: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._turn_id = ""
        self._done: asyncio.Future[TurnResult] | None = None
        self._answered = asyncio.Event()
        self._connected = asyncio.Event()
        self._ended = asyncio.Event()  # speech said so
        self._lost = asyncio.Event()  # the control connection is gone
        self._left = asyncio.Event()  # EXEC AudioSocket is over
        self._closed = False
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(
        cls, group: asyncio.TaskGroup, agi: AGISession, settings: SpeechSettings, contact: str, lexicon: Lexicon
    ) -> Self:
        """Register the dialogue, then let the channel in. Raises MediaRefused, MediaStuck; the channel is free then."""
        try:
            async with asyncio.timeout(settings.control_s):
                reader, writer = await asyncio.open_unix_connection(settings.socket, limit=_LINE_LIMIT)
        except (OSError, TimeoutError) as error:
            raise MediaRefused(f"no control connection: {type(error).__name__}") from error
        media = cls(agi, settings, reader, writer)
        media._tasks.append(group.create_task(media._read(), name="speech-control"))
        try:
            await media._register(contact, lexicon)
            media._tasks.append(group.create_task(media._exec(), name="speech-audiosocket"))
            await media._wait_connected()
        except MediaRefused:
            await media.close()
            raise
        return media

    async def _register(self, contact: str, lexicon: Lexicon) -> None:
        await self._send({"op": "open", "dialogue": self._dialogue, "contact": contact, "lexicon": encode(lexicon)})
        try:
            async with asyncio.timeout(self._settings.control_s):
                answer = await asyncio.shield(self._opened)
        except TimeoutError:
            raise MediaRefused("no answer") from None
        if answer != "opened":
            raise MediaRefused(answer)

    async def _wait_connected(self) -> None:
        await _first(self._settings.connect_s, self._connected, self._left, self._lost)
        if not self._connected.is_set() or self._left.is_set() or self._lost.is_set():
            raise MediaRefused("audio did not arrive")

    # ---- the port ----

    async def turn(self, turn: Turn) -> TurnResult:
        """Speak and listen; see Media."""
        speaking_s = _speaking_s(turn.segments, turn.rate)
        listening_s = 0.0
        if turn.slot is not None:
            times = turn.slot.timeouts
            keys_ms = times.interdigit_ms * (turn.slot.max_digits + 1)
            listening_s = (times.no_input_ms + times.max_speech_ms + keys_ms) / 1000
        return await self._ask(turn.turn_id, {"op": "turn", "turn": encode(turn)}, speaking_s + listening_s)

    async def record(self, spec: RecordSpec) -> TurnResult:
        """Speak, beep, record; see Media."""
        seconds = _speaking_s(spec.segments, spec.rate) + (spec.max_ms + spec.final_silence_ms) / 1000
        return await self._ask(spec.turn_id, {"op": "record", "spec": encode(spec)}, seconds)

    async def close(self) -> None:
        """Ask speech to end, then free the channel; raises MediaStuck when it stays inside. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        try:
            if not self._left.is_set() and not self._lost.is_set():
                await self._send({"op": "end"})
                await _first(self._settings.end_s, self._left, self._lost)
        finally:
            self._writer.close()  # speech ends the AudioSocket on this, should it not have
        if len(self._tasks) > 1:
            await self._wait_left()
        for task in self._tasks:
            task.cancel()

    # ---- asking ----

    async def _ask(self, turn_id: str, message: Mapping[str, Any], seconds: float) -> TurnResult:
        self._turn_id = turn_id
        self._done = asyncio.get_running_loop().create_future()
        await self._send(message)
        self._answered.clear()
        await _first(seconds + self._settings.slack_s, self._answered, self._left, self._lost)
        if self._done.done():
            result = self._done.result()
            if result.cause is not Cause.HUNG_UP:
                return result
        elif not self._left.is_set() and not self._lost.is_set():
            log.error("speech_turn_overdue", turn=turn_id)
        return await self._what_happened(turn_id)

    async def _what_happened(self, turn_id: str) -> TurnResult:
        """The dialogue with speech is over without our asking: hung up if AGI says so, else failed media."""
        self._writer.close()
        await self._wait_left()
        if not self._agi.hung_up:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0 if self._ended.is_set() else 0.5):
                    await self._agi.wait_hung_up()
        cause = Cause.HUNG_UP if self._agi.hung_up else Cause.MEDIA_FAILED
        reported, lost = self._ended.is_set(), self._lost.is_set()
        log.info("speech_dialogue_over", cause=cause.value, reported=reported, control_lost=lost)
        return TurnResult(turn_id, cause)

    async def _wait_left(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.leave_s):
                await self._left.wait()
        if not self._left.is_set() and not self._agi.hung_up:
            raise MediaStuck

    async def _send(self, message: Mapping[str, Any]) -> None:
        """Write one line; a peer that does not read, or is gone, is a lost control connection."""
        try:
            self._writer.write(json.dumps(message, ensure_ascii=False).encode(errors="replace") + b"\n")
            async with asyncio.timeout(self._settings.control_s):
                await self._writer.drain()
        except (OSError, TimeoutError, RuntimeError):
            self._lost.set()

    # ---- the two tasks ----

    async def _exec(self) -> None:
        address = f"{self._settings.host}:{self._settings.port}"
        try:
            reply = await self._agi.exec("AudioSocket", self._dialogue, address, timeout_s=self._settings.dialogue_s)
            log.debug("audiosocket_left", result=reply.result)
        except AGIError as error:
            log.info("audiosocket_over", error=type(error).__name__)
        finally:
            self._left.set()

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                self._on_line(line)
        except (OSError, ValueError, RecursionError) as error:  # a line over the limit, or not JSON of the shape
            log.warning("speech_control_broken", error=type(error).__name__)
        finally:
            self._lost.set()
            if not self._opened.done():
                self._opened.set_result("gone")

    def _on_line(self, line: bytes) -> None:
        raw = json.loads(line)
        if not isinstance(raw, dict):
            raise InvalidMessage("not an object")
        match raw.get("ev"):
            case "opened" | "refused" as name if not self._opened.done():
                self._opened.set_result(name if name == "opened" else str(raw.get("reason"))[:40])
            case "connected":
                self._connected.set()
            case "done":
                self._on_done(turn_result_from_json(raw.get("result")))
            case "ended":
                self._ended.set()
            case "ping":
                self._writer.write(b'{"op":"pong"}\n')
            case _:
                pass  # start-of-input and what later versions add

    def _on_done(self, result: TurnResult) -> None:
        if self._done is None or self._done.done() or result.turn_id != self._turn_id:
            log.warning("speech_result_unasked", turn=result.turn_id[:40])
            return
        self._done.set_result(result)
        self._answered.set()


async def _first(timeout_s: float, *events: asyncio.Event) -> None:
    """Return when one of the events is set, or after `timeout_s`."""
    waiters = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiters, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiter in waiters:
            waiter.cancel()


def _speaking_s(segments: Sequence[Segment], rate: float) -> float:
    """Return the seconds that speaking may last: a segment is 12 s at most."""
    return sum(12.0 + item.pause_ms / 1000 for item in segments) / max(rate, 0.5)
