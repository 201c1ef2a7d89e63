"""Balances a volume run: calls placed against calls on record, and what the parts' memory did meanwhile."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.volume.sipp import Placed

_POLL_S = 1.0
Ask = Callable[[str], Awaitable[list[str]]]


@dataclass
class Memory:
    """The parts' own memory in MiB: at the beginning, at most, at the end."""

    began: dict[str, float] = field(default_factory=dict)
    most: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)

    def note(self, now: dict[str, float]) -> None:
        """Take a sample."""
        self.began = self.began or dict(now)
        self.ended = dict(now)
        for part, mib in now.items():
            self.most[part] = max(mib, self.most.get(part, 0.0))


@dataclass(frozen=True, slots=True)
class Books:
    """The verdict. missing: callers without a record; doubled: with more than one; open: records without an outcome."""

    placed: int
    ended_well: int
    failed: int
    outcomes: dict[str, int]
    missing: int
    doubled: int
    open: int
    memory: Memory

    @property
    def ok(self) -> bool:
        """Tell whether every call has exactly one record with one outcome."""
        return not (self.missing or self.doubled or self.open)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        names = ("placed", "ended_well", "failed", "outcomes", "missing", "doubled", "open")
        memory = {part: [self.memory.began.get(part), most, self.memory.ended.get(part)]
                  for part, most in self.memory.most.items()}  # fmt: skip
        return {"ok": self.ok, **{name: getattr(self, name) for name in names}, "memory_mib": memory}


def own_mib(pid: int) -> float:
    """Return the memory in MiB that a process and its children hold for themselves, 0.0 when it is gone.

    Shared pages are left out: PostgreSQL fills its buffers by design, and each of its processes would count them anew.
    """
    try:
        kib = next(
            int(line.split()[1])
            for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
            if line.startswith("RssAnon:")
        )
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (OSError, StopIteration):
        return 0.0
    return round(kib / 1024 + sum(own_mib(int(child)) for child in children), 1)


async def balance(ask: Ask, placed: Iterable[Placed], memory: Memory, within_s: float) -> Books:
    """Wait (at most `within_s`) until every caller has a record with an outcome, then return the books.

    ask: gives the outcomes of a number's calls, "" for a call that has none (yet).
    """
    runs = list(placed)
    left = [number for run in runs for number in run.numbers]
    found: dict[str, list[str]] = {}
    deadline = time.monotonic() + within_s
    while True:
        found |= {number: await ask(number) for number in left}
        left = [number for number in left if not found[number] or "" in found[number]]
        if not left or time.monotonic() > deadline:
            break
        await asyncio.sleep(_POLL_S)
    outcomes = [outcome for rows in found.values() for outcome in rows]
    return Books(
        placed=len(found),
        ended_well=sum(run.ended_well for run in runs),
        failed=sum(run.failed for run in runs),
        outcomes=dict(Counter(outcome for outcome in outcomes if outcome)),
        missing=sum(1 for rows in found.values() if not rows),
        doubled=sum(1 for rows in found.values() if len(rows) > 1),
        open=outcomes.count(""),
        memory=memory,
    )
