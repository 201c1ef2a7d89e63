"""`./hotline bench soak`: hours of SIPp's calls and robots' spoken reports side by side, then the books.

SIPp makes the bulk of the calls, robots report by voice and by keys all the while. Asked at the end: has every call one
record with one outcome, every report one ticket, what did callers wait, and did the parts' memory grow.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from ops.bench import through_calls
from ops.bench.through_calls import Sample, collect, placed, read_log, read_plans, report_of, turns_done
from ops.layout import Layout
from ops.robots.hotline import HotlineAPI
from ops.robots.report import CallReport
from ops.robots.scenario import Scenario
from ops.robots.studio import Studio
from ops.settings import Settings
from ops.volume import books, sipp
from ops.volume.command import SETTLE_S, TO, first_number, own_memory

SAMPLE_EVERY_S = 10.0
GROWTH_MOST = 0.05  # of a part's memory, over the second half of the run
KINDS = ("voice", "voice", "keys")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Load:
    """How much. rate: SIPp's new calls a second; at_once: of them up together; robots: reports side by side."""

    minutes: float
    rate: float
    at_once: int
    robots: int

    @property
    def calls(self) -> int:
        """Return how many calls SIPp makes at most: fewer when `at_once` of them last longer than the rate allows."""
        return max(1, round(self.minutes * 60 * self.rate))


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it. reports: of the robots' calls that should have left a ticket, how many left 0, 1, more."""

    books: books.Books
    robots: int
    broken: Mapping[str, int]
    tickets: Mapping[str, int]
    waits: Mapping[str, Any]
    growth: Mapping[str, float]

    @property
    def grown(self) -> list[str]:
        """Return the parts whose memory was not flat."""
        return sorted(part for part, share in self.growth.items() if share > GROWTH_MOST)

    @property
    def ok(self) -> bool:
        """Tell whether nothing was lost or doubled and memory was flat."""
        return self.books.ok and not self.broken and set(self.tickets) <= {"1"} and not self.grown

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "ok": self.ok, "books": self.books.to_json(), "robots": self.robots, "broken": dict(self.broken),
            "tickets": dict(self.tickets), "waits": dict(self.waits), "growth": dict(self.growth),
        }  # fmt: skip


@dataclass(slots=True)
class Watch:
    """Memory of the parts over the run. samples: (seconds since the beginning, part -> MiB)."""

    own_memory: Callable[[], dict[str, float]]
    memory: books.Memory = field(default_factory=books.Memory)
    samples: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        """Take a sample when it is time."""
        elapsed = time.monotonic() - self.begun
        if self.samples and elapsed - self.samples[-1][0] < SAMPLE_EVERY_S:
            return
        now = self.own_memory()
        self.memory.note(now)
        self.samples.append((elapsed, now))


def growth(samples: Sequence[tuple[float, Mapping[str, float]]]) -> dict[str, float]:
    """Return by how much of itself each part's memory grew from the third quarter of the run to the last.

    Medians of the quarters: a recycled worker or a single large call is no growth.
    """
    quarter = len(samples) // 4
    if not quarter:
        return {}
    before, after = samples[-2 * quarter : -quarter], samples[-quarter:]
    parts = {part for _at, held in (*before, *after) for part in held}
    return {part: round(_median(part, after) / max(_median(part, before), 1.0) - 1, 3) for part in sorted(parts)}


def _median(part: str, samples: Sequence[tuple[float, Mapping[str, float]]]) -> float:
    held = sorted(now.get(part, 0.0) for _at, now in samples)
    return held[len(held) // 2]


def tickets_left(reports: Sequence[tuple[str, CallReport]]) -> dict[str, int]:
    """Return how many of the calls that went to their end left 0, 1, 2 ... tickets."""
    counts: dict[str, int] = {}
    for _kind, report in reports:
        if report.ok:
            number = str(len(report.tickets))
            counts[number] = counts.get(number, 0) + 1
    return counts


def broken(reports: Sequence[tuple[str, CallReport]]) -> dict[str, int]:
    """Return why robots' calls did not go to their end, and how often."""
    counts: dict[str, int] = {}
    for _kind, report in reports:
        why = report.why or "no outcome" if not (report.ok and report.outcome) else ""
        if why:
            counts[why] = counts.get(why, 0) + 1
    return counts


async def measure(layout: Layout, settings: Settings, token: str, load: Load, say: Say) -> Found:
    """Make the calls on the running stack and return what came of them; raises SippFailed or CarrierAway."""
    begun, watch = datetime.now(UTC), Watch(lambda: own_memory(layout))
    plan = sipp.Plan(
        load.calls, load.at_once, load.rate, settings.sip_port, TO, first_number(), lasts_s=load.minutes * 60
    )
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as aside:
        volume = loop.run_in_executor(aside, sipp.run, plan, layout.home / "robots" / "soak", watch.tick)
        reports = await _robots(layout, settings, token, load, volume, say)
        runs = await volume
    say("calls are over; waiting for the last records")
    api = HotlineAPI(
        f"http://127.0.0.1:{settings.web_port}", f"http://127.0.0.1:{settings.commands_port}", token,
        settings.internal_token,
    )  # fmt: skip
    try:
        found = await books.balance(
            lambda number: api.outcomes(number, begun.isoformat()), runs, watch.memory, SETTLE_S
        )
    finally:
        await api.close()
    samples: list[Sample] = collect(reports, turns_done(read_log(layout.part_log("speech"), begun)))
    return Found(
        found, len(reports), broken(reports), tickets_left(reports), report_of(samples), growth(watch.samples)
    )  # fmt: skip


async def _robots(
    layout: Layout, settings: Settings, token: str, load: Load, volume: "asyncio.Future[Any]", say: Say
) -> list[tuple[str, CallReport]]:
    """Report after report, `load.robots` at a time, as long as SIPp goes on."""
    plans, out, numbers = read_plans(), layout.home / "robots", itertools.count()
    reports: list[tuple[str, CallReport]] = []
    async with Studio(settings, token, out=out, say=lambda _line: None) as studio:

        async def caller() -> None:
            while not volume.done():
                number = next(numbers)
                kind = KINDS[number % len(KINDS)]
                reports.append((kind, await _called(studio, placed(plans[kind], number), out)))
                say(f"{len(reports)} reports, tickets {tickets_left(reports)}, not to the end {broken(reports)}")

        await asyncio.gather(*(caller() for _ in range(load.robots)))
    return reports


async def _called(studio: Studio, scenario: Scenario, out: Path) -> CallReport:
    """One report; hours of others are not lost because a part did not answer this one's questions."""
    try:
        return await studio.call(scenario, out)
    except (httpx.HTTPError, TimeoutError) as error:
        report = CallReport(scenario.from_, scenario.to)
        report.fail(f"the robot gave up: {type(error).__name__}")
        return report


def written(found: Found, summary: str) -> str:
    """Return the result for people; summary: the books in words."""
    grown = ", ".join(f"{part} {share:+.1%}" for part, share in found.growth.items())
    lines = [
        summary,
        f"robots' reports: {found.robots}, tickets each: {dict(found.tickets)}, not to the end: {dict(found.broken)}",
        f"memory, third quarter of the run to the last: {grown}",
        "",
        through_calls.rows_of(found.waits),
    ]
    return "\n".join(lines)
