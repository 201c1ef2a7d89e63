"""What runs: each part's process and its own answer, as a table for the operator or as data."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from ops.layout import Layout
from ops.settings import Settings
from ops.stack import supervisor
from ops.stack.parts import CARRIER, Part, wanted
from ops.stack.probes import Answer
from ops.stack.supervisor import ProgramState


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One row. state: supervisord's word, DOWN without supervisord; ready: the part answered."""

    name: str
    title: str
    state: str
    ready: bool
    detail: str
    pid: int
    uptime_s: int
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StackStatus:
    """The whole stack. up: every part is ready."""

    home: str
    port_base: int
    up: bool
    page: str
    parts: tuple[PartStatus, ...]

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready form."""
        return asdict(self)


def ask(layout: Layout, settings: Settings) -> StackStatus:
    """Ask every part, all at the same time; takes at most a few seconds and never raises for a part."""
    processes = supervisor.states(layout)
    parts: list[Part] = list(wanted(layout, settings))
    carrier = processes.get(CARRIER.name)
    if carrier is not None and carrier.state != "STOPPED":
        parts.append(CARRIER)
    with ThreadPoolExecutor(len(parts)) as pool:
        answers = list(pool.map(lambda part: part.probe(layout, settings), parts))
    rows = tuple(row(part, processes.get(part.name), answer) for part, answer in zip(parts, answers, strict=True))
    up = all(item.ready for item in rows if item.name != CARRIER.name)
    return StackStatus(str(layout.home), settings.port_base, up, f"http://127.0.0.1:{settings.web_port}/", rows)


def row(part: Part, process: ProgramState | None, answer: Answer) -> PartStatus:
    """Return one part's row from what supervisord and the part itself said."""
    if process is None:
        return PartStatus(part.name, part.title, "DOWN", answer.ready, answer.detail, 0, 0, answer.data)
    uptime = process.uptime_s if process.state == "RUNNING" else 0
    return PartStatus(
        part.name, part.title, process.state, answer.ready, answer.detail, process.pid, uptime, answer.data
    )


def table(parts: Sequence[PartStatus]) -> str:
    """Return the rows as lines for a terminal."""
    lines = []
    for part in parts:
        mark = "✓" if part.ready else "✗"
        where = f"pid {part.pid}, {part.uptime_s} s" if part.pid else ""
        lines.append(f"{mark} {part.name:<9} {part.state:<9} {where:<22} {part.detail}  {part.title}".rstrip())
    return "\n".join(lines)
