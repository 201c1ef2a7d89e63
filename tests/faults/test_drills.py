"""Every drill on a real stack: those that strike in the middle of the call, that cut it, that are there before it."""

import asyncio
import stat
from pathlib import Path

import pytest

from ops.drill.faults import FAULTS, DrillRefused
from ops.drill.run import run
from tests.faults.call import Telephone
from tests.faults.stack import FaultStack

pytestmark = [pytest.mark.real, pytest.mark.long, pytest.mark.timeout(400)]


@pytest.mark.parametrize("name", FAULTS)
async def test_the_fault_is_borne_and_everything_is_put_back(stack: FaultStack, name: str) -> None:
    await asyncio.to_thread(stack.await_whole)
    verdict = await asyncio.to_thread(run, stack, FAULTS[name], stack.token, print)
    assert verdict.ok, verdict.words()
    assert stack.query("SELECT reason FROM facts WHERE status = 'rejected'") == []
    assert stat.S_IMODE(stack.layout.recordings.stat().st_mode) == 0o700
    await asyncio.to_thread(stack.await_whole)


async def test_a_drill_is_refused_while_a_caller_is_on_the_line(stack: FaultStack, tmp_path: Path) -> None:
    await asyncio.to_thread(stack.await_whole)
    async with Telephone(stack, tmp_path) as phone:
        caller = await phone.ring()
        with pytest.raises(DrillRefused, match="1 通电话"):
            await asyncio.to_thread(run, stack, FAULTS["redis"], stack.token, print)
        await caller.line.hang_up()
        await asyncio.wait_for(caller.line.ended.wait(), 5)
