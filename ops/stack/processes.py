"""Finds and ends what still runs for a home after its supervisord died."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from ops.layout import Layout
from ops.stack.supervisor import wait_until


def belongs(cmdline: bytes, environ: bytes, layout: Layout) -> bool:
    """Tell whether a process is a part of this home's stack, by what /proc shows of it."""
    variables = environ.split(b"\0")
    if f"HOTLINE_ENV={layout.env_file}".encode() in variables:
        return any(variable.startswith(b"HOTLINE_PART=") for variable in variables)
    words = cmdline.split(b"\0")  # Asterisk is started with an empty environment
    folders = [bytes(layout.instance(name)) + b"/" for name in ("pbx", "carrier")]
    return any(word.startswith(folder) and word.endswith(b"asterisk.conf") for word in words for folder in folders)


def leftovers(layout: Layout, proc: Path = Path("/proc")) -> list[int]:
    """Return the process ids of this home's parts."""
    found = []
    for entry in proc.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            cmdline, environ = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
        except OSError:  # ended meanwhile, or another user's
            continue
        if belongs(cmdline, environ, layout):
            found.append(int(entry.name))
    return sorted(found)


def supervisor_pid(layout: Layout) -> int | None:
    """Return the process id of this home's supervisord, None when it does not run."""
    try:
        pid = int(layout.supervisor_pid.read_text(encoding="ascii"))
        cmdline = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if bytes(layout.supervisor_conf) in cmdline.split(b"\0") else None


def end(pids: Sequence[int], seconds: float) -> None:
    """Ask the processes to end, and kill those that are still there after `seconds`."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            _signal(pid, number)
        if wait_until(lambda: not any(running(pid) for pid in pids), seconds):
            return


def running(pid: int) -> bool:
    """Tell whether the process is there and no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
