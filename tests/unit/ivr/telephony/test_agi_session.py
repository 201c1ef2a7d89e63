"""The session of one call by FastAGI: commands and their answers, hang-ups in every place, dead lines."""

import asyncio

import pytest

from ivr.telephony.agi import AGIServer, AGISession
from ivr.telephony.errors import (
    CallerHungUp,
    CommandFailed,
    CommandRefused,
    CommandTimedOut,
    ProtocolBroken,
    SessionOver,
    UnsafeText,
)
from tests.unit.ivr.telephony.fake_agi import HEADER, VARIABLES, FakeAsterisk, call, run


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
        b"200 result=35\n",
        b"200 result=0\n",
        b"200 result=0 (timeout) endpos=48000\n",
        b"200 result=0\n",
    )
    assert str(result) == (
        "[None, ('2', 16000), ('', 0), '#', '', Recorded(reason='timeout', digit='', samples=48000), 0]"
    )
    assert commands == [
        "ANSWER",
        'SET VARIABLE "IVR_NEXT" "queue"',
        'STREAM FILE "/p/menu" "0123"',
        'STREAM FILE "/p/none" ""',
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


async def test_a_session_that_is_not_spoken_to_any_more_is_broken_for_its_handler_too() -> None:
    async def script(session: AGISession) -> None:
        with pytest.raises(ProtocolBroken):
            await session.answer()

    await run(script, b"SSH-2.0-OpenSSH\n")


async def test_reset_by_the_peer_is_a_hangup() -> None:
    async def script(session: AGISession) -> None:
        with pytest.raises(CallerHungUp):
            await session.answer()

    async def reset(_line: str) -> bytes:
        asterisk.writer.transport.abort()
        return b""

    async with call(script, reset) as (asterisk, done):
        await done
