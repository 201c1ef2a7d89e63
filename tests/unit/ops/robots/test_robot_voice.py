"""The robots' voice: what is said is made once and kept, also when several say it at the same moment."""

import asyncio
from pathlib import Path

from ops.robots.scenario import Voice
from ops.robots.voice import speak


async def test_several_may_say_the_same_for_the_first_time_at_once(tmp_path: Path) -> None:
    said = await asyncio.gather(*(speak("我要报修", Voice(), tmp_path) for _ in range(4)))
    assert all(len(pcm) > 8000 for pcm in said)
    kept = await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
    assert len(kept) == 1
    assert await speak("我要报修", Voice(), tmp_path) == await speak("我要报修", Voice(), tmp_path)
