"""How long a caller waits, in real time through a fake Asterisk with the real decoder: the budgets at p95.

From the last voiced frame sent to the first audible frame of the next prompt; the next turn is asked at once, as by an
ivr that takes no time. Ten waits on each of five lines side by side.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from speech.contract import Segment, SlotSpec, Turn
from speech.evaluation.figures import percentile
from speech.recognizers.pool import PooledRecognizer
from tests.unit.speech.line_peer import FakeAsterisk
from tests.unit.speech.rig import FakeIvr, Rig, running
from tests.unit.speech.slots.samples import CODE, CONFIRM
from tests.unit.speech.voices import MODEL, say
from tests.unit.speech.waiting import until

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]  # fifty waits each, and a machine that does nothing else
LINES, WAITS = 5, 10
PROMPT = (Segment("p", "请说。"),)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    recognizer = PooledRecognizer(MODEL)
    recognizer.open()
    async with asyncio.timeout(30):
        await recognizer.ready()
    async with running(tmp_path, recognizer, max_calls=LINES) as made:
        yield made
    await recognizer.close()


def audible_since(caller: FakeAsterisk, start: int) -> float | None:
    """Return when the first audible frame from the `start`-th on was heard."""
    return next((when for when, pcm in caller.heard[start:] if any(pcm)), None)


async def waits(rig: Rig, number: int, slot: SlotSpec, said: str) -> list[float]:
    """Return the seconds of ten answers on one line; said: words, or keys after a "#"."""
    ivr, caller = await rig.dialogue(f"c-{number}")
    ivr.ask(Turn("t0", PROMPT, slot=slot))
    await until(lambda: audible_since(caller, 0) is not None, 10)
    await asyncio.sleep(number * 0.13)  # callers do not speak in step
    return [await one_wait(ivr, caller, Turn(f"t{turn}", PROMPT, slot=slot), said) for turn in range(1, WAITS + 1)]


async def one_wait(ivr: FakeIvr, caller: FakeAsterisk, following: Turn, said: str) -> float:
    await until(lambda: not any(any(pcm) for _, pcm in caller.heard[-15:]), 10)
    loop, before = asyncio.get_running_loop(), len(caller.heard)
    if said.startswith("#"):
        caller.press(said[1:])
        ended, speaking = loop.time(), None
    else:
        pcm = say(said)
        loud = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) > 250)
        ended, speaking = loop.time() + float(loud[-1]) / 8000, asyncio.create_task(caller.say(pcm + bytes(16000 * 5)))
    await ivr.result()
    ivr.ask(following)
    await until(lambda: audible_since(caller, before) is not None, 10)
    first = audible_since(caller, before)
    assert first is not None
    if speaking is not None:
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
    return first - ended


@pytest.mark.parametrize(
    ("slot", "said", "p50_s", "p95_s"),
    [
        (CONFIRM, "对", 0.9, 1.2),
        (CODE, "E零三", 1.0, 1.4),  # of the catalogue
        (CODE, "E九", 1.9, 2.3),  # not of it: more may come
        (CONFIRM, "#1", 0.2, 0.4),
    ],
)
async def test_the_next_prompt_comes_in_time(rig: Rig, slot: SlotSpec, said: str, p50_s: float, p95_s: float) -> None:
    found = await asyncio.gather(*(waits(rig, number, slot, said) for number in range(LINES)))
    seconds = [wait for line in found for wait in line]
    assert len(seconds) == LINES * WAITS
    assert min(seconds) > (0.0 if said.startswith("#") else 0.5)  # the timer itself is waited for
    assert percentile(seconds, 0.5) <= p50_s
    assert percentile(seconds, 0.95) <= p95_s
