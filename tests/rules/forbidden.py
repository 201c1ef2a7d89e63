"""What the house rules look for in a file's text, as pure functions; `test_forbidden.py` proves them on samples."""

import ast
import re
from collections.abc import Iterator
from io import StringIO
from tokenize import COMMENT, generate_tokens

_HOSTS = (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("debian", "org"))
_REGISTRIES = re.compile("|".join(rf"\b{name}\.{end}\b" for name, end in _HOSTS), re.IGNORECASE)
_SKIPS = {"skip", "skipif", "xfail", "importorskip", "SkipTest", "skipIf", "skipUnless", "skipTest", "expectedFailure"}
_MARKS = {"flaky", "rerun"}  # of plugins: only as marks, the words are good for names
_PYTHON_IGNORE = re.compile(
    r"#\s*(?:type:\s*ignore(?!\[)|(?:ruff:\s*|flake8:\s*)?noqa(?!:)|mypy:\s*ignore-errors|pragma:\s*no\s*cover)"
)
# An expected error says why behind it; a whole file or a line whatever its error is never ignored.
_PAGE_IGNORE = re.compile(
    r"@ts-(?:ignore|nocheck)|@vue-(?:ignore|nocheck|skip)"
    r"|@(?:ts|vue)-expect-error[\s:*/>-]*$"
    r"|(?:eslint|stylelint|oxlint)-disable(?!.*\s--\s+\w)"
    r"|(?:biome|prettier)-ignore(?!.*:\s*\w)"
)


def registry_host(text: str) -> str:
    """Return the first registry's host named in a text, "" when there is none."""
    found = _REGISTRIES.search(text)
    return found.group(0) if found else ""


def naked_ignores(text: str, *, python: bool) -> Iterator[int]:
    """Yield the lines (from 1) that silence a checker without saying what or why."""
    pattern = _PYTHON_IGNORE if python else _PAGE_IGNORE
    found = [number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line.rstrip())]
    if found and python:  # what a string holds silences nothing
        comments = (token for token in generate_tokens(StringIO(text).readline) if token.type == COMMENT)
        found = [token.start[0] for token in comments if pattern.search(token.string)]
    yield from found


def skips(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of what skips a test, lets it fail or runs it again, whatever it is imported as."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and (node.attr in _SKIPS or (node.attr in _MARKS and _is_mark(node.value))):
            yield node.lineno, node.attr
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("pytest", "unittest"):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in _SKIPS)


def _is_mark(owner: ast.expr) -> bool:
    return (isinstance(owner, ast.Attribute) and owner.attr == "mark") or (
        isinstance(owner, ast.Name) and owner.id == "mark"
    )


def sleeps(source: str) -> Iterator[int]:
    """Yield the lines in which a test sleeps instead of waiting for a condition."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) == ("time", "sleep"):
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node.lineno for alias in node.names if alias.name == "sleep")
