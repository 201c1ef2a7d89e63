"""Reads the traces of calls that ended without ivr from Asterisk's queue_log, each until it is known to be told."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from ivr.telephony.found_calls import FoundCall, parse_trace

log = structlog.get_logger(__name__)

_KEPT = timedelta(days=7)  # older ones have been told, or nobody waits any more: a file read anew tells nothing of them
_LONGEST = 1000  # bytes of a line; what is longer is none of ours


@dataclass(frozen=True, slots=True)
class Found:
    """The calls that were found, and where reading goes on once they are told."""

    calls: list[FoundCall]
    mark: str


class FoundCalls:
    """`read`, tell the calls, then `told`. Both touch the disk: not in the loop. A call may be read twice."""

    def __init__(self, queue_log: Path, mark: Path) -> None:
        """queue_log: Asterisk's. mark: a file of ours, in a folder that is there."""
        self._queue_log = queue_log
        self._mark = mark

    def read(self, now: datetime) -> Found:
        """Return what was written since the last mark; a file that cannot be read holds nothing."""
        calls, mark = [], ""
        try:
            with self._queue_log.open("rb") as file:
                inode = os.fstat(file.fileno()).st_ino
                place = file.seek(self._begin(inode, os.fstat(file.fileno()).st_size))
                while (line := file.readline(_LONGEST)).endswith(b"\n") or len(line) == _LONGEST:
                    place += len(line)
                    call = parse_trace(line.decode("ascii", "replace").rstrip("\n"))
                    if call is not None and now - call.end.at < _KEPT:
                        calls.append(call)
                mark = f"{inode} {place}"
        except OSError as error:
            log.warning("queue_log_not_read", reason=type(error).__name__)
        return Found(calls, mark)

    def told(self, found: Found) -> None:
        """Read on behind these calls the next time; without a mark they are read again, which crm bears."""
        new = self._mark.with_suffix(".new")
        try:
            new.write_text(found.mark, encoding="ascii")
            new.replace(self._mark)
        except OSError as error:
            log.warning("queue_log_not_marked", reason=type(error).__name__)

    def _begin(self, inode: int, size: int) -> int:
        """Return where to begin: at the mark, if it is of this file and within it."""
        try:
            known, place = map(int, self._mark.read_text(encoding="ascii").split())
        except (OSError, ValueError):
            return 0
        return place if known == inode and 0 <= place <= size else 0
