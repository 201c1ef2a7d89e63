"""The robot caller's steps on a line that a made-up exchange holds: what each may take, and what is told of it."""

import asyncio
import contextlib
import wave
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest

from ops.robots.caller import RobotCaller
from ops.robots.carrier import Carrier
from ops.robots.hotline import HotlineAPI
from ops.robots.line import RobotServer
from ops.robots.report import CallReport
from ops.robots.scenario import parse_scenario
from speech.audiosocket.protocol import SILENCE_FRAME, audio_message, hangup_message, uuid_message
from tests.unit.ops.robots.test_robot_line import free_port

_TONE = bytes([0, 40, 0, 200]) * 80  # 20 ms, loud
_PROMPT_FRAMES = 15


class Exchange:
    """The carrier's manager interface (carrier.AMI): answers each call, says a short prompt, hangs up after a while."""

    def __init__(self, port: int, *, hangs_up_s: float) -> None:
        self._port, self._hangs_up_s = port, hangs_up_s
        self._calls: list[asyncio.Task[None]] = []

    async def action(self, name: str, fields: Mapping[str, str], timeout_s: float = 5.0) -> list[dict[str, str]]:
        del timeout_s
        if name == "Originate":
            self._calls.append(asyncio.create_task(self._hold(fields["Data"].partition(",")[0])))
        return [{"Response": "Success"}]

    async def _hold(self, uuid: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(uuid_message(UUID(uuid)))
        listening = asyncio.create_task(reader.read())  # nothing of it is of interest, but its end is
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(self._hangs_up_s):
                for number in range(10_000):
                    writer.write(audio_message(_TONE if number < _PROMPT_FRAMES else SILENCE_FRAME))
                    await asyncio.wait({listening}, timeout=0.02)
                    if listening.done():
                        break
        writer.write(hangup_message())
        writer.close()
        await asyncio.gather(listening, return_exceptions=True)

    async def close(self) -> None:
        await asyncio.gather(*self._calls)


async def played(steps: str, folder: Path, *, hangs_up_s: float = 20.0) -> CallReport:
    """Play the steps on a call; crm is away."""
    port = await free_port()
    exchange, nobody = Exchange(port, hangs_up_s=hangs_up_s), f"http://127.0.0.1:{await free_port()}"
    hotline = HotlineAPI(nobody, nobody, "token", "token")
    async with RobotServer(port) as server:
        caller = RobotCaller(
            server, Carrier(exchange, port), hotline, folder=folder, out=folder / "out", say=lambda _line: None
        )
        report = await caller.run(parse_scenario(f"steps: {steps}"))
        await exchange.close()
    await hotline.close()
    return report


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    with wave.open(str(tmp_path / "long.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(_TONE * 150)
    return tmp_path


@pytest.mark.parametrize(
    ("step", "what"),
    [
        ("{play: long.wav, within: 0.3}", "long.wav"),
        ("{dtmf: '1', within: 0.4}", "1"),
        ("{pause: 5, within: 0.3}", "5 s"),
        ("{hear: prompt_end, within: 0.3}", "prompt_end"),
        ("{expect: hangup, within: 0.3}", "hangup"),
        ("{expect: answer_by_agent, within: 0.3}", "answer_by_agent"),
    ],
)
async def test_a_step_that_is_not_over_in_its_time_fails_the_call(clips: Path, step: str, what: str) -> None:
    report = await played(f"[{{hear: prompt_end}}, {step}, {{pause: 0.1}}]", clips)
    assert [(step.what, step.ok) for step in report.steps] == [("prompt_end", True), (what, False)]
    limit = step.partition("within: ")[2].rstrip("}")
    assert report.steps[-1].why == f"not over within {limit} s"
    assert report.why == f"step 2 ({report.steps[-1].action}): not over within {limit} s"
    assert not report.ok


async def test_steps_that_keep_their_time_go_on(clips: Path) -> None:
    steps = "[{hear: prompt_end, within: 10}, {pause: 0.1, within: 10}, {hangup: true, within: 10}]"
    report = await played(steps, clips)
    assert [step.ok for step in report.steps] == [True, True, True]
    assert report.ended_by == "robot"


@pytest.mark.parametrize("step", ["{hear: prompt_end}", "{barge: {after: 0, dtmf: '1'}}", "{expect: answer_by_agent}"])
async def test_what_waits_for_the_hotline_fails_when_the_call_ends(clips: Path, step: str) -> None:
    report = await played(f"[{{hear: prompt_end}}, {step}]", clips, hangs_up_s=2.0)
    assert report.steps[-1].why == "the call ended first"
    assert not report.ok


async def test_the_end_that_was_expected_is_no_failure(clips: Path) -> None:
    report = await played("[{expect: hangup}]", clips, hangs_up_s=0.5)
    assert report.steps[0].ok
    assert report.ended_by == "hotline"


async def test_a_clip_sounds_through_prompts_and_is_over_with_the_call(clips: Path) -> None:
    report = await played("[{play: long.wav}, {expect: hangup}]", clips, hangs_up_s=1.0)
    assert [step.ok for step in report.steps] == [True, True]
    assert report.greeting_ms is not None
    assert report.greeting_ms < report.steps[0].ended_ms  # the prompt was heard meanwhile
