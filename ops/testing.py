"""`./hotline test`: linters, types, import rules, pytest and the pure parts' coverage, one after the other."""

import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.layout import Layout

Say = Callable[[str], None]
PYTEST = "pytest"
LONG = "long"  # the marker of tests that only --all runs


@dataclass(frozen=True, slots=True)
class Section:
    """One step of the run."""

    name: str
    argv: tuple[str, ...]
    quiet: bool = False  # shows what it printed only when it failed


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
        return [Section(PYTEST, (*base, *pytest_args))]
    chosen = () if everything else ("-m", f"not {LONG}")
    whole = Section(PYTEST, (*base, *chosen, "--durations=10", "--cov", "--cov-report=term:skip-covered"))
    return [*checks, whole, _pure_section(python, layout.tree)]


def pure_parts(tree: Path) -> list[str]:
    """Return the file patterns of the parts that the import rules call pure; their list stands there only."""
    rules = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    modules = next(rule["source_modules"] for rule in rules if rule["name"].startswith("pure parts"))
    paths = [Path(*module.split(".")) for module in modules]
    return [f"{path}/*" if (tree / path).is_dir() else f"{path}.py" for path in paths]


def _pure_section(python: Path, tree: Path) -> Section:
    patterns = ",".join(pure_parts(tree))
    report = ("coverage", "report", f"--include={patterns}", "--skip-covered", "--show-missing", "--fail-under=100")
    return Section("all branches of the pure parts", (str(python), "-m", *report), quiet=True)


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
        if not step.quiet:
            print(f"== {step.name}", flush=True)
        done = subprocess.run(
            step.argv, check=False, cwd=layout.tree, env=env, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE if step.quiet else None, stderr=subprocess.STDOUT if step.quiet else None,
        )  # fmt: skip
        seconds = time.monotonic() - begun
        sys.stdout.flush()
        if step.quiet and done.returncode != 0:
            print(done.stdout, end="", file=sys.stderr, flush=True)
        if step.name != PYTEST:  # its closing line stays the last one of stdout
            verdict = "passed" if done.returncode == 0 else f"FAILED (exit status {done.returncode})"
            say(f"{step.name}: {verdict} in {seconds:.1f} s")
        status = status or done.returncode
    return status
