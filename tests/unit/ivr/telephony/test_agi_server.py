"""The FastAGI server against an Asterisk on a real socket: hang-ups, dead and slow peers, limits, broken handlers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.telephony.agi import AGILimits, AGIServer, AGISession
from ivr.telephony.errors import (
    CallerHungUp,
    CommandFailed,
    CommandRefused,
    CommandTimedOut,
    ProtocolBroken,
    SessionOver,
    UnsafeText,
)
from tests.unit.ivr.telephony.fake_agi import HEADER, VARIABLES, Answer, FakeAsterisk

Script = Callable[[AGISession], Awaitable[object]]


@asynccontextmanager
async def call(
    script: Script, answer: Answer | None = None
) -> AsyncIterator[tuple[FakeAsterisk, asyncio.Future[object]]]:
    """Run `script` as the handler of one call; the future holds its result or exception."""
    done: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    async def handler(session: AGISession) -> None:
        try:
            result = await script(session)
        except Exception as error:
            done.set_exception(error)
            raise
        done.set_result(result)

    limits = AGILimits(send_s=0.2, hangup_grace_s=0.2, stop_s=0.2)
    async with AGIServer("127.0.0.1", 0, handler, limits) as server, FakeAsterisk(server.port, answer) as asterisk:
        async with asyncio.timeout(60):
            yield asterisk, done


async def run(script: Script, *replies: bytes) -> tuple[object, list[str]]:
    """Run a script against an Asterisk that gives `replies` in turn."""
    left = list(replies)
    async with call(script, lambda _line: left.pop(0)) as (asterisk, done):
        return await done, asterisk.commands


async def test_session_knows_its_call() -> None:
    async def script(session: AGISession) -> None:
        assert session.contact == VARIABLES["HL_CONTACT"]
        assert session.recording == VARIABLES["HL_RECORDING"]
        assert session.variables.did == "4001726011"
        assert session.variables.caller == "anonymous"
        assert session.attempt == 1
        assert session.linkedid == session.uniqueid == HEADER["agi_uniqueid"]
        assert session.channel == HEADER["agi_channel"]

    await run(script)


async def test_contact_that_could_be_a_path_is_dropped() -> None:
    seen: list[str] = []

    async def handler(session: AGISession) -> None:
        seen.append(session.contact)

    variables = {**VARIABLES, "HL_CONTACT": "../../etc/passwd", "HL_ATTEMPT": "2"}
    async with (
        AGIServer("127.0.0.1", 0, handler) as server,
        FakeAsterisk(server.port, variables=variables) as asterisk,
        asyncio.timeout(60),
    ):
        await asterisk.closed.wait()
    assert seen == [""]


async def test_commands_and_results() -> None:
    async def script(session: AGISession) -> list[object]:
        await session.answer()
        await session.set_variable("IVR_NEXT", "queue")
        return [
            await session.get_variable("NOT_THERE"),
            await session.stream_file("/p/menu", "0123"),
            await session.stream_file("/p/none"),
            await session.get_data("/p/code", 5000, 8),
            await session.get_data("/p/code", 5000, 8),
            await session.wait_for_digit(1500),
            await session.wait_for_digit(1500),
            await session.record_file("/v/1", "wav", "#", 60000, silence_s=4),
            (await session.exec("Playback", "a", "b")).value,
        ]

    result, commands = await run(
        script,
        b"200 result=0\n",
        b"200 result=1\n",
        b"200 result=50 endpos=16000\n",
        b"200 result=0 endpos=0\n",
        b"200 result=12*\n",
        b"200 result= (timeout)\n",
        b"200 result=35\n",
        b"200 result=0\n",
        b"200 result=0 (timeout) endpos=48000\n",
        b"200 result=0\n",
    )
    assert str(result) == (
        "[None, ('2', 16000), ('', 0), ('12*', False), ('', True), '#', '', "
        "Recorded(reason='timeout', digit='', samples=48000), 0]"
    )
    assert commands == [
        "ANSWER",
        'SET VARIABLE "IVR_NEXT" "queue"',
        'STREAM FILE "/p/menu" "0123"',
        'STREAM FILE "/p/none" ""',
        'GET DATA "/p/code" "5000" "8"',
        'GET DATA "/p/code" "5000" "8"',
        'WAIT FOR DIGIT "1500"',
        'WAIT FOR DIGIT "1500"',
        'RECORD FILE "/v/1" "wav" "#" "60000" "BEEP" "s=4"',
        'EXEC "Playback" "a,b"',
    ]


async def test_hangup_notice_keeps_replies_in_step_and_is_raised_once() -> None:
    """panoramisk takes HANGUP for the reply, and the reply for the next command's."""

    async def script(session: AGISession) -> list[object]:
        first = await session.exec("AudioSocket", "x")
        with pytest.raises(CallerHungUp):
            await session.get_variable("HL_DID")
        return [first.result, await session.get_variable("HL_DID")]

    result, _ = await run(script, b"HANGUP\n200 result=7\n")
    assert result == ["7", "4001726011"]


