"""A repair call by voice through the real process parts: real sockets, real Vosk, real slots, synthetic caller."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from speech.contract import Cause, Mode, Segment, SlotSpec, Turn, TurnResult
from speech.recognizers.pool import PooledRecognizer
from speech.wav import read_wav
from tests.unit.speech.line_peer import FakeAsterisk
from tests.unit.speech.rig import FakeIvr, Rig, running
from tests.unit.speech.slots.samples import ADDRESS, CODE, CONFIRM, MENU
from tests.unit.speech.voices import MODEL, say
from tests.unit.speech.waiting import until

PROMPT = (Segment("", "请说。"),)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    recognizer = PooledRecognizer(MODEL, workers=2)
    recognizer.open()
    async with asyncio.timeout(120):
        await recognizer.ready()
    async with running(tmp_path, recognizer) as made:
        yield made
    await recognizer.close()


def at_work(rig: Rig) -> list[dict[str, Any]]:
    """Return the status of the decoder workers."""
    found: Any = rig.process.status()["recognizer"]
    return list(found["workers"])


async def answer(ivr: FakeIvr, caller: FakeAsterisk, slot: SlotSpec, pcm: bytes) -> TurnResult:
    """Ask, wait for the prompt's end by ear, say `pcm`; how soon the answer comes is a benchmark's matter."""
    ivr.ask(Turn(f"t-{slot.name}", PROMPT, slot=slot))
    before = len(caller.heard)
    await until(lambda: any(any(pcm) for _, pcm in caller.heard[before:]))
    await until(lambda: not any(any(pcm) for _, pcm in caller.heard[-15:]))
    speaking = asyncio.create_task(caller.say(pcm + bytes(16000 * 3)))
    result = await ivr.result()
    speaking.cancel()
    await asyncio.gather(speaking, return_exceptions=True)
    return result


async def test_a_repair_call_by_voice(rig: Rig) -> None:
    ivr, caller = await rig.dialogue("call-7")
    menu = await answer(ivr, caller, MENU, say("我要报修"))
    assert (menu.cause, menu.mode, menu.interpretation.meaning) == (Cause.SUCCESS, Mode.SPEECH, "repair")
    code = await answer(ivr, caller, CODE, say("E零三"))
    assert code.interpretation.value["canonical"] == "E03"
    address = await answer(ivr, caller, ADDRESS, say("广东省佛山市顺德区容桂街道凤翔路十八号"))
    assert address.interpretation.status == "match"
    assert "顺德区" in "".join(address.interpretation.value.values())
    confirm = await answer(ivr, caller, CONFIRM, say("对"))
    assert confirm.interpretation.meaning == "yes"
    for result in (menu, code, address, confirm):
        assert result.clip == f"call-7/{result.turn_id}.wav"
        assert len(read_wav(rig.settings.clips_dir / result.clip)) > 16000
        assert not result.degraded
    ivr.send({"op": "end"})
    assert (await ivr.event("ended"))["reason"] == "asked"
    await caller.ended.wait()
    assert caller.said_goodbye


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_decoder_lost_in_mid_speech_costs_that_turn_only(rig: Rig, signal_number: int) -> None:
    ivr, caller = await rig.dialogue()
    ivr.ask(Turn("t1", (), slot=ADDRESS))
    pcm = say("广东省佛山市顺德区容桂街道凤翔路十八号")
    speaking = asyncio.create_task(caller.say(bytes(6400) + pcm + bytes(48000)))
    await until(lambda: any(worker["utterances"] for worker in at_work(rig)))
    for worker in at_work(rig):
        os.kill(worker["pid"], signal_number)  # all of them: whichever has the turn
    result = await ivr.result()
    await speaking
    assert result.cause is Cause.RECOGNIZER_ERROR
    assert len(read_wav(rig.settings.clips_dir / result.clip)) > 8000
    await until(lambda: all(worker["ready"] and worker["restarts"] for worker in at_work(rig)))
    again = await answer(ivr, caller, CONFIRM, say("对"))
    assert again.interpretation.meaning == "yes"
