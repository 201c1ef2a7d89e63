"""The house's own rules over the whole tree: what linters cannot say."""

import ast
import json
import os
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.rules.forbidden import naked_ignores, registry_host, skips, sleeps

TREE = Path(__file__).resolve().parents[2]
_GENERATED = {TREE / "var", TREE / "crm" / "web" / "static"}
_GENERATED_NAMES = {".git", ".venv", ".hypothesis", "node_modules", "__pycache__"} | {
    f".{tool}_cache" for tool in ("mypy", "ruff", "pytest")
}
_WALL_FILE, _WALL_FUNCTION = 500, 60


def tracked(*patterns: str) -> list[Path]:
    """Our own files by name pattern; by walking: a copy of the tree has no git, nor has a fresh machine."""
    found = []
    for folder, below, names in os.walk(TREE):
        below[:] = sorted(set(below) - _GENERATED_NAMES - {name for name in below if Path(folder, name) in _GENERATED})
        found += [Path(folder, name) for name in sorted(names) if any(fnmatch(name, pattern) for pattern in patterns)]
    return found


def relative(path: Path) -> str:
    return str(path.relative_to(TREE))


PYTHON = tracked("*.py")


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_python_file_keeps_the_walls(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= _WALL_FILE, "file over the wall"
    module = ast.parse(text)
    assert ast.get_docstring(module), "the first line of a file tells its job"
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno
            assert length <= _WALL_FUNCTION or "migrations" in path.parts, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", PYTHON, ids=relative)
def test_ignores_name_what_they_ignore(path: Path) -> None:
    assert not list(naked_ignores(path.read_text(encoding="utf-8"), python=True))


def test_ignores_in_the_pages_say_why() -> None:
    pages = tracked("*.ts", "*.vue", "*.js", "*.mjs", "*.css", "*.html")
    assert len(pages) > 100
    for path in pages:
        naked = list(naked_ignores(path.read_text(encoding="utf-8"), python=False))
        assert not naked, f"{relative(path)}: lines {naked}"


@pytest.mark.parametrize("path", [path for path in PYTHON if "tests" in path.parts], ids=relative)
def test_no_test_is_skipped_or_run_again(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not list(skips(source))
    assert not list(sleeps(source)), "a sleep instead of a condition"


def test_function_lengths_stay_small() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in PYTHON
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[int(len(lengths) * 0.9)] <= 30


def test_no_registry_host_is_named() -> None:
    for path in tracked("*"):
        data = path.read_bytes()
        if b"\0" not in data[:4096]:  # a text: code, lists, templates, dot files, documents
            found = registry_host(data.decode("utf-8", errors="replace"))
            assert not found, f"{relative(path)}: {found}"


def test_the_front_end_lock_holds_no_addresses() -> None:
    locks = tracked("*package-lock.json")
    assert locks
    for path in locks:
        packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
        assert packages
        assert not [name for name, item in packages.items() if "resolved" in item and not item.get("link")]


def _is_broad(node: ast.ExceptHandler) -> bool:
    return node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})


def test_only_named_boundaries_catch_everything() -> None:
    allowed = {
        "ivr/telephony/agi/server.py",
        "ivr/telephony/ami/",
        "ivr/sessions/",
        "crm/events/",
        "crm/live/",
        "crm/web/",
        "crm/jobs/",
        "speech/control.py",
        "speech/recognizers/vosk_worker.py",  # vosk raises bare Exception
    }
    for path in PYTHON:
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node):
                assert any(relative(path).startswith(place) for place in allowed), f"{relative(path)}:{node.lineno}"


_SEEN_OF_OTHERS = {
    "liveness": {"liveness"},
    "danger": {"danger"},
    "divisions": {"divisions"},
    "speech": {"speech", "liveness", "danger", "divisions"},
    "ivr": {"ivr", "speech.contract", "liveness", "danger"},
    "crm": {"crm", "recordings", "ivr.contract", "liveness", "danger", "divisions"},
    "recordings": {"recordings"},
}


@pytest.mark.parametrize("package", _SEEN_OF_OTHERS)
def test_a_part_sees_of_others_only_what_the_plan_allows(package: str) -> None:
    ours = ("liveness", "danger", "divisions", "speech", "ivr", "crm", "recordings", "ops", "tests")
    allowed = _SEEN_OF_OTHERS[package]
    for path in (path for path in PYTHON if path.relative_to(TREE).parts[0] == package):
        for name in _imports(path):
            if name.split(".")[0] in ours:
                seen = any(name == item or name.startswith(f"{item}.") for item in allowed)
                assert seen, f"{relative(path)} imports {name}"


def _imports(path: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return found
