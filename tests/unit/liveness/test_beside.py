"""The guard beside a program that cannot beat: only who is silent at every door and idle is frozen."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from liveness.beside import BEATS, Door, Watch, ask_manager, ask_sip, cpu_ticks
from liveness.marks import marks

TREE = Path(__file__).resolve().parents[3]
# What Asterisk is to its guard: it greets at one door; at the other nobody answers.
GREETER = """
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as tcp:
    print("up", flush=True)
    while True:
        link, _ = tcp.accept()
        link.sendall(b"hello")
        link.close()
        print("asked", flush=True)
"""


class Clock:
    """Time that passes while one waits, and when told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.held_up = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += seconds + self.held_up
        return False


def says(*answers: bool | None) -> Door:
    """A door that answers so, the last answer for ever."""
    left = list(answers)
    return lambda _within_s: left.pop(0) if len(left) > 1 else left[0]


def beats(watching: Watch, clock: Clock, count: int = BEATS) -> bool:
    for _ in range(count):
        assert watching.beat(clock.wait)
    return watching.frozen


def test_who_answered_once_and_is_silent_at_both_doors_is_frozen_after_the_last_beat() -> None:
    clock = Clock()
    watching = Watch((says(True, False), says(False)), 2.0, lambda: 5, clock)
    assert not beats(watching, clock, 1)  # it answered
    assert not beats(watching, clock, BEATS - 1)
    assert beats(watching, clock, 1)


@pytest.mark.parametrize(
    ("manager", "sip"),
    [
        (says(True, False), says(True)),  # the manager is busy, callers are served
        (says(True), says(False)),
        (says(True, None), says(False)),  # it has closed its door: it is ending
        (says(True, False), says(None)),
        (says(False), says(False)),  # it never opened yet: it still loads
    ],
)
def test_one_sign_of_life_is_enough(manager: Door, sip: Door) -> None:
    clock = Clock()
    assert not beats(Watch((manager, sip), 2.0, lambda: 5, clock), clock, 4 * BEATS)


def test_who_uses_the_processor_is_busy_and_not_frozen() -> None:
    clock, used = Clock(), iter(range(100))
    watching = Watch((says(True, False), says(False)), 2.0, lambda: next(used), clock)
    assert not beats(watching, clock, 4 * BEATS)


def test_a_machine_that_stood_still_kills_nobody() -> None:
    clock = Clock()
    watching = Watch((says(True, False), says(False)), 2.0, lambda: 5, clock)
    beats(watching, clock, BEATS)
    clock.held_up = 60.0
    assert not beats(watching, clock, 4 * BEATS)
    clock.held_up = 0.0
    assert not beats(watching, clock, BEATS - 1)  # it counts anew
    assert beats(watching, clock, 1)


def test_the_end_of_the_process_ends_the_watch() -> None:
    assert not Watch((says(True),), 2.0, lambda: 5, Clock()).beat(lambda _seconds: True)


def test_processor_time_is_read_and_none_of_who_is_gone() -> None:
    before = cpu_ticks(os.getpid())
    while cpu_ticks(os.getpid()) == before:
        sum(range(100_000))
    assert cpu_ticks(2**22 + 1) == 0


@contextmanager
def doors() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        yield tcp, udp


def test_a_door_that_is_open_and_silent_is_told_from_one_that_is_closed() -> None:
    with doors() as (tcp, udp):
        manager, sip = ask_manager(tcp.getsockname()[1]), ask_sip(udp.getsockname()[1])
        assert (manager(0.2), sip(0.2)) == (False, False)
    assert (manager(0.2), sip(0.2)) == (None, None)


def test_a_greeting_and_any_answer_are_life() -> None:
    with doors() as (tcp, udp):

        def serve() -> None:
            link, _ = tcp.accept()
            with link:
                link.sendall(b"Asterisk Call Manager/9.0.0\r\n")
            asked, peer = udp.recvfrom(2000)
            assert asked.startswith(b"OPTIONS sip:")
            assert asked.endswith(b"\r\n\r\n")
            udp.sendto(b"SIP/2.0 404 Not Found\r\n\r\n", peer)

        thread = threading.Thread(target=serve)
        thread.start()
        assert ask_manager(tcp.getsockname()[1])(5) is True
        assert ask_sip(udp.getsockname()[1])(5) is True
        thread.join(5)
        assert not thread.is_alive()


def test_a_stopped_program_is_killed_and_marked(tmp_path: Path) -> None:
    with doors() as (free, silent):
        port, sip = free.getsockname()[1], silent.getsockname()[1]
        free.close()
        command = [sys.executable, "-S", "-P", "-m", "liveness.beside", "--part", "pbx", "--manager-port", str(port)]
        command += ["--sip-port", str(sip), "--frozen-s", "0.8", "--marks", str(tmp_path / "frozen.jsonl"), "--"]
        command += [sys.executable, "-c", GREETER, str(port)]
        with subprocess.Popen(
            command, cwd=TREE, env={"PYTHONPATH": str(TREE)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert [process.stdout.readline() for _ in range(3)] == [b"up\n", b"asked\n", b"asked\n"]
            process.send_signal(signal.SIGSTOP)
            assert process.wait(20) == -signal.SIGKILL
            assert b'"frozen_process_killed", "part": "pbx"' in process.stderr.read()  # and the guard has ended
    (mark,) = marks(tmp_path / "frozen.jsonl", "pbx")
    assert mark.part == "pbx"
    assert marks(tmp_path / "frozen.jsonl", "redis") == ()


def test_marks_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "frozen.jsonl"
    assert marks(path, "pbx") == ()
    path.write_text('{"part": "pbx", "at": "2026-11-27T06:00:00+00:00"}\n{"part": "pbx"}\n[]\n{"pa\n', encoding="utf-8")
    assert [mark.at.hour for mark in marks(path, "pbx")] == [6]
