"""AudioSocket server against a fake Asterisk on a real socket: contract, pacing, ids, ends of a line."""

import asyncio
import socket
import struct
import threading
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from speech.audiosocket import server as module
from speech.audiosocket.inbox import INBOX_AUDIO_EVENTS
from speech.audiosocket.protocol import (
    FRAME_BYTES,
    AudioReceived,
    DigitPressed,
    PeerHungUp,
    audio_message,
    digit_message,
    uuid_message,
)
from speech.audiosocket.server import AudioSocketServer, next_deadline
from tests.unit.speech.line_peer import FakeAsterisk, connected, take_until
from tests.unit.speech.waiting import until


class Ramp:
    """A source that numbers its frames."""

    def __init__(self, frames: int) -> None:
        self.left = frames
        self.number = 0

    def next_frame(self) -> bytes | None:
        if not self.left:
            return None
        self.left -= 1
        self.number += 1
        return self.number.to_bytes(2, "little") * (FRAME_BYTES // 2)


async def test_silence_frames_always_flow_and_every_message_is_one_write(
    server: tuple[AudioSocketServer, int],
) -> None:
    line, peer = await connected(*server)
    await until(lambda: len(peer.heard) >= 25)
    assert {pcm for _, pcm in peer.heard} == {bytes(FRAME_BYTES)}
    assert all(size % (FRAME_BYTES + 3) == 0 for size in peer.reads)
    line.finish()
    async with asyncio.timeout(15):
        await peer.ended.wait()
    assert peer.said_goodbye
    await peer.close()


async def test_a_prompt_is_paced_at_20_ms_and_a_stall_is_not_made_good_by_a_burst(
    server: tuple[AudioSocketServer, int],
) -> None:
    line, peer = await connected(*server)
    line.source = Ramp(60)
    await until(lambda: any(any(pcm) for _, pcm in peer.heard))
    threading.Event().wait(0.3)  # the stall itself: the whole loop stands still
    await until(lambda: len([1 for _, pcm in peer.heard if any(pcm)]) == 60)
    voiced = [(when, pcm) for when, pcm in peer.heard if any(pcm)]
    assert [int.from_bytes(pcm[:2], "little") for _, pcm in voiced] == list(range(1, 61))
    sent = [when for when, _ in voiced]
    # At no time more than two frames ahead of real time, counted from any frame after the stall.
    for start in range(5, 50):
        for end in range(start + 1, 60):
            assert (end - start) * 0.02 - (sent[end] - sent[start]) <= 0.045
    await peer.close()


@settings(deadline=None)
@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=300))
def test_pacing_on_a_virtual_clock_never_leads_and_keeps_the_mean(lateness: list[float]) -> None:
    now = deadline = 100.0
    for late in lateness:
        now = max(now, deadline) + late
        following = next_deadline(deadline, now)
        assert following >= now
        assert following - now <= 0.02 + 1e-9
        deadline = following


def test_thirty_seconds_are_1500_frames() -> None:
    now, deadline, frames = 0.0, 0.0, 0
    while deadline < 30.0 - 1e-6:
        frames += 1
        now = deadline + 0.004  # always a little late
        deadline = next_deadline(deadline, now)
    assert frames == 1500


@pytest.mark.parametrize("size", [160, 320, 480, 960])
async def test_any_inbound_frame_length_and_keys_arrive_in_order(
    server: tuple[AudioSocketServer, int], size: int
) -> None:
    line, peer = await connected(*server)
    peer.writer.write(audio_message(bytes(size)) + b"\x42\x00\x01?" + digit_message("5"))
    events = await take_until(line.inbox, DigitPressed)
    assert events == [AudioReceived(bytes(size)), DigitPressed("5")]
    await peer.close()
    assert (await take_until(line.inbox, PeerHungUp))[-1] == PeerHungUp()
    assert line.hung_up


async def test_bytes_may_come_one_by_one(server: tuple[AudioSocketServer, int]) -> None:
    made, port = server
    uuid = uuid4()
    with made.expect(uuid) as future:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        for byte in uuid_message(uuid) + digit_message("7"):
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(0)
        async with asyncio.timeout(15):
            line = await future
    assert await take_until(line.inbox, DigitPressed) == [DigitPressed("7")]
    writer.close()


async def test_an_id_is_good_once(server: tuple[AudioSocketServer, int]) -> None:
    made, port = server
    line, peer = await connected(made, port)
    again = await FakeAsterisk.connect(port, line.uuid)
    async with asyncio.timeout(15):
        await again.ended.wait()
    assert again.heard == []
    assert made.refused == 1
    assert not line.closed.is_set()
    await peer.close()
    await again.close()


async def test_an_id_expires(server: tuple[AudioSocketServer, int], monkeypatch: pytest.MonkeyPatch) -> None:
    made, port = server
    monkeypatch.setattr(module, "EXPECT_SECONDS", 0.05)
    uuid = uuid4()
    with made.expect(uuid) as future:
        async with asyncio.timeout(15):
            await asyncio.wait({future})
        assert future.cancelled()
        peer = await FakeAsterisk.connect(port, uuid)
        async with asyncio.timeout(15):
            await peer.ended.wait()
    await peer.close()


async def test_announcing_an_id_twice_is_an_error(server: tuple[AudioSocketServer, int]) -> None:
    uuid = uuid4()
    with server[0].expect(uuid), pytest.raises(ValueError, match="twice"), server[0].expect(uuid):
        pass


async def test_a_consumer_that_stalls_does_not_stall_the_reader(server: tuple[AudioSocketServer, int]) -> None:
    line, peer = await connected(*server)
    frames = 3 * INBOX_AUDIO_EVENTS
    for number in range(frames):
        peer.writer.write(audio_message(number.to_bytes(2, "little")))
    peer.press("1")
    await peer.writer.drain()
    await until(lambda: line.inbox.dropped >= frames - INBOX_AUDIO_EVENTS)
    events = await take_until(line.inbox, DigitPressed)
    audio = [event.pcm for event in events if isinstance(event, AudioReceived)]
    assert audio[-1] == (frames - 1).to_bytes(2, "little")
    assert len(audio) == INBOX_AUDIO_EVENTS
    await peer.close()


async def test_closing_the_server_cuts_the_lines() -> None:
    made = AudioSocketServer()
    port = await made.start(0)
    _, peer = await connected(made, port)
    await made.close()
    async with asyncio.timeout(15):
        await peer.ended.wait()
    await peer.close()


async def test_a_connection_reset_is_a_hang_up(server: tuple[AudioSocketServer, int]) -> None:
    line, peer = await connected(*server)
    peer.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.writer.transport.abort()
    async with asyncio.timeout(15):
        await line.closed.wait()
    assert line.hung_up
    await peer.close()


async def test_a_broken_source_ends_its_line_with_a_log_line(server: tuple[AudioSocketServer, int]) -> None:
    class Broken:
        def next_frame(self) -> bytes | None:
            raise ZeroDivisionError

    line, peer = await connected(*server)
    with capture_logs() as logs:
        line.source = Broken()
        async with asyncio.timeout(15):
            await line.closed.wait()
    assert [(entry["event"], entry["dialogue"]) for entry in logs] == [("audiosocket_task_failed", str(line.uuid))]
    await peer.close()


async def test_a_short_frame_is_filled_up(server: tuple[AudioSocketServer, int]) -> None:
    class Short:
        def next_frame(self) -> bytes | None:
            return b"ab"

    line, peer = await connected(*server)
    line.source = Short()
    await until(lambda: b"ab".ljust(FRAME_BYTES, b"\0") in [pcm for _, pcm in peer.heard])
    await peer.close()
