"""What `./hotline test` runs: linters, types, import rules, pytest in parts, the pure parts' coverage.

Real calls last as long as people speak and leave the processor idle; the other tests and the linters use it meanwhile,
at a lower priority, so that they take nothing from a call. The faults come last, when least runs beside them. Calls of
the whole stack and calls of Asterisk alone wait beside each other: each lane has its own ports, homes and databases.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.layout import Layout

LONG = "long"  # the marker of tests that only --all runs
# Each has a stack or an Asterisk of its own that is taken down at its end; what lies elsewhere is no real call.
CALLS = ("tests/e2e",)
FAULTS = ("tests/faults",)
ASTERISK = ("tests/integration/asterisk",)
INTEGRATION = ("tests/integration",)  # but for Asterisk's
# In the folder of the calls, but they ring nobody: a crm and a browser for each.
PAGES = ("tests/e2e/test_console_*.py", "tests/e2e/test_engineer_page.py")
# Their queries run in greenlets. To follow those, coverage asks at every call of a function which one is running.
CRM = ("tests/unit/crm", "tests/contract")
_BESIDE = ("nice", "-n", "10")  # for what runs beside real calls


@dataclass(frozen=True, slots=True)
class Section:
    """One step of the run. counts: its last line counts tests; quiet: shows what it printed only when it failed."""

    name: str
    argv: tuple[str, ...]
    counts: bool = False
    quiet: bool = False
    coverage: str = "coverage"  # the name of its data file
    switching: str = "greenlet"  # what coverage follows beside threads; "": nothing is measured


@dataclass(frozen=True, slots=True)
class Plan:
    """Lanes run at the same time, the steps of one after each other; `closing` when all lanes are through."""

    lanes: tuple[tuple[Section, ...], ...]
    closing: tuple[Section, ...] = ()


def plan(python: Path, layout: Layout, pytest_args: Sequence[str], everything: bool) -> Plan:
    """Return the steps; with pytest_args only pytest runs, on just those."""
    base = (str(python), "-m", "pytest")
    if pytest_args:
        alone = Section("pytest", (*base, "-o", f"cache_dir={layout.cache / 'pytest'}", *pytest_args), counts=True)
        return Plan(((alone,),))
    chosen = () if everything else ("-m", f"not {LONG}")
    # the bar for coverage stands for the parts together
    cov = ("--cov", "--cov-report=", "--cov-fail-under=0")

    def tests(name: str, *paths: str, before: tuple[str, ...] = (), switching: str = "greenlet") -> Section:
        cache = ("-o", f"cache_dir={layout.cache / f'pytest-{name}'}")
        argv = (*before, *base, *cache, *chosen, "--durations=25", *(cov if switching else ()), *paths)
        return Section(f"pytest {name}", argv, True, coverage=f"coverage-{name}", switching=switching)

    pages = sorted(str(path.relative_to(layout.tree)) for name in PAGES for path in layout.tree.glob(name))
    apart = (*CALLS, *FAULTS, *INTEGRATION, *CRM)
    stack = (tests("calls", *CALLS, *(f"--ignore-glob={name}" for name in PAGES)), tests("faults", *FAULTS))
    integration = (*INTEGRATION, *(f"--ignore={path}" for path in ASTERISK))
    asterisk = (
        tests("asterisk", *ASTERISK),
        tests("integration", *integration, before=_BESIDE),
        # crm is another process there; to follow the greenlets of its seed once ended in a loop without end
        tests("pages", *pages, before=_BESIDE, switching=""),
    )
    others = tests("others", *(f"--ignore={path}" for path in apart), before=_BESIDE, switching="thread")
    beside = (*_checks(python, layout), tests("crm", *CRM, before=_BESIDE), others)
    lanes = (stack, asterisk, beside)
    measured = tuple(step.coverage for lane in lanes for step in lane if step.counts and step.switching)
    return Plan(lanes, _coverage(python, layout, measured))


def _checks(python: Path, layout: Layout) -> list[Section]:
    tools, cache = python.parent, layout.cache
    npm = ("npm", "--prefix", str(layout.tree / "crm" / "console"), "run", "--silent")
    steps = [
        ("ruff check", (str(tools / "ruff"), "check", "--cache-dir", str(cache / "ruff"), ".")),
        ("mypy", (str(tools / "mypy"), "--cache-dir", str(cache / "mypy"))),
        ("lint-imports", (str(tools / "lint-imports"), "--cache-dir", str(cache / "import-linter"))),
        ("pages' types", (*npm, "check")),
        # the runner loads vite's configuration without writing beside it: the tree may be another user's
        ("pages' tests", (*npm, "test", "--", "--configLoader", "runner")),
    ]
    return [Section(name, (*_BESIDE, *argv)) for name, argv in steps]


def _coverage(python: Path, layout: Layout, measured: Sequence[str]) -> tuple[Section, ...]:
    tool = (str(python), "-m", "coverage")
    files = tuple(str(layout.cache / name) for name in measured)
    pure = (f"--include={','.join(pure_parts(layout.tree))}", "--skip-covered", "--show-missing", "--fail-under=100")
    return (
        Section("coverage of all parts together", (*tool, "combine", "--quiet", *files), quiet=True),
        Section("coverage", (*tool, "report", "--skip-covered")),
        Section("all branches of the pure parts", (*tool, "report", *pure), quiet=True),
    )


def pure_parts(tree: Path) -> list[str]:
    """Return the file patterns of the parts that the import rules call pure; their list stands there only."""
    rules = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    modules = next(rule["source_modules"] for rule in rules if rule["name"].startswith("pure parts"))
    paths = [Path(*module.split(".")) for module in modules]
    return [f"{path}/*" if (tree / path).is_dir() else f"{path}.py" for path in paths]


def environment(layout: Layout, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the tests' environment: nothing of a running hotline, caches in the state folder."""
    kept = {name: value for name, value in environ.items() if not name.startswith("HOTLINE_")}
    return {
        **kept,
        "LC_ALL": "C.UTF-8",
        "NO_UPDATE_NOTIFIER": "1",
        "PYTHONPATH": str(layout.tree),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(layout.cache / "hypothesis"),
        "HOTLINE_ASTERISK_TREE": str(layout.asterisk_tree),
    }
