"""Who is no Asterisk, or one that misbehaves, at the AudioSocket server: one clear log line, and no call is harmed."""

import asyncio
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from speech.audiosocket import server as module
from speech.audiosocket.protocol import audio_message, uuid_message
from speech.audiosocket.server import AudioSocketServer
from tests.unit.speech.line_peer import connected, goes_on
from tests.unit.speech.waiting import until

STRANGER = UUID(int=5)


@pytest.mark.parametrize(
    ("raw", "reason", "dialogue"),
    [
        (b"", "no dialogue id", ""),
        (b"\r\n" * 20, "no dialogue id", ""),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "malformed: payload of 17748 bytes in a message of type 0x47", ""),
        (audio_message(b"ab"), "first message is AudioReceived", ""),
        (uuid_message(STRANGER), "unknown, used or expired dialogue id", str(STRANGER)),
        (b"\x42\x00\x10" + bytes(16), "no dialogue id", ""),
    ],
)
async def test_strangers_leave_one_clear_log_line_and_no_harm(
    server: tuple[AudioSocketServer, int], raw: bytes, reason: str, dialogue: str
) -> None:
    made, port = server
    line, peer = await connected(made, port)
    with capture_logs() as logs:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        ours = peer_name_of(writer)
        writer.write(raw)
        if not raw:
            writer.close()
        async with asyncio.timeout(15):
            await asyncio.gather(reader.read(), return_exceptions=True)
        await until(lambda: made.refused == 1)
        await goes_on(line, peer)
    assert logs == [
        {"event": "audiosocket_refused", "log_level": "warning", "reason": reason, "peer": ours, "dialogue": dialogue}
    ]
    writer.close()
    await peer.close()


def peer_name_of(writer: asyncio.StreamWriter) -> str:
    """Return what the server calls the other end of this connection."""
    host, port = writer.get_extra_info("sockname")
    return f"{host}:{port}"


async def test_a_peer_that_says_nothing_is_let_go(
    server: tuple[AudioSocketServer, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    line, peer = await connected(*server)
    monkeypatch.setattr(module, "IDENTIFY_SECONDS", 0.05)
    with capture_logs() as logs:
        reader, writer = await asyncio.open_connection("127.0.0.1", server[1])
        async with asyncio.timeout(15):
            assert await reader.read() == b""
        await goes_on(line, peer)
    told = [(entry["event"], entry["reason"], entry["peer"]) for entry in logs]
    assert told == [("audiosocket_refused", "no dialogue id in time", peer_name_of(writer))]
    writer.close()
    await peer.close()


@pytest.mark.parametrize(
    ("raw", "event", "more"),
    [
        (b"\x10\xff\xff", "audiosocket_malformed", {"reason": "payload of 65535 bytes in a message of type 0x10"}),
        (b"\xff\x00\x01\x01", "audiosocket_peer_error", {"code": 1}),
    ],
)
async def test_garbage_in_mid_line_ends_that_line_only_and_the_log_names_its_call(
    server: tuple[AudioSocketServer, int], raw: bytes, event: str, more: dict[str, object]
) -> None:
    bad_line, bad = await connected(*server, contact="bad")
    good_line, good = await connected(*server, contact="good")
    with capture_logs() as logs:
        for byte in raw:
            bad.writer.write(bytes((byte,)))
            await bad.writer.drain()
        async with asyncio.timeout(15):
            await bad_line.closed.wait()
        await goes_on(good_line, good)
    ids = {"dialogue": str(bad_line.uuid), "contact": "bad"}
    assert logs == [{"event": event, "log_level": "warning", **ids, **more}]
    await bad.close()
    await good.close()


async def test_line_ends_in_mid_line_are_one_unknown_message_and_the_call_goes_on(
    server: tuple[AudioSocketServer, int],
) -> None:
    line, peer = await connected(*server)
    peer.writer.write(b"\r\n" * ((3 + 0x0A0D) // 2))  # kind 0x0d, 0x0a0d bytes
    await goes_on(line, peer)
    await peer.close()


async def test_a_peer_that_never_reads_is_cut(
    server: tuple[AudioSocketServer, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UNSENT_LIMIT_BYTES", -1)
    with capture_logs() as logs:
        line, peer = await connected(*server, contact="c")
        async with asyncio.timeout(15):
            await line.closed.wait()
    assert line.hung_up
    ids = {"dialogue": str(line.uuid), "contact": "c"}
    assert logs == [{"event": "audiosocket_peer_not_reading", "log_level": "warning", **ids}]
    await peer.close()


async def test_a_peers_error_and_a_second_id_are_logged_and_only_the_error_ends_the_line(
    server: tuple[AudioSocketServer, int],
) -> None:
    line, peer = await connected(*server)
    with capture_logs() as logs:
        peer.writer.write(uuid_message(uuid4()) + b"\xff\x00\x01\x01")
        async with asyncio.timeout(15):
            await line.closed.wait()
    assert [entry["event"] for entry in logs] == ["audiosocket_identified_twice", "audiosocket_peer_error"]
    await peer.close()


async def test_too_many_strangers_are_refused(
    server: tuple[AudioSocketServer, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, port = server
    monkeypatch.setattr(module, "MAX_UNKNOWN_PEERS", 1)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await until(lambda: made._unidentified == 1)
    _, second = await asyncio.open_connection("127.0.0.1", port)
    await until(lambda: made.refused == 1)
    writer.close()
    second.close()
    assert await reader.read() == b""
