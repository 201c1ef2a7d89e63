"""The robot caller: places one call and plays a scenario on it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx

from ops.robots.carrier import DIGIT_GAP_S, Carrier, PlacedCall
from ops.robots.ear import Ear
from ops.robots.hotline import HotlineAPI, Listening
from ops.robots.line import Line, RobotServer
from ops.robots.report import CallReport, StepReport
from ops.robots.scenario import Answer, Answering, Scenario, Step
from ops.robots.tones import tones
from ops.robots.voice import VOICE_FOLDER, load_clip, speak

_RING_S = 35.0
_RESPONSE_S = 12.0
_SETTLE_S = 12.0
_PROMPT_STARTS_S = 4.0
_PROMPT_ENDS_S = 45.0
_OVER = "the call ended first"
Say = Callable[[str], None]


class RobotCaller:
    """One caller. `folder` is where scenario clips lie, `out` where recordings go, `say` gets progress lines."""

    def __init__(
        self, server: RobotServer, carrier: Carrier, hotline: HotlineAPI, *, folder: Path, out: Path, say: Say
    ) -> None:
        self._server, self._carrier, self._hotline = server, carrier, hotline
        self._folder, self._out, self._say = folder, out, say

    async def run(self, scenario: Scenario) -> CallReport:
        """Place the call, play the scenario, hang up, collect ticket and pops. Never raises for what a call can do."""
        report = CallReport(from_=scenario.from_, to=scenario.to)
        begun = datetime.now(UTC)
        before = await self._hotline.newest_contact(scenario.from_) if scenario.answers else ""
        expected: list[asyncio.Future[Line]] = []
        call = await self._carrier.call(
            scenario.to,
            scenario.from_,
            lambda uuid: expected.append(self._server.expect(uuid)),
            inband=scenario.inband_keys,
        )
        try:
            line = await asyncio.wait_for(expected[0], _RING_S)
        except TimeoutError:
            self._server.forget(call.uuid)
            report.fail("the call was not answered")
            return report
        self._say(f"answered: {scenario.to}")
        return await self._converse(scenario, line, call, report, before, begun)

    async def answer(self, scenario: Scenario, call: PlacedCall) -> CallReport:
        """Be the one whom the hotline rings, at the number `from`: answer the call that rings there and play."""
        report = CallReport(from_=scenario.from_, to=scenario.to)
        begun = datetime.now(UTC)
        before = await self._hotline.newest_contact(scenario.from_) if scenario.answers else ""
        line = await asyncio.wait_for(self._server.expect(call.uuid), _RING_S)
        return await self._converse(scenario, line, call, report, before, begun)

    async def _converse(
        self, scenario: Scenario, line: Line, call: PlacedCall, report: CallReport, before: str, begun: datetime
    ) -> CallReport:
        report.answered = True
        try:
            await asyncio.wait_for(self._play(scenario, line, call, report, before), scenario.within)
        except TimeoutError:
            report.fail(f"not over within {scenario.within:.0f} s")
        report.ended_by = "hotline" if line.ended.is_set() and not line.left else "robot"
        await line.hang_up()
        await asyncio.wait_for(line.ended.wait(), 5)
        report.greeting_ms = round(line.ear.heard_voice_at[0]) if line.ear.heard_voice_at else None
        report.duration_ms = round(line.now())
        report.longest_silence_ms = round(line.ear.longest_silence_ms)
        wav = self._out / f"{call.uuid}.wav"
        await asyncio.to_thread(line.write_wav, wav)
        report.wav = str(wav)
        await self._collect(report, scenario, begun)
        return report

    async def _collect(self, report: CallReport, scenario: Scenario, begun: datetime) -> None:
        try:
            report.contact = report.contact or await self._hotline.newest_call(scenario.from_, begun.isoformat())
            if not report.contact:
                return
            call = await self._hotline.settled(report.contact, _SETTLE_S)
            report.outcome = str(call.get("outcome", ""))
            report.linkedid = next(iter(call.get("linkedids", [])), "")
            report.pops, report.visits = list(call.get("pops", [])), list(call.get("visits", []))
            report.tickets = await self._hotline.tickets(report.contact)
        except httpx.HTTPError as error:
            report.fail(f"the hotline's API did not answer: {type(error).__name__}")

    async def _play(self, scenario: Scenario, line: Line, call: PlacedCall, report: CallReport, before: str) -> None:
        if scenario.answers:
            await self._answer_questions(scenario, line, call, report, before)
            return
        for step in scenario.steps:
            record = StepReport(step.action, started_ms=round(line.now()))
            report.steps.append(record)
            try:
                async with asyncio.timeout(step.limit_s):
                    await self._step(step, scenario, line, call, record)
            except TimeoutError:
                record.ok, record.why = False, f"not over within {step.limit_s:g} s"
            record.ended_ms = round(line.now())
            if not record.ok:
                report.fail(f"step {len(report.steps)} ({step.action}): {record.why}")
                return

    # ---- steps ----

    async def _step(self, step: Step, scenario: Scenario, line: Line, call: PlacedCall, record: StepReport) -> None:
        match step.action:
            case "hear":
                await self._hear(step, line, record)
            case "say" | "play":
                record.what = step.say or str(step.play)
                await self._speak(await self._samples(step.say, step.play, scenario), line, record)
            case "dtmf":
                record.what = step.dtmf or ""
                record.response_ms = await self._press(step.dtmf or "", scenario, line, call)
            case "barge":
                await self._barge(step, scenario, line, call, record)
            case "pause":
                record.what = f"{step.pause:g} s"
                await line.wait_heard(lambda _ear: False, step.pause or 0)
            case "expect":
                await self._expect(step, line, record)
            case _:
                await line.hang_up()

    async def _hear(self, step: Step, line: Line, record: StepReport) -> None:
        record.what = step.hear or ""
        ended = line.ear.prompts_ended

        def ready(ear: Ear) -> bool:
            return ear.in_prompt if step.hear == "prompt_start" else ear.prompts_ended > ended

        record.ok = await line.wait_heard(ready)
        record.why = "" if record.ok else _OVER

    async def _barge(self, step: Step, scenario: Scenario, line: Line, call: PlacedCall, record: StepReport) -> None:
        assert step.barge is not None  # noqa: S101  the scenario's own check: action is barge
        after, what = step.barge.after, step.barge.say or step.barge.dtmf or ""
        record.what = what
        if not await line.wait_heard(lambda ear: ear.in_prompt):
            record.ok, record.why = False, _OVER
            return
        start = line.ear.prompt_start
        pcm = await self._samples(step.barge.say, None, scenario) if step.barge.say else b""
        await line.wait_heard(lambda _ear: line.now() >= start + after * 1000, after + 1)
        onset = line.now()
        if pcm:
            await self._speak(pcm, line, record)
            onset = line.first_said_ms
        else:
            record.response_ms = await self._press(what, scenario, line, call)
        record.barge_stop_ms = line.ear.silent_since(onset)

    async def _expect(self, step: Step, line: Line, record: StepReport) -> None:
        record.what = step.expect or ""
        if step.expect == "hangup":
            await line.ended.wait()
        else:  # a robot agent gives a sign that no prompt holds (ear.marker)
            record.ok = await line.wait_heard(lambda ear: ear.agent_greeted)
        record.why = "" if record.ok else _OVER

    # ---- answers ----

    async def _answer_questions(
        self, scenario: Scenario, line: Line, call: PlacedCall, report: CallReport, before: str
    ) -> None:
        version, answering = 0, Answering(scenario.answers)
        over = asyncio.ensure_future(line.ended.wait())
        while not over.done():
            asking = asyncio.ensure_future(self._next_question(scenario.from_, report, before, version))
            await asyncio.wait({asking, over}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
                return
            question = asking.result()
            version = question.version
            answer = answering.next(question.node, question.slot)
            record = StepReport("answer", node=question.node, started_ms=round(line.now()))
            report.steps.append(record)
            await self._give(answer, scenario, line, call, record)
            record.ended_ms = round(line.now())
        over.cancel()

    async def _next_question(self, caller: str, report: CallReport, before: str, after: int) -> Listening:
        while True:
            try:
                if not report.contact:
                    newest = await self._hotline.newest_contact(caller)
                    report.contact = newest if newest != before else ""
                question = await self._ask(report.contact, after) if report.contact else None
            except httpx.HTTPError:
                question, after = None, 0  # ivr restarts: the caller stays on the line, its counting begins anew
            if question is not None:
                return question
            await asyncio.sleep(0.1)

    async def _ask(self, contact: str, after: int) -> Listening | None:
        return await self._hotline.listening(contact, after, lambda said: self._say(f"hotline: {said}"))

    async def _give(
        self, answer: Answer | None, scenario: Scenario, line: Line, call: PlacedCall, record: StepReport
    ) -> None:
        if answer is None or answer.silence:
            record.what = "silence"
            return
        if answer.hangup:
            record.what = "hang-up"
            await line.hang_up()
            return
        pcm = b"" if answer.dtmf else await self._samples(answer.say, answer.play, scenario)
        await self._wait_for_prompt(line, answer.after, record)
        if line.ended.is_set():
            return
        record.what = answer.say or answer.dtmf or str(answer.play)
        self._say(f"caller:  {record.what}")
        onset = line.now()
        if answer.dtmf:
            record.response_ms = await self._press(answer.dtmf, scenario, line, call)
        else:
            await self._speak(pcm, line, record)
            onset = line.first_said_ms
        if answer.after is not None:
            record.barge_stop_ms = line.ear.silent_since(onset)

    async def _wait_for_prompt(self, line: Line, after: float | None, record: StepReport) -> None:
        asked = record.started_ms
        if not await line.wait_heard(lambda ear: ear.last_voiced >= asked, _PROMPT_STARTS_S):
            record.why = "no prompt came"
        if after is None:
            await line.wait_heard(lambda ear: not ear.in_prompt, _PROMPT_ENDS_S)
        else:
            start = line.now()
            await line.wait_heard(lambda _ear: line.now() >= start + after * 1000, after + 1)

    # ---- mouth ----

    async def _samples(self, say: str | None, play: Path | None, scenario: Scenario) -> bytes:
        if play is not None:
            return await asyncio.to_thread(load_clip, self._folder / play)
        return await speak(say or "", scenario.voice, self._out / VOICE_FOLDER)

    async def _speak(self, pcm: bytes, line: Line, record: StepReport) -> None:
        await line.play(pcm)
        record.response_ms = await self._response(line, line.last_said_ms)

    async def _response(self, line: Line, since: float) -> int | None:
        await line.wait_heard(lambda ear: ear.first_voice_after(since) is not None, _RESPONSE_S)
        first = line.ear.first_voice_after(since)
        return None if first is None else round(first - since)

    async def _press(self, digits: str, scenario: Scenario, line: Line, call: PlacedCall) -> int | None:
        """Press keys; return the response to the last one, None when they cut a prompt short.

        What follows a prompt that a key stopped comes within a moment, and no ear tells the two apart.
        """
        cuts = line.ear.in_prompt
        if scenario.inband_keys:
            await line.play(tones(digits))
            pressed = line.last_said_ms
        else:
            await self._carrier.press(call, digits)
            pressed = line.now() - DIGIT_GAP_S * 1000
        return None if cuts else await self._response(line, pressed)
