"""Control socket: one connection per dialogue (JSON lines, docs/architecture.md), health checks, status."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from speech.audiosocket.server import AudioSocketLine, AudioSocketServer
from speech.contract import Cause, Lexicon, TurnResult, encode
from speech.media import DialogueMedia
from speech.requests import (
    MAX_LINE_BYTES,
    End,
    Open,
    Perform,
    Ping,
    Pong,
    Record,
    Request,
    RequestInvalid,
    Status,
    parse_request,
)

log = structlog.get_logger(__name__)

FIRST_LINE_SECONDS = 5.0
IDLE_SECONDS = 60.0  # a health connection without a ping for so long is closed
CLOSE_SECONDS = 1.0
UNSENT_LIMIT_BYTES = 1024 * 1024

MediaMaker = Callable[[AudioSocketLine, str, Lexicon], DialogueMedia]


class Channel:
    """The JSON lines of one connection. Sending never waits; a peer that does not read is cut."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one object; does nothing when the peer is gone."""
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > UNSENT_LIMIT_BYTES:
            log.warning("control_peer_not_reading")
            self._writer.transport.abort()
            return
        self._writer.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")

    async def receive(self) -> Request | None:
        """Return the next request, None at the end; raises RequestInvalid."""
        try:
            line = await self._reader.readline()
        except ValueError as error:
            raise RequestInvalid("line too long") from error
        except OSError:
            return None
        return parse_request(line) if line else None

    async def close(self) -> None:
        """Send what is left, at most a second, and close."""
        self._writer.close()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._writer.wait_closed()
        except (TimeoutError, OSError):
            self._writer.transport.abort()


class Dialogue:
    """One dialogue from `open` to `ended`."""

    def __init__(self, channel: Channel, request: Open, make_media: MediaMaker) -> None:
        self._channel = channel
        self._request = request
        self._make_media = make_media
        self._jobs: asyncio.Queue[Perform | Record | None] = asyncio.Queue()
        self._line: AudioSocketLine | None = None
        self._asked = asyncio.Event()
        self._log = log.bind(dialogue=str(request.dialogue))

    async def run(self, server: AudioSocketServer) -> None:
        """Carry the dialogue until either side ends it; every turn that was asked for gets its result."""
        with (
            structlog.contextvars.bound_contextvars(contact=self._request.contact),
            server.expect(self._request.dialogue, self._request.contact) as coming,
        ):
            self._channel.send({"ev": "opened"})
            async with asyncio.TaskGroup() as tasks:
                reading = tasks.create_task(self._read_requests())
                reason = await self._carry(coming)
                for job in self._left():
                    self._done(TurnResult(_turn_id(job), Cause.HUNG_UP))
                self._channel.send({"ev": "ended", "reason": reason})
                reading.cancel()
        self._log.info("dialogue_ended", reason=reason)

    async def _carry(self, coming: asyncio.Future[AudioSocketLine]) -> str:
        asked = asyncio.create_task(self._asked.wait())
        either: set[asyncio.Future[Any]] = {coming, asked}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if coming.cancelled() or not coming.done():
                self._log.warning("audiosocket_never_came", asked=self._asked.is_set())
                return "asked" if self._asked.is_set() else "error"
            self._line = coming.result()
        finally:
            asked.cancel()
        self._channel.send({"ev": "connected"})
        try:
            healthy = self._asked.is_set() or await self._turns(self._line)
        finally:
            self._line.finish()
        if not healthy:
            return "error"
        return "asked" if self._asked.is_set() else "hung-up"

    async def _turns(self, line: AudioSocketLine) -> bool:
        """Carry out turns until the end; False when one of them failed."""
        media = self._make_media(line, self._request.contact, self._request.lexicon)
        closing = asyncio.create_task(line.closed.wait())
        closing.add_done_callback(lambda _: self._jobs.put_nowait(None))
        try:
            while (job := await self._jobs.get()) is not None:
                try:
                    self._done(await self._carry_out(media, job))
                except Exception:  # noqa: BLE001 - one call: a fault in it must not reach the others
                    self._log.exception("turn_failed", turn=_turn_id(job))
                    self._done(TurnResult(_turn_id(job), Cause.MEDIA_FAILED))
                    return False
        finally:
            closing.cancel()
        return True

    async def _carry_out(self, media: DialogueMedia, job: Perform | Record) -> TurnResult:
        if isinstance(job, Record):
            return await media.record(job.spec)
        turn_id = job.turn.turn_id
        return await media.turn(job.turn, lambda: self._channel.send({"ev": "start-of-input", "turn_id": turn_id}))

    async def _read_requests(self) -> None:
        """Answer pings, queue the turns; the end of the connection ends the dialogue."""
        while True:
            try:
                request = await self._channel.receive()
            except RequestInvalid as error:
                self._log.warning("control_bad_request", reason=str(error))
                if str(error) == "line too long":
                    break
                if error.turn_id:
                    self._done(TurnResult(error.turn_id, Cause.MEDIA_FAILED))
                continue
            match request:
                case Perform() | Record():
                    self._jobs.put_nowait(request)
                case Ping():
                    self._channel.send({"ev": "pong"})
                case Pong():
                    pass
                case None | End():
                    break
                case Open() | Status():
                    self._log.warning("control_bad_request", reason="not inside a dialogue")
        self._asked.set()
        self._jobs.put_nowait(None)
        if self._line is not None:
            self._line.finish()

    def _left(self) -> list[Perform | Record]:
        jobs = []
        while not self._jobs.empty():
            job = self._jobs.get_nowait()
            if job is not None:
                jobs.append(job)
        return jobs

    def _done(self, result: TurnResult) -> None:
        self._channel.send({"ev": "done", "result": encode(result)})


