"""Counts and intervals of an evaluation, and how they are printed."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Z95 = 1.959964


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share; (0, 1) when nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share = right / total
    middle = share + Z95**2 / (2 * total)
    spread = Z95 * math.sqrt(share * (1 - share) / total + Z95**2 / (4 * total**2))
    scale = 1 + Z95**2 / total
    low = (middle - spread) / scale if right else 0.0
    high = (middle + spread) / scale if right < total else 1.0
    return max(0.0, low), min(1.0, high)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile, 0 for no values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


@dataclass(slots=True)
class Cell:
    """One row: what was heard at the first try, and what became of whole dialogues where there were some."""

    total: int = 0
    right: int = 0
    alike: int = 0  # right but for characters that sound the same
    wrong: int = 0  # another value than what was said, before any read-back
    latencies_ms: list[float] = field(default_factory=list)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, *, right: bool, said: str, got: str, latency_ms: float | None, alike: bool = False) -> None:
        """Count one answer; got "" was no match (asked again); latency None: no end of voice is known."""
        alike = alike and not right
        self.total += 1
        self.right += right
        self.alike += alike
        self.wrong += bool(got) and not (right or alike)
        if not (right or alike):
            self.confusions[said, got] += 1
        if latency_ms is not None:
            self.latencies_ms.append(latency_ms)

    def row(self) -> dict[str, float | int]:
        """Return the figures by name."""
        low, high = wilson(self.right, self.total)
        return {
            "n": self.total,
            "right": round(self.right / self.total, 4) if self.total else 0.0,
            "low": round(low, 4),
            "high": round(high, 4),
            "same_sound": self.alike,
            "other_value": self.wrong,
            "no_match": self.total - self.right - self.alike - self.wrong,
            "latency_p50_ms": round(percentile(self.latencies_ms, 0.5)),
            "latency_p95_ms": round(percentile(self.latencies_ms, 0.95)),
        }


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}"]
    lines += [f"| {' | '.join(str(item) for item in row)} |" for row in rows]
    return "\n".join(lines)
