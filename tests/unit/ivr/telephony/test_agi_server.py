"""The FastAGI server against an Asterisk on a real socket: dead and slow peers, garbage, limits, broken handlers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.telephony.agi import AGILimits, AGIServer, AGISession
from ivr.telephony.errors import CommandTimedOut, ProtocolBroken
from tests.unit.ivr.telephony.fake_agi import HEADER, VARIABLES, FakeAsterisk, call


@asynccontextmanager
async def beside(limits: AGILimits | None = None) -> AsyncIterator[tuple[int, Callable[[], Awaitable[None]]]]:
    """Run a server with one call of contact "good" that stays; yields the port and a check that it goes on."""
    turns: asyncio.Queue[str] = asyncio.Queue()
    begun, end = asyncio.Event(), asyncio.Event()

    async def handler(session: AGISession) -> None:
        if session.contact != "good":
            with contextlib.suppress(ProtocolBroken):  # as CallSession does: not every handler lets it out
                await session.answer()
            return
        begun.set()
        while not end.is_set():
            await turns.get()
            await session.answer()
            turns.task_done()

    async def goes_on() -> None:
        turns.put_nowait("one more")
        async with asyncio.timeout(20):
            await turns.join()

    variables = {**VARIABLES, "HL_CONTACT": "good"}
    async with (
        AGIServer("127.0.0.1", 0, handler, limits) as server,
        asyncio.timeout(60),
        FakeAsterisk(server.port, variables=variables, uniqueid="hotline-1700000000.9"),
    ):
        await begun.wait()
        yield server.port, goes_on
        end.set()
        await goes_on()


def warned(logs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [line for line in logs if line["log_level"] in ("warning", "error")]


GARBAGE = [
    (b"SSH-2.0-OpenSSH\n", "not a reply"),
    (b"\r\n\r\n\x00\xff\xfe\r\n", "not a reply"),
    (b"200 result=" + b"9" * 20_000, "line too long"),
    (b"999 result=0\r\n", "unknown reply code"),
    (b"200 result=0\n200 result=0\n", "reply without a command"),
]


@pytest.mark.parametrize(("raw", "reason"), GARBAGE)
async def test_garbage_ends_its_session_only_and_the_log_names_the_call(raw: bytes, reason: str) -> None:
    with capture_logs() as logs:
        async with beside() as (port, goes_on):
            async with FakeAsterisk(port, lambda _line: raw) as asterisk:
                name = asterisk.name
                await asterisk.closed.wait()
            await goes_on()
    ids = {"call": HEADER["agi_uniqueid"], "contact": VARIABLES["HL_CONTACT"], "attempt": 1}
    assert warned(logs) == [{"event": "agi_garbage", "log_level": "error", "reason": reason, "peer": name, **ids}]


@pytest.mark.parametrize(
    ("raw", "reason", "call"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "bad header line", None),
        (b"\x00\xff" * 100 + b"\n", "bad header line", None),
        (b"\r\n\r\n", "bad header line", None),
        (b"a" * 20_000, "line too long", None),
        (b"".join(b"agi_k%d: 1\n" % index for index in range(300)), "header too long", None),
        (b"agi_uniqueid: u.1\r\n\r\nhello\r\n", "not a reply", "u.1"),
    ],
)
async def test_a_foreign_header_leaves_one_line_that_names_the_peer_and_no_harm(
    raw: bytes, reason: str, call: str | None
) -> None:
    with capture_logs() as logs:
        async with beside() as (port, goes_on):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            host, ours = writer.get_extra_info("sockname")
            for start in range(0, len(raw), 7):  # split wherever it falls
                writer.write(raw[start : start + 7])
            await asyncio.gather(reader.read(), return_exceptions=True)
            writer.close()
            await goes_on()
    told = {"error": "ProtocolBroken", "reason": reason, "peer": f"{host}:{ours}"} | ({"call": call} if call else {})
    assert warned(logs) == [{"event": "agi_open_failed", "log_level": "warning", **told}]


async def test_port_probe_is_harmless_and_silent() -> None:
    """panoramisk's server spins for ever on this."""
    called = asyncio.Event()

    async def handler(_session: AGISession) -> None:
        called.set()

    with capture_logs() as logs:
        async with AGIServer("127.0.0.1", 0, handler) as server, asyncio.timeout(60):
            for _ in range(20):
                _, writer = await asyncio.open_connection("127.0.0.1", server.port)
                writer.close()
                await writer.wait_closed()
            async with FakeAsterisk(server.port):
                await called.wait()
    assert [line["event"] for line in logs if line["log_level"] == "info"].count("agi_call_started") == 1
    assert not [line for line in logs if line["log_level"] in ("warning", "error")]


async def test_header_that_drips_is_cut_off() -> None:
    with capture_logs() as logs:
        async with beside(AGILimits(header_s=0.3)) as (port, goes_on):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            host, ours = writer.get_extra_info("sockname")
            writer.write(b"agi_network: yes\nagi_ch")
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()
            await goes_on()
    assert warned(logs) == [{"event": "agi_header_timeout", "log_level": "warning", "peer": f"{host}:{ours}"}]


async def test_connection_cap() -> None:
    release = asyncio.Event()

    async def handler(_session: AGISession) -> None:
        await release.wait()

    with capture_logs() as logs:
        async with (
            AGIServer("127.0.0.1", 0, handler, AGILimits(connections=1)) as server,
            FakeAsterisk(server.port),
            FakeAsterisk(server.port) as second,
            asyncio.timeout(60),
        ):
            await second.closed.wait()
            name = second.name
            assert server.calls == 1
            release.set()
    assert warned(logs) == [{"event": "agi_connection_refused", "log_level": "error", "open": 1, "peer": name}]


async def test_broken_handler_ends_only_its_call_and_the_log_names_it() -> None:
    async def handler(_session: AGISession) -> None:
        raise KeyError("a defect")

    with capture_logs() as logs:
        async with AGIServer("127.0.0.1", 0, handler) as server, asyncio.timeout(60):
            for _ in range(2):
                async with FakeAsterisk(server.port) as asterisk:
                    await asterisk.closed.wait()
    failures = [line for line in logs if line["event"] == "agi_call_failed"]
    assert len(failures) == 2
    assert failures[0]["call"] == HEADER["agi_uniqueid"]
    assert failures[0]["contact"] == VARIABLES["HL_CONTACT"]


async def test_stop_cancels_calls_that_do_not_end() -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def handler(session: AGISession) -> None:
        started.set()
        try:
            await session.exec("Queue", "x", timeout_s=3600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    server = AGIServer("127.0.0.1", 0, handler, AGILimits(stop_s=0.05))
    await server.start()
    async with FakeAsterisk(server.port, stuck), asyncio.timeout(60):
        await started.wait()
        await server.stop()
        assert cancelled.is_set()
        assert server.calls == 0


async def stuck(_line: str) -> bytes:
    await asyncio.Event().wait()
    return b""


async def test_peer_that_never_reads_does_not_block_for_ever() -> None:
    async def script(session: AGISession) -> None:
        with pytest.raises(CommandTimedOut):
            await asyncio.gather(*(session.exec("NoOp", "x" * 7000, timeout_s=0.05) for _ in range(300)))

    async with call(script, stuck) as (_, done):
        await done
