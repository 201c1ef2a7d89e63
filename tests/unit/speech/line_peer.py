"""A fake Asterisk at the other end of an AudioSocket: real socket, real frames."""

import asyncio
from uuid import UUID, uuid4

from speech.audiosocket.inbox import Inbox
from speech.audiosocket.protocol import (
    FRAME_BYTES,
    AudioReceived,
    AudioSocketProtocol,
    DigitPressed,
    Event,
    PeerHungUp,
    audio_message,
    digit_message,
    hangup_message,
    uuid_message,
)
from speech.audiosocket.server import AudioSocketLine, AudioSocketServer
from tests.unit.speech.waiting import until


class FakeAsterisk:
    """Connects like `EXEC AudioSocket`; hears frames with their arrival times, speaks at 20 ms pace."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self._protocol = AudioSocketProtocol()
        self.heard: list[tuple[float, bytes]] = []
        self.reads: list[int] = []
        self.events: list[Event] = []
        self.ended = asyncio.Event()
        self.said_goodbye = False
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def connect(cls, port: int, uuid: UUID) -> "FakeAsterisk":
        """Return a connected peer that has sent its id."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(uuid_message(uuid))
        return cls(reader, writer)

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                data = await self._reader.read(65536)
            except OSError:
                data = b""
            if not data:
                break
            self.reads.append(len(data))
            self._protocol.receive_data(data)
            for event in self._protocol.events_received():
                self.events.append(event)
                if isinstance(event, AudioReceived):
                    self.heard.append((loop.time(), event.pcm))
                elif isinstance(event, PeerHungUp):
                    self.said_goodbye = True
        self.ended.set()

    async def say(self, pcm: bytes, frame_bytes: int = FRAME_BYTES) -> None:
        """Send s16le 8 kHz audio in real time."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        for number, start in enumerate(range(0, len(pcm), frame_bytes)):
            due = started + number * frame_bytes / 16000
            await asyncio.sleep(due - loop.time())
            self.writer.write(audio_message(pcm[start : start + frame_bytes]))

    def press(self, keys: str) -> None:
        """Send key presses."""
        for key in keys:
            self.writer.write(digit_message(key))

    def hang_up(self) -> None:
        """End it politely."""
        self.writer.write(hangup_message())

    async def close(self) -> None:
        """Cut the connection."""
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)


async def connected(server: AudioSocketServer, port: int, contact: str = "") -> tuple[AudioSocketLine, FakeAsterisk]:
    uuid = uuid4()
    with server.expect(uuid, contact) as line:
        peer = await FakeAsterisk.connect(port, uuid)
        async with asyncio.timeout(15):
            return await line, peer


async def goes_on(line: AudioSocketLine, peer: FakeAsterisk) -> None:
    """Show that a call is as it was: frames go out, keys come in."""
    heard = len(peer.heard)
    await until(lambda: len(peer.heard) > heard + 2, 15)
    peer.press("5")
    assert DigitPressed("5") in await take_until(line.inbox, DigitPressed)
    assert not line.closed.is_set()


async def take_until(inbox: Inbox, kind: type, seconds: float = 15.0) -> list[object]:
    events: list[object] = []
    async with asyncio.timeout(seconds):
        while not any(isinstance(event, kind) for event in events):
            events += await inbox.take(0.1)
    return events
