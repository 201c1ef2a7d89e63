"""Starts Asterisk and stays beside it as its child: a frozen one must die so that it is started again.

It cannot beat for itself as our own processes do, so it is asked: at its manager's door, then by SIP. Only when both
say nothing, beat for beat, and the process has used no processor time meanwhile, is it frozen. A beat that took
longer than it should says that we were held up ourselves, and counts for nothing. Imports none of ours but marks.
"""

import argparse
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from liveness.marks import mark

BEATS = 4  # within the limit
_HELD_UP = 1.5  # times a beat
_HOST = "127.0.0.1"

# Tells whether somebody is at a door, within so many seconds. None: the door is closed, which no frozen process does.
Door = Callable[[float], bool | None]


def ask_manager(port: int) -> Door:
    """Return the door of Asterisk's manager: who opens it hears a greeting before any log-in."""

    def ask(within_s: float) -> bool | None:
        try:
            with socket.create_connection((_HOST, port), within_s) as link:
                return bool(link.recv(64))
        except TimeoutError:
            return False
        except OSError:
            return None

    return ask


def ask_sip(port: int) -> Door:
    """Return the door of the callers: any answer to OPTIONS will do."""

    def ask(within_s: float) -> bool | None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            link.settimeout(within_s)
            try:
                link.connect((_HOST, port))
                link.send(_options(port, link.getsockname()[1]))
                return bool(link.recv(64))
            except TimeoutError:
                return False
            except OSError:
                return None

    return ask


def _options(port: int, own: int) -> bytes:
    token = f"{os.getpid()}{time.monotonic_ns()}"
    lines = (
        f"OPTIONS sip:alive@{_HOST}:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP {_HOST}:{own};branch=z9hG4bK{token}",
        "Max-Forwards: 1",
        f"From: <sip:guard@{_HOST}>;tag={token}",
        f"To: <sip:alive@{_HOST}:{port}>",
        f"Call-ID: {token}@{_HOST}",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def cpu_ticks(pid: int) -> int:
    """Return how much processor time the process has used, 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@dataclass(slots=True)
class Watch:
    """Counts silent beats. doors: in the order in which they are asked; used: processor time so far."""

    doors: Sequence[Door]
    beat_s: float
    used: Callable[[], int]
    clock: Callable[[], float] = time.monotonic
    misses: int = 0
    answered: bool = False  # since its start: one that loads its modules opens no door
    _used: int = 0

    def beat(self, wait: Callable[[float], bool]) -> bool:
        """Ask once and wait for the rest of the beat; tells whether to go on, False when the process has ended.

        wait: waits so long, at most until the process ends; tells whether it has.
        """
        begun = self.clock()
        answers = self._ask()
        ended = wait(max(0.0, begun + self.beat_s - self.clock()))
        used, self._used = self._used, self.used()
        self.answered |= answers is True
        held_up = self.clock() - begun > self.beat_s * _HELD_UP
        silent = answers is False and self.answered and self._used == used and not held_up
        self.misses = self.misses + 1 if silent else 0
        return not ended

    @property
    def frozen(self) -> bool:
        """Tell whether it has been silent for the whole limit."""
        return self.misses >= BEATS

    def _ask(self) -> bool | None:
        """Tell whether anybody answers, None when a door is closed."""
        for door in self.doors:
            answer = door(self.beat_s / (len(self.doors) + 1))
            if answer is not False:
                return answer
        return False


def watch(process: int, pid: int, part: str, watching: Watch, marks: Path) -> None:
    """Beat until the process ends or is frozen; kill it then. process: its pidfd, so that it is never another one."""

    def wait(seconds: float) -> bool:
        return bool(select.select([process], [], [], seconds)[0])

    while watching.beat(wait):
        if watching.frozen:
            _log("frozen_process_killed", part=part, pid=pid)
            try:
                mark(marks, part)
            except OSError as error:  # a full disk must not keep a dead line dead
                _log("mark_failed", part=part, error=type(error).__name__)
            signal.pidfd_send_signal(process, signal.SIGKILL)
            return


def _log(event: str, **fields: object) -> None:
    sys.stderr.write(json.dumps({"event": event, **fields, "level": "error"}) + "\n")
    sys.stderr.flush()


def main(arguments: Sequence[str]) -> None:
    """Leave a guard behind and become the program."""
    parser = argparse.ArgumentParser(prog="liveness.beside")
    parser.add_argument("--part", required=True)
    parser.add_argument("--manager-port", type=int, required=True)
    parser.add_argument("--sip-port", type=int, required=True)
    parser.add_argument("--frozen-s", type=float, required=True)
    parser.add_argument("--marks", type=Path, required=True)
    parser.add_argument("program", nargs="+")
    given = parser.parse_args(arguments)
    pid = os.getpid()
    process = os.pidfd_open(pid)  # closed by exec
    if os.fork():
        os.execvp(given.program[0], given.program)  # noqa: S606 - no shell
    doors = (ask_manager(given.manager_port), ask_sip(given.sip_port))
    watching = Watch(doors, given.frozen_s / BEATS, lambda: cpu_ticks(pid))
    watch(process, pid, given.part, watching, given.marks)


if __name__ == "__main__":
    main(sys.argv[1:])
