"""Asterisk's configuration grammar: contexts, extensions and priorities to text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SAFE_PATH = re.compile(r"/[A-Za-z0-9._/@%+=-]*\Z")


class UnsafeValue(ValueError):
    """A value that would change the meaning of a configuration line."""


def safe_path(path: str) -> str:
    """Return `path` if it can stand in any dialplan argument; raises UnsafeValue."""
    if not _SAFE_PATH.match(path):
        raise UnsafeValue(f"only letters, digits and ._/@%+=- may stand in this path: {path!r}")
    return path


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: each step is `App(args)` or `label| App(args)`."""

    name: str
    steps: Sequence[str]

    def lines(self) -> list[str]:
        """Return the lines of this extension."""
        out = []
        for number, step in enumerate(self.steps):
            label, bar, app = step.partition("| ")
            tag, app = (f"({label})", app) if bar and label.isalnum() else ("", step)
            if "\n" in app or "\r" in app:
                raise UnsafeValue(f"line break in a step of {self.name}")
            out.append(f"exten => {self.name},1{tag},{app}" if number == 0 else f" same => n{tag},{app}")
        return out


@dataclass(frozen=True, slots=True)
class Context:
    """One context with its extensions and the reason it exists."""

    name: str
    why: str
    extensions: Sequence[Extension]

    def lines(self) -> list[str]:
        """Return the lines of this context."""
        out = [f"; {self.why}", f"[{self.name}]"]
        for extension in self.extensions:
            out += extension.lines()
        return [*out, ""]


def section(name: str, options: Sequence[tuple[str, str | int]]) -> list[str]:
    """Return a `[name]` section of key = value lines."""
    return [f"[{name}]", *(f"{key} = {value}" for key, value in options), ""]
