"""AudioSocket server on loopback: one-time dialogue ids, paced frames out, a reader that never waits."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog

from liveness.peers import peer_name
from speech.audiosocket.inbox import Inbox
from speech.audiosocket.protocol import (
    FRAME_BYTES,
    FRAME_MS,
    SILENCE_FRAME,
    AudioReceived,
    AudioSocketProtocol,
    DigitPressed,
    Event,
    Identified,
    Malformed,
    PeerError,
    PeerHungUp,
    audio_message,
    hangup_message,
    uuid_message,
)

log = structlog.get_logger(__name__)

EXPECT_SECONDS = 5.0
IDENTIFY_SECONDS = 2.0
CLOSE_SECONDS = 1.0
UNSENT_LIMIT_BYTES = 64 * 1024  # 4 s of audio that the peer did not read
MAX_UNKNOWN_PEERS = 32


class FrameSource(Protocol):
    """Whatever plays on a line."""

    def next_frame(self) -> bytes | None:
        """Return the next 320 bytes, or None for silence; called every 20 ms, never waits."""


def next_deadline(deadline: float, now: float) -> float:
    """Return when the frame after the one due at `deadline` is due, in seconds.

    Absolute, so lateness does not add up; clamped to `now`, so a stall is never made good by a burst.
    """
    return max(deadline + FRAME_MS / 1000, now)


class AudioSocketLine:
    """One channel's audio: events in `inbox`, frames taken from `source`. Made by the server only."""

    def __init__(self, uuid: UUID, writer: asyncio.StreamWriter, contact: str = "") -> None:
        self.uuid = uuid
        self._log = log.bind(dialogue=str(uuid), contact=contact)
        self.inbox = Inbox()
        self.source: FrameSource | None = None
        self.frames_sent = 0
        self.hung_up = False  # the peer ended it, or the connection broke
        self._writer = writer
        self._finish = asyncio.Event()
        self.closed = asyncio.Event()

    def finish(self) -> None:
        """Give the channel back: the hang-up message is sent and the connection closed. Safe to call twice."""
        self._finish.set()

    async def run(self, reader: asyncio.StreamReader, protocol: AudioSocketProtocol) -> None:
        """Carry the line until either side ends it."""
        reading = asyncio.create_task(self._read(reader, protocol))
        pacing = asyncio.create_task(self._pace())
        finishing = asyncio.create_task(self._finish.wait())
        tasks = {reading, pacing, finishing}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self._finish.is_set():
                self._writer.write(hangup_message())
            else:
                self.hung_up = True
        finally:
            for task in tasks:
                task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(outcome, Exception):
                    self._log.error("audiosocket_task_failed", exc_info=outcome)
            self.inbox.put(PeerHungUp())
            self.closed.set()

    async def _read(self, reader: asyncio.StreamReader, protocol: AudioSocketProtocol) -> None:
        ended = self._take_events(protocol)
        while not ended:
            try:
                data = await reader.read(4096)
            except OSError as error:
                self._log.warning("audiosocket_broken", error=type(error).__name__)
                return
            if not data:
                return
            protocol.receive_data(data)
            ended = self._take_events(protocol)

    def _take_events(self, protocol: AudioSocketProtocol) -> bool:
        for event in protocol.events_received():
            match event:
                case AudioReceived() | DigitPressed():
                    self.inbox.put(event)
                case PeerHungUp():
                    return True
                case PeerError(code):
                    self._log.warning("audiosocket_peer_error", code=code)
                    return True
                case Malformed(reason):
                    self._log.warning("audiosocket_malformed", reason=reason)
                    return True
                case Identified():
                    self._log.warning("audiosocket_identified_twice")
        return False

    async def _pace(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time()
        while True:
            if self._writer.transport.get_write_buffer_size() > UNSENT_LIMIT_BYTES:
                self._log.warning("audiosocket_peer_not_reading")
                return
            frame = self.source.next_frame() if self.source is not None else None
            if frame is not None and len(frame) < FRAME_BYTES:
                frame = frame.ljust(FRAME_BYTES, b"\0")
            self._writer.write(audio_message(SILENCE_FRAME if frame is None else frame))
            self.frames_sent += 1
            deadline = next_deadline(deadline, loop.time())
            await asyncio.sleep(deadline - loop.time())


@dataclass(frozen=True, slots=True)
class _Expected:
    """A dialogue whose channel is to come."""

    line: asyncio.Future[AudioSocketLine]
    contact: str


class AudioSocketServer:
    """Accepts only connections whose id was announced by `expect` less than five seconds ago."""

    def __init__(self) -> None:
        self._expected: dict[UUID, _Expected] = {}
        self._server: asyncio.Server | None = None
        self._peers: set[asyncio.Task[None]] = set()
        self._unidentified = 0
        self.refused = 0

    async def start(self, port: int, host: str = "127.0.0.1") -> int:
        """Listen; returns the port (port 0 takes a free one)."""
        self._server = await asyncio.start_server(self._serve, host, port)
        address: tuple[str, int] = self._server.sockets[0].getsockname()
        return address[1]

    async def close(self) -> None:
        """Stop listening and cut every line."""
        if self._server is not None:
            self._server.close()
        for task in self._peers:
            task.cancel()
        await asyncio.gather(*self._peers, return_exceptions=True)

    @contextmanager
    def expect(self, uuid: UUID, contact: str = "") -> Iterator[asyncio.Future[AudioSocketLine]]:
        """Announce a dialogue id for one use inside the `with` block, at most EXPECT_SECONDS; yields its line.

        The future is cancelled when nobody came in time. contact: whose dialogue it is, for the line's log.

        Raises ValueError when the id is announced already.
        """
        if uuid in self._expected:
            raise ValueError("dialogue id announced twice")
        future: asyncio.Future[AudioSocketLine] = asyncio.get_running_loop().create_future()
        self._expected[uuid] = _Expected(future, contact)
        expiry = asyncio.get_running_loop().call_later(EXPECT_SECONDS, self._forget, uuid)
        try:
            yield future
        finally:
            expiry.cancel()
            self._forget(uuid)

    def _forget(self, uuid: UUID) -> None:
        expected = self._expected.pop(uuid, None)
        if expected is not None:
            expected.line.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._peers.add(task)
            task.add_done_callback(self._peers.discard)
        connection: socket.socket = writer.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            protocol = AudioSocketProtocol()
            line = await self._identify(reader, writer, protocol)
            if line is not None:
                await line.run(reader, protocol)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            await _close(writer)

    async def _identify(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, protocol: AudioSocketProtocol
    ) -> AudioSocketLine | None:
        peer = peer_name(writer)
        if self._unidentified >= MAX_UNKNOWN_PEERS:
            self._refuse(peer, "too many unidentified peers")
            return None
        self._unidentified += 1
        try:
            async with asyncio.timeout(IDENTIFY_SECONDS):
                first = await _first_event(reader, protocol)
        except TimeoutError:
            self._refuse(peer, "no dialogue id in time")
            return None
        except OSError as error:
            self._refuse(peer, type(error).__name__)
            return None
        finally:
            self._unidentified -= 1
        if not isinstance(first, Identified):
            self._refuse(peer, _why_not(first))
            return None
        expected = self._expected.pop(first.uuid, None)
        if expected is None or expected.line.done():
            self._refuse(peer, "unknown, used or expired dialogue id", dialogue=str(first.uuid))
            return None
        line = AudioSocketLine(first.uuid, writer, expected.contact)
        expected.line.set_result(line)
        return line

    def _refuse(self, peer: str, reason: str, dialogue: str = "") -> None:
        self.refused += 1
        log.warning("audiosocket_refused", reason=reason, peer=peer, dialogue=dialogue)


def _why_not(first: Event | None) -> str:
    if first is None:
        return "no dialogue id"
    if isinstance(first, Malformed):
        return f"malformed: {first.reason}"
    return f"first message is {type(first).__name__}"


async def _first_event(reader: asyncio.StreamReader, protocol: AudioSocketProtocol) -> Event | None:
    """Return the first event; None when the peer closed or sent as much without one."""
    missing = len(uuid_message(UUID(int=0)))
    while missing:
        # Never more than the id's own message: what follows stays in the stream for the line's reader.
        data = await reader.read(missing)
        if not data:
            return None
        missing -= len(data)
        protocol.receive_data(data)
        events = protocol.events_received()
        if events:
            return events[0]
    return None


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await writer.wait_closed()
    except (TimeoutError, OSError):
        writer.transport.abort()
