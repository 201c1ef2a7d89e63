"""What faults are done to: a running stack, the processes of each row of design 10, and being whole again."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ops.layout import Layout
from ops.settings import Settings
from ops.stack import probes, processes, supervisor
from ops.stack.parts import PARTS

_PART: Mapping[str, str] = MappingProxyType(
    {
        "decoder": "speech", "speech": "speech", "ivr": "ivr", "crm": "crm", "database": "postgres",
        "redis": "redis", "asterisk": "pbx",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A stack that is up."""

    layout: Layout
    settings: Settings

    def pids(self, row: str) -> list[int]:
        """Return the processes that a row of the table names; [] while they do not run."""
        pid = supervisor.states(self.layout)[_PART[row]].pid
        if not pid:
            return []
        match row:
            case "decoder":
                return [child for child in _children(pid) if "vosk_worker" in _command(child)]
            case "database":
                return [pid, *_children(pid)]
            case _:
                return [pid]

    def guarded(self, row: str) -> list[int]:
        """Return the row's processes with their guards: stopped together they stay stopped."""
        pids = self.pids(row)
        return pids + [child for pid in pids for child in _children(pid) if "liveness/guard" in _command(child)]

    def signal(self, pids: list[int], number: signal.Signals) -> None:
        """Send a signal to processes; those that are gone are passed over."""
        for pid in pids:
            if processes.running(pid):
                os.kill(pid, number)

    def ivr_status(self) -> dict[str, Any]:
        """Return ivr's own status, {} while it does not answer."""
        return dict(probes.ask_ivr(self.layout, self.settings).data or {})

    def whole(self) -> bool:
        """Tell whether every part answers, the decoders are ready and ivr sees speech and Asterisk."""
        answers = {part.name: part.probe(self.layout, self.settings) for part in PARTS}
        if not all(answer.ready for answer in answers.values()):
            return False
        speech, ivr = answers["speech"].data or {}, answers["ivr"].data or {}
        return (
            _decoders_ready(speech)
            and bool(ivr.get("speech_alive"))
            and bool(ivr.get("ami_connected"))
            and int(ivr.get("numbers_left", 0)) > 0
        )


def _decoders_ready(status: Any) -> bool:
    workers = status.get("recognizer", {}).get("workers", [])
    return bool(workers) and all(worker.get("ready") for worker in workers)


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            stat = (entry / "stat").read_text(encoding="utf-8", errors="replace") if entry.name.isdigit() else ""
        except OSError:
            continue
        if stat and int(stat.rpartition(")")[2].split()[1]) == pid:
            found.append(int(entry.name))
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
