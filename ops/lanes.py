"""Carries out a plan of `./hotline test`: lanes at the same time, each step's output in one piece, one closing line."""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock

from ops.layout import Layout
from ops.testing import Plan, Section, environment

Say = Callable[[str], None]
_CLOSING = re.compile(r"=*\s*((?:\d+ [a-z]+(?:, )?)+) in \d+(?:\.\d+)?s\b.*")
_ORDER = ("failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "warnings", "error")
_ONE = {"errors": "error", "warning": "warnings"}


@dataclass(frozen=True, slots=True)
class Done:
    """A step that ended. output: of both streams, in the order in which it came."""

    step: Section
    status: int
    seconds: float
    output: str


@dataclass(slots=True)
class _Run:
    layout: Layout
    env: Mapping[str, str]
    say: Say
    stopped: bool = False
    shown: Lock = field(default_factory=Lock)

    def lane(self, steps: Sequence[Section]) -> list[Done]:
        return [self.step(step) for step in steps if not self.stopped]

    def step(self, step: Section) -> Done:
        log = self.layout.cache / f"test {step.name}.log".replace(" ", "-").replace("'", "")
        if not step.quiet:
            self.say(f"{step.name} begins, output in {log}")
        begun = time.monotonic()
        with log.open("wb") as out:
            process = subprocess.run(
                step.argv, check=False, cwd=self.layout.tree, env=environment_of(step, self.layout, self.env),
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        text = log.read_text(encoding="utf-8", errors="replace")
        done = Done(step, process.returncode, time.monotonic() - begun, text)
        verdict = "passed" if done.status == 0 else f"FAILED (exit status {done.status})"
        with self.shown:
            _show(done)
            self.say(f"{step.name}: {verdict} in {done.seconds:.1f} s")
        return done


def run(layout: Layout, steps: Plan, say: Say) -> int:
    """Run the plan, each step to its end; returns 0 when all passed, else the first bad exit status."""
    env = environment(layout, os.environ)
    if len(steps.lanes) == 1 and len(steps.lanes[0]) == 1:
        return _alone(layout, steps.lanes[0][0], env)
    begun = time.monotonic()
    work = _Run(layout, env, say)
    with ThreadPoolExecutor(len(steps.lanes)) as pool:
        try:
            done = [item for lane in pool.map(work.lane, steps.lanes) for item in lane]
        except KeyboardInterrupt:
            work.stopped = True  # what runs was interrupted as well
            raise
    done += work.lane(steps.closing)
    counts = counted([item.output for item in done if item.step.counts])
    print(closing_line(counts, time.monotonic() - begun), flush=True)
    status = next((item.status for item in done if item.status), 0)
    return status or int(not counts["passed"] or bool(counts["failed"] + counts["error"]))


def _alone(layout: Layout, step: Section, env: Mapping[str, str]) -> int:
    """Run one step on our own streams, as it goes."""
    print(f"== {step.name}", flush=True)
    own = environment_of(step, layout, env)
    return subprocess.run(step.argv, check=False, cwd=layout.tree, env=own, stdin=subprocess.DEVNULL).returncode


def environment_of(step: Section, layout: Layout, env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of one step: parts that run at the same time do not write to one file."""
    return {**env, "COVERAGE_FILE": str(layout.cache / step.coverage), "COVERAGE_SWITCHING": step.switching}


def _show(done: Done) -> None:
    if done.step.quiet:
        if done.status != 0:
            print(done.output, end="", file=sys.stderr, flush=True)
        return
    print(f"== {done.step.name}\n{done.output}", end="", flush=True)


def counted(outputs: Sequence[str]) -> Counter[str]:
    """Add up the closing lines of several runs of pytest; one that ended without such a line counts as an error."""
    total: Counter[str] = Counter()
    for output in outputs:
        found = next((match for line in reversed(output.splitlines()) if (match := _CLOSING.fullmatch(line))), None)
        if found is None:
            total["error"] += 1
            continue
        for part in found[1].split(", "):
            number, word = part.split()
            total[_ONE.get(word, word)] += int(number)
    return total


def closing_line(counts: Mapping[str, int], seconds: float) -> str:
    """Return the counts as pytest closes its output: "2 failed, 17 passed in 61.20s (0:01:01)"."""
    words = [*_ORDER, *(word for word in counts if word not in _ORDER)]
    told = ", ".join(f"{counts[word]} {word}" for word in words if counts.get(word)) or "no tests ran"
    minutes, rest = divmod(int(seconds), 60)
    return f"{told} in {seconds:.2f}s ({minutes // 60}:{minutes % 60:02}:{rest:02})"
