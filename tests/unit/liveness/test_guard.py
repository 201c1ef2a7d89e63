"""The guard: a process that is stopped is killed, one that lives or ends by itself is left alone."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from liveness.guard import Guard, watch

TREE = Path(__file__).resolve().parents[3]
BEATING = """
import sys, threading
from liveness.guard import Guard
with Guard(0.6) as guard:
    print("up", flush=True)
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    while not over.wait(0.05):
        assert guard.beat()
"""


def _start() -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", BEATING], cwd=TREE, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    return process


def test_a_stopped_process_is_killed() -> None:
    with _start() as process:
        process.send_signal(signal.SIGSTOP)
        assert process.wait(10) == -signal.SIGKILL
        assert process.stderr is not None
        assert b"frozen_process_killed" in process.stderr.read()


def test_a_living_process_is_left_alone_and_the_helper_ends_with_it() -> None:
    with _start() as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1.5)
        _, complaint = process.communicate(timeout=10)  # the helper holds stderr open as long as it lives
        assert process.returncode == 0
        assert complaint == b""


def test_a_lost_helper_is_told() -> None:
    with Guard(30) as guard:
        assert guard.beat()
        helper = guard._helper
        assert helper is not None
        helper.kill()
        helper.wait(5)
        assert not guard.beat()


def test_a_beat_between_two_misses_counts() -> None:
    reading, writing = os.pipe()
    try:
        watching = threading.Thread(target=watch, args=(reading, 0, 0.4))  # 0 is nobody's parent: nothing is killed
        watching.start()
        for _ in range(4):
            watching.join(0.25)
            os.write(writing, b".")
        assert watching.is_alive()
        os.close(writing)
        watching.join(5)
        assert not watching.is_alive()
    finally:
        os.close(reading)


def test_silence_ends_the_watch() -> None:
    reading, writing = os.pipe()
    try:
        watch(reading, 0, 0.1)
    finally:
        os.close(reading)
        os.close(writing)
