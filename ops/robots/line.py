"""One robot's end of a call: an AudioSocket connection with a mouth that is paced and an ear that never waits."""

import asyncio
import contextlib
import time
import wave
from collections import deque
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import numpy as np

from ops.robots.ear import Ear, is_voiced
from speech.audiosocket.protocol import (
    FRAME_BYTES,
    FRAME_MS,
    SILENCE_FRAME,
    AudioReceived,
    AudioSocketProtocol,
    Identified,
    Malformed,
    PeerError,
    PeerHungUp,
    audio_message,
    hangup_message,
)

RATE = 8000
_IDENTIFY_TIMEOUT_S = 3.0
Condition = Callable[[Ear], bool]
Samples = np.ndarray[tuple[int], np.dtype[np.int16]]


class Line:
    """A connected call. Times are milliseconds since the AudioSocket connected (= answer)."""

    def __init__(self, uuid: UUID, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.uuid = uuid
        self.ear = Ear()
        self.started_at = time.time()
        self._t0 = time.monotonic()
        self._reader, self._writer = reader, writer
        self._outgoing: deque[bytes] = deque()
        self._drained = asyncio.Event()
        self._drained.set()
        self._changed = asyncio.Event()
        self.last_said_ms = -1.0
        self.first_said_ms = -1.0
        self.ended = asyncio.Event()
        self.left = False  # ended from this side
        self._heard: list[tuple[float, bytes]] = []
        self._spoken: list[tuple[float, bytes]] = []

    def now(self) -> float:
        """Return ms since answer."""
        return (time.monotonic() - self._t0) * 1000

    async def run(self, protocol: AudioSocketProtocol) -> None:
        """Carry audio both ways until either side ends; `protocol` may hold events already read."""
        try:
            async with asyncio.TaskGroup() as group:
                pacing = group.create_task(self._send_paced())
                await self._receive(protocol)
                pacing.cancel()
        except* (ConnectionError, OSError):
            pass  # the far end is gone: that is how calls end
        finally:
            self.ear.tick(self.now())
            self.ended.set()
            self._drained.set()
            self._changed.set()
            self._writer.close()

    async def _receive(self, protocol: AudioSocketProtocol) -> None:
        while True:
            for event in protocol.events_received():
                match event:
                    case AudioReceived(pcm):
                        at = self.now()
                        self._heard.append((at, pcm))
                        self.ear.hear(pcm, at)
                        self._changed.set()
                    case PeerHungUp() | PeerError() | Malformed():
                        return
                    case _:
                        pass
            data = await self._reader.read(4096)
            if not data:
                return
            protocol.receive_data(data)

    async def _send_paced(self) -> None:
        deadline = time.monotonic()
        while True:
            frame = self._outgoing.popleft() if self._outgoing else SILENCE_FRAME
            if frame is not SILENCE_FRAME:
                at = self.now()
                self._spoken.append((at, frame))
                if is_voiced(frame):
                    self.first_said_ms = at if self.first_said_ms < 0 else self.first_said_ms
                    self.last_said_ms = at + FRAME_MS
                    self.ear.said(at)
            elif not self._drained.is_set():
                self._drained.set()
            self._writer.write(audio_message(frame))
            deadline = max(deadline + FRAME_MS / 1000, time.monotonic())
            await asyncio.sleep(deadline - time.monotonic())

    async def play(self, pcm: bytes) -> None:
        """Send the samples in real time; returns when the last has gone out or the call has ended."""
        self.first_said_ms = -1.0
        for start in range(0, len(pcm), FRAME_BYTES):
            self._outgoing.append(pcm[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))
        self._drained.clear()
        await self._drained.wait()

    async def wait_heard(self, ready: Condition, within_s: float | None = None) -> bool:
        """Wait until `ready(ear)` holds; False when the time is up (None: never) or the call ended first."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not ready(self.ear):
                    if self.ended.is_set():
                        return ready(self.ear)
                    self._changed.clear()
                    await self._changed.wait()
                return True
        return False

    async def hang_up(self) -> None:
        """End the call from this side."""
        if not self.ended.is_set():
            self.left = True
            with contextlib.suppress(ConnectionError, OSError):
                self._writer.write(hangup_message())
                await self._writer.drain()
            self._writer.close()

    def write_wav(self, path: Path) -> None:
        """Write the call as stereo 8 kHz WAV: left what the robot said, right what it heard, aligned by time."""
        tracks = [_track(self._spoken), _track(self._heard)]
        length = max(track.size for track in tracks)
        both = np.zeros((length, 2), dtype="<i2")
        for column, track in enumerate(tracks):
            both[: track.size, column] = track
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(both.tobytes())


def _track(frames: list[tuple[float, bytes]]) -> Samples:
    """Lay frames on one time line; a frame that came early (burst) follows the one before it."""
    placed: list[tuple[int, Samples]] = []
    end = 0
    for at, pcm in frames:
        samples = np.frombuffer(pcm, dtype="<i2")
        start = max(end, int(at * RATE / 1000))
        if 0 <= start - end < RATE // 10:
            start = end  # jitter below 100 ms is the scheduler's, not the line's
        placed.append((start, samples))
        end = start + samples.size
    track = np.zeros(end, dtype=np.int16)
    for start, samples in placed:
        track[start : start + samples.size] = samples
    return track


class RobotServer:
    """Accepts AudioSocket connections of the carrier and hands each to whoever expects its uuid."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._expected: dict[UUID, asyncio.Future[Line]] = {}
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "RobotServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._server:
            self._server.close()
        for task in list(self._lines):
            task.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def expect(self, uuid: UUID) -> "asyncio.Future[Line]":
        """Return a future that gives the line when the call with this uuid is answered."""
        future: asyncio.Future[Line] = asyncio.get_running_loop().create_future()
        self._expected[uuid] = future
        return future

    def forget(self, uuid: UUID) -> None:
        """Stop expecting the uuid."""
        self._expected.pop(uuid, None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._lines.add(task)
            task.add_done_callback(self._lines.discard)
        protocol = AudioSocketProtocol()
        try:
            uuid = await asyncio.wait_for(_identify(reader, protocol), _IDENTIFY_TIMEOUT_S)
        except (TimeoutError, ConnectionError):
            writer.close()
            return
        future = self._expected.pop(uuid, None)
        if future is None or future.done():
            writer.close()
            return
        line = Line(uuid, reader, writer)
        future.set_result(line)
        await line.run(protocol)


async def _identify(reader: asyncio.StreamReader, protocol: AudioSocketProtocol) -> UUID:
    while True:
        data = await reader.read(64)
        if not data:
            raise ConnectionError("closed before it said who it is")
        protocol.receive_data(data)
        for event in protocol.events_received():
            if isinstance(event, Identified):
                return event.uuid
            raise ConnectionError("first message is no uuid")
