"""Prints and follows the parts' log files."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from ops.layout import Layout

TAIL_BYTES = 8192
POLL_S = 0.2


class NoSuchLog(Exception):
    """There is no log of that name; the message lists those there are."""


def files(layout: Layout, part: str) -> list[Path]:
    """Return the log of `part`, or all logs when it is ""; raises NoSuchLog."""
    found = sorted(layout.log.glob("*.log")) if layout.log.is_dir() else []
    chosen = [path for path in found if part in {"", path.stem}]
    if not chosen:
        names = ", ".join(path.stem for path in found) or "none yet"
        raise NoSuchLog(f"no log {part!r}; there are: {names}")
    return chosen


class Follower:
    """Reads what is appended to one file, also across rotation. prefix "" when there is only one file."""

    def __init__(self, path: Path, prefix: str) -> None:
        self._path = path
        self._prefix = prefix
        self._file: BinaryIO = path.open("rb")
        size = path.stat().st_size
        self._file.seek(max(0, size - TAIL_BYTES))
        if size > TAIL_BYTES:
            self._file.readline()  # the rest of a cut line

    def new_lines(self) -> list[str]:
        """Return the complete lines since the last call."""
        lines = []
        while True:
            start = self._file.tell()
            line = self._file.readline()
            if not line.endswith(b"\n"):
                self._file.seek(start)
                break
            lines.append(self._prefix + line.decode(errors="replace").rstrip("\n"))
        if not lines and self._rotated():
            self._file.close()
            self._file = self._path.open("rb")
        return lines

    def _rotated(self) -> bool:
        try:
            return self._path.stat().st_ino != _inode(self._file) or self._path.stat().st_size < self._file.tell()
        except FileNotFoundError:  # between the rename and the new file
            return False

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _inode(file: BinaryIO) -> int:
    return Path(f"/proc/self/fd/{file.fileno()}").stat().st_ino


def show(paths: Sequence[Path], follow: bool) -> None:
    """Print the end of each log, and with `follow` what comes, until Ctrl-C."""
    followers = [Follower(path, f"{path.stem:<10} | " if len(paths) > 1 else "") for path in paths]
    try:
        while True:
            lines = [line for follower in followers for line in follower.new_lines()]
            for line in lines:
                print(line)
            sys.stdout.flush()
            if not follow:
                return
            time.sleep(POLL_S)
    finally:
        for follower in followers:
            follower.close()
