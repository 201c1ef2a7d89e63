"""A frozen process must die so that it is started again: a helper process kills its parent when no heartbeat comes.

faulthandler's timer is a thread of the process itself: SIGSTOP stops that too. Run as a program this file is the
helper; it imports nothing of ours.
"""

import os
import select
import signal
import subprocess
import sys
from types import TracebackType
from typing import Self

MISSES = 2  # one alone may be a pause of the whole machine


class Guard:
    """`with Guard(limit_s) as guard:` and `guard.beat()` more often than every limit_s / MISSES seconds."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._helper: subprocess.Popen[bytes] | None = None
        self._pipe = -1

    def __enter__(self) -> Self:
        reading, self._pipe = os.pipe()
        os.set_blocking(self._pipe, False)
        command = [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(self._limit_s)]
        try:
            self._helper = subprocess.Popen(command, stdin=reading, stdout=subprocess.DEVNULL)
        finally:
            os.close(reading)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._pipe)  # the helper ends on this
        if self._helper is not None:
            self._helper.wait(5)

    def beat(self) -> bool:
        """Say that we live; False when the helper is gone or does not read."""
        try:
            return os.write(self._pipe, b".") == 1
        except OSError:
            return False


def watch(heartbeat: int, parent: int, limit_s: float) -> None:
    """Read heartbeats until their end; kill the parent when MISSES waits in a row brought none."""
    misses = 0
    while misses < MISSES:
        if not select.select([heartbeat], [], [], limit_s / MISSES)[0]:
            misses += 1
        elif os.read(heartbeat, 4096):
            misses = 0
        else:
            return
    if os.getppid() == parent:
        sys.stderr.write(f'{{"event": "frozen_process_killed", "pid": {parent}, "level": "error"}}\n')
        sys.stderr.flush()
        os.kill(parent, signal.SIGKILL)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends in its own time, and the helper after it
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    watch(0, int(sys.argv[1]), float(sys.argv[2]))