async def test_end_of_connection_in_mid_command_is_a_hangup_then_the_session_is_over() -> None:
    async def script(session: AGISession) -> str:
        with pytest.raises(CallerHungUp) as caught:
            await session.stream_file("x")
        with pytest.raises(SessionOver):
            await session.answer()
        assert session.hung_up
        return caught.value.how

    async def hang(_line: str) -> bytes:
        asterisk.hang()
        return b""

    async with call(script) as (asterisk, done):
        asterisk.answer = hang
        assert await done == "eof"


async def test_notice_without_a_reply_does_not_wait_for_ever() -> None:
    async def script(session: AGISession) -> str:
        with pytest.raises(CallerHungUp) as caught:
            await session.exec("Queue", "x", timeout_s=60)
        return caught.value.how

    result, _ = await run(script, b"HANGUP\n")
    assert result == "notice"


async def test_wait_hung_up_wakes_beside_a_command() -> None:
    async def script(session: AGISession) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(session.wait_hung_up())
            with pytest.raises(CallerHungUp):
                await session.exec("AudioSocket", "x", timeout_s=60)

    await run(script, b"HANGUP\n200 result=-1\n")


async def test_dead_channel_is_a_hangup_then_refused() -> None:
    async def script(session: AGISession) -> int:
        with pytest.raises(CallerHungUp):
            await session.answer()
        with pytest.raises(CommandRefused) as caught:
            await session.answer()
        return caught.value.code

    dead = b"511 Command Not Permitted on a dead channel or intercept routine\n"
    assert (await run(script, dead, dead))[0] == 511


async def test_minus_one_is_a_hangup_when_one_follows_and_a_failure_when_not() -> None:
    async def gone(session: AGISession) -> None:
        with pytest.raises(CallerHungUp):
            await session.stream_file("x")

    async def there(session: AGISession) -> int | None:
        with pytest.raises(CommandFailed):
            await session.stream_file("x")
        return (await session.exec("AudioSocket", "x")).value

    await run(gone, b"200 result=-1 endpos=0\nHANGUP\n")
    assert (await run(there, b"200 result=-1 endpos=0\n", b"200 result=-1\n"))[0] == -1


async def test_message_that_ends_with_the_hangup_is_kept() -> None:
    async def script(session: AGISession) -> object:
        recorded = await session.record_file("/v/1", "wav", "#", 60000)
        with pytest.raises(CallerHungUp):
            await session.set_variable("IVR_NEXT", "end")
        return recorded.reason, recorded.samples

    assert (await run(script, b"HANGUP\n200 result=-1 (hangup) endpos=24000\n"))[0] == ("hangup", 24000)


async def test_unknown_command_and_usage() -> None:
    async def script(session: AGISession) -> list[int]:
        codes = []
        for _ in range(3):
            with pytest.raises(CommandRefused) as caught:
                await session.answer()
            codes.append(caught.value.code)
        await session.answer()
        return codes

    result, _ = await run(
        script,
        b"510 Invalid or unknown command\n",
        b"520-Invalid command syntax.  Proper usage follows:\n Usage: ANSWER\n520 End of proper usage.\n",
        b"520 Invalid command syntax.  Proper usage not available.\n",
        b"100 result=0 Trying...\n200 result=0\n",
    )
    assert result == [510, 520, 520]


async def test_deadline_and_the_late_reply_is_not_taken_for_the_next() -> None:
    async def script(session: AGISession) -> object:
        with pytest.raises(CommandTimedOut):
            await session.exec("Wait", "9", timeout_s=0.05)
        asterisk.send(b"200 result=77\n")
        return await session.get_variable("HL_DID")

    async with call(script, lambda _line: b"") as (asterisk, done):
        assert await done == "4001726011"


async def test_unsafe_text_leaves_the_session_usable() -> None:
    async def script(session: AGISession) -> object:
        with pytest.raises(UnsafeText):
            await session.set_variable("X", "1\nHANGUP")
        return await session.get_variable("HL_DID")

    assert (await run(script)) == ("4001726011", [])


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


async def test_a_session_that_is_not_spoken_to_any_more_is_broken_for_its_handler_too() -> None:
    async def script(session: AGISession) -> None:
        with pytest.raises(ProtocolBroken):
            await session.answer()

    await run(script, b"SSH-2.0-OpenSSH\n")


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


async def test_reset_by_the_peer_is_a_hangup() -> None:
    async def script(session: AGISession) -> None:
        with pytest.raises(CallerHungUp):
            await session.answer()

    async def reset(_line: str) -> bytes:
        asterisk.writer.transport.abort()
        return b""

    async with call(script, reset) as (asterisk, done):
        await done
