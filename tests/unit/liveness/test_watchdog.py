"""The watchdog: a blocked loop ends the process with a traceback, a stopped process is killed, a lost guard is told."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from liveness import watchdog
from liveness.guard import Guard
from tests.unit.speech.waiting import until

TREE = Path(__file__).resolve().parents[3]
KEPT_ALIVE = """
import asyncio, sys, threading
from liveness.watchdog import keep_alive
async def main():
    task = asyncio.create_task(keep_alive({blocked}, {frozen}))
    await asyncio.sleep(0.5)
    print("alive", flush=True)
    {then}
asyncio.run(main())
"""


def _start(blocked: float, frozen: float, then: str) -> subprocess.Popen[bytes]:
    code = KEPT_ALIVE.format(blocked=blocked, frozen=frozen, then=then)
    process = subprocess.Popen([sys.executable, "-c", code], cwd=TREE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"alive\n"
    return process


def test_a_blocked_loop_ends_the_process_with_a_traceback() -> None:
    with _start(2, 30, "threading.Event().wait(30)") as process:
        _, complaint = process.communicate(timeout=15)
        assert process.returncode == 1
        assert b"Timeout" in complaint


def test_a_stopped_process_is_killed() -> None:
    with _start(15, 3, "await asyncio.sleep(60)") as process:
        process.send_signal(signal.SIGSTOP)
        assert process.wait(10) == -signal.SIGKILL


def test_a_loop_that_goes_round_ends_in_its_own_time() -> None:
    with _start(1.5, 1.5, "await asyncio.sleep(2)") as process:
        _, complaint = process.communicate(timeout=15)
        assert (process.returncode, complaint) == (0, b"")


async def test_a_lost_guard_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Guard] = []
    enter = Guard.__enter__

    def entered(guard: Guard) -> Guard:
        made.append(guard)
        return enter(guard)

    monkeypatch.setattr(Guard, "__enter__", entered)
    with capture_logs() as logs:
        task = asyncio.create_task(watchdog.keep_alive(8, 60))  # a beat a second; at its end this very process dies
        await until(lambda: bool(made))
        helper = made[0]._helper
        assert helper is not None
        helper.kill()
        await until(lambda: bool(logs))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert [entry["event"] for entry in logs] == ["guard_lost"]
