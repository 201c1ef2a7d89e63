"""`./hotline test`: linters, types, import rules and pytest, one after the other, as the plain user."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.layout import Layout

Say = Callable[[str], None]
LONG = "long"  # the marker of tests that only --all runs


@dataclass(frozen=True, slots=True)
class Section:
    """One step of the run."""

    name: str
    argv: tuple[str, ...]


def sections(python: Path, layout: Layout, pytest_args: Sequence[str], everything: bool) -> list[Section]:
    """Return the steps; with pytest_args only pytest runs, on just those."""
    tools = python.parent
    cache = layout.cache
    checks = [
        Section("ruff check", (str(tools / "ruff"), "check", "--cache-dir", str(cache / "ruff"), ".")),
        Section("mypy", (str(tools / "mypy"), "--cache-dir", str(cache / "mypy"))),
        Section("lint-imports", (str(tools / "lint-imports"), "--cache-dir", str(cache / "import-linter"))),
    ]
    console = layout.tree / "crm" / "console"
    npm = ("npm", "--prefix", str(console), "run", "--silent")
    checks.append(Section("pages' types", (*npm, "check")))
    # the runner loads vite's configuration without writing beside it: the tree may be another user's
    checks.append(Section("pages' tests", (*npm, "test", "--", "--configLoader", "runner")))
    base = (str(python), "-m", "pytest", "-o", f"cache_dir={cache / 'pytest'}")
    if pytest_args:
        return [Section("pytest", (*base, *pytest_args))]
    chosen = () if everything else ("-m", f"not {LONG}")
    return [*checks, Section("pytest", (*base, *chosen, "--durations=10", "--cov", "--cov-report=term:skip-covered"))]


def environment(layout: Layout, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the tests' environment: nothing of a running hotline, caches in the state folder."""
    kept = {name: value for name, value in environ.items() if not name.startswith("HOTLINE_")}
    return {
        **kept,
        "LC_ALL": "C.UTF-8",
        "NO_UPDATE_NOTIFIER": "1",
        "PYTHONPATH": str(layout.tree),
        "PYTHONDONTWRITEBYTECODE": "1",
        "COVERAGE_FILE": str(layout.cache / "coverage"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(layout.cache / "hypothesis"),
        "HOTLINE_ASTERISK_TREE": str(layout.asterisk_tree),
    }


def run(layout: Layout, steps: Sequence[Section], say: Say) -> int:
    """Run the steps, each to its end; returns 0 when all passed, else the first bad exit status."""
    status = 0
    env = environment(layout, os.environ)
    for step in steps:
        begun = time.monotonic()
        print(f"== {step.name}", flush=True)
        done = subprocess.run(step.argv, check=False, cwd=layout.tree, env=env, stdin=subprocess.DEVNULL)
        seconds = time.monotonic() - begun
        sys.stdout.flush()
        if step is not steps[-1]:  # pytest's closing line stays the last one
            verdict = "passed" if done.returncode == 0 else f"FAILED (exit status {done.returncode})"
            say(f"{step.name}: {verdict} in {seconds:.1f} s")
        status = status or done.returncode
    return status
