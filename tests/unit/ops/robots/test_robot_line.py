"""A robot's line over a real socket: identified calls only, paced speech, both directions kept."""

import asyncio
import wave
from pathlib import Path
from uuid import uuid4

from ops.robots.line import RobotServer
from speech.audiosocket.protocol import AudioReceived, AudioSocketProtocol, audio_message, hangup_message, uuid_message

_TONE = bytes([0, 40, 0, 200]) * 80  # 20 ms, loud


async def free_port() -> int:
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def read_audio(reader: asyncio.StreamReader, frames: int) -> list[bytes]:
    protocol, out = AudioSocketProtocol(), list[bytes]()
    async with asyncio.timeout(60):
        while len(out) < frames:
            protocol.receive_data(await reader.read(2048))
            out += [event.pcm for event in protocol.events_received() if isinstance(event, AudioReceived)]
    return out


async def test_a_call_is_heard_and_spoken_to(tmp_path: Path) -> None:
    port, uuid = await free_port(), uuid4()
    async with RobotServer(port) as server:
        expected = server.expect(uuid)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(uuid_message(uuid))
        line = await asyncio.wait_for(expected, 60)
        for _ in range(20):
            writer.write(audio_message(_TONE))
        assert await line.wait_heard(lambda ear: ear.last_voiced >= 0, 60)
        speaking = asyncio.create_task(line.play(_TONE * 10))
        frames = await read_audio(reader, 15)
        assert _TONE in frames
        await speaking
        assert line.last_said_ms > line.first_said_ms > 0
        writer.write(hangup_message())
        await asyncio.wait_for(line.ended.wait(), 60)
        assert not line.left
        assert not await line.wait_heard(lambda _ear: False, 60)
        writer.close()
    line.write_wav(tmp_path / "call.wav")
    with wave.open(str(tmp_path / "call.wav")) as call:
        assert (call.getnchannels(), call.getframerate()) == (2, 8000)
        assert call.getnframes() >= 20 * 160


async def test_a_line_tells_that_it_was_ended_from_this_side() -> None:
    port, uuid = await free_port(), uuid4()
    async with RobotServer(port) as server:
        expected = server.expect(uuid)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(uuid_message(uuid))
        line = await asyncio.wait_for(expected, 60)
        await line.hang_up()
        await asyncio.wait_for(line.ended.wait(), 60)
        assert line.left
        assert hangup_message() in await asyncio.wait_for(reader.read(), 60)
        writer.close()


async def test_strangers_are_turned_away() -> None:
    port = await free_port()
    async with RobotServer(port) as server:
        forgotten = uuid4()
        server.expect(forgotten)
        server.forget(forgotten)
        for first in (uuid_message(uuid4()), uuid_message(forgotten), audio_message(_TONE), b""):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(first)
            if not first:
                writer.write_eof()
            assert await asyncio.wait_for(reader.read(), 60) == b""
            writer.close()