def _turn_id(job: Perform | Record) -> str:
    return job.turn.turn_id if isinstance(job, Perform) else job.spec.turn_id


class ControlServer:
    """Listens on the unix socket; takes no new dialogue above its limit or while the recognizer cannot keep up."""

    def __init__(
        self,
        lines: AudioSocketServer,
        make_media: MediaMaker,
        max_dialogues: int,
        status: Callable[[], Mapping[str, object]],
        overloaded: Callable[[], bool] = lambda: False,
    ) -> None:
        self.dialogues = 0
        self.refused = 0
        self._lines = lines
        self._make_media = make_media
        self._max_dialogues = max_dialogues
        self._status = status
        self._overloaded = overloaded
        self._server: asyncio.Server | None = None
        self._peers: set[asyncio.Task[None]] = set()

    async def start(self, path: Path) -> None:
        """Listen on `path`, readable by its owner only; a socket left by a dead process is replaced."""
        self._server = await asyncio.start_unix_server(self._serve, sock=_bind(path), limit=MAX_LINE_BYTES)

    async def close(self) -> None:
        """Stop listening and end every dialogue."""
        if self._server is not None:
            self._server.close()
        for task in self._peers:
            task.cancel()
        await asyncio.gather(*self._peers, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._peers.add(task)
            task.add_done_callback(self._peers.discard)
        channel = Channel(reader, writer)
        try:
            await self._first(channel)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            await channel.close()

    async def _first(self, channel: Channel) -> None:
        seconds = FIRST_LINE_SECONDS
        while True:
            try:
                async with asyncio.timeout(seconds):
                    request = await channel.receive()
            except TimeoutError:
                return
            except RequestInvalid as error:
                log.warning("control_bad_request", reason=str(error))
                channel.send({"ev": "refused", "reason": "bad-request"})
                return
            match request:
                case Ping():
                    channel.send({"ev": "pong"})
                    seconds = IDLE_SECONDS
                case Status():
                    channel.send({**self._status(), "dialogues": self.dialogues, "refused": self.refused})
                    return
                case Open():
                    await self._dialogue(channel, request)
                    return
                case None:
                    return
                case _:
                    channel.send({"ev": "refused", "reason": "bad-request"})
                    return

    async def _dialogue(self, channel: Channel, request: Open) -> None:
        if self.dialogues >= self._max_dialogues or self._overloaded():
            self.refused += 1
            log.warning("dialogue_refused", reason="busy", contact=request.contact)
            channel.send({"ev": "refused", "reason": "busy"})
            return
        self.dialogues += 1
        try:
            await Dialogue(channel, request, self._make_media).run(self._lines)
        except ValueError:
            channel.send({"ev": "refused", "reason": "bad-request"})  # the id is announced already
        finally:
            self.dialogues -= 1


def _bind(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(path))
    path.chmod(0o600)
    return bound


async def ask_status(path: Path, timeout_s: float = 2.0) -> Mapping[str, Any]:
    """Return the status object of the process behind `path`; raises OSError or TimeoutError when there is none."""
    async with asyncio.timeout(timeout_s):
        reader, writer = await asyncio.open_unix_connection(path, limit=MAX_LINE_BYTES)
        with contextlib.closing(writer):
            writer.write(b'{"op":"status"}\n')
            line = await reader.readline()
    if not line:
        raise ConnectionResetError("no answer")
    found: Mapping[str, Any] = json.loads(line)
    return found
