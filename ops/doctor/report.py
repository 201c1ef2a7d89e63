"""All checks in order, and how they are shown."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from ops.doctor.findings import Check, Facts, Level
from ops.doctor.machine import machine_checks
from ops.doctor.stack import stack_checks

MARKS = {Level.OK: "[green]✓[/]", Level.WARN: "[yellow]![/]", Level.BAD: "[red]✗[/]"}


def evaluate(facts: Facts) -> list[Check]:
    """Return every check."""
    return [*machine_checks(facts), *stack_checks(facts)]


def to_json(checks: Sequence[Check]) -> dict[str, Any]:
    """Return {ok, checks: [{key, level, title, found, remedy}]}; ok is False when any is bad."""
    return {"ok": healthy(checks), "checks": [asdict(check) for check in checks]}


def healthy(checks: Sequence[Check]) -> bool:
    """Tell whether none is bad."""
    return all(check.level is not Level.BAD for check in checks)


def table(checks: Sequence[Check]) -> Table:
    """Return the checks as a table for the terminal."""
    shown = Table(box=None, pad_edge=False)
    for heading in ("", "检查", "情况", "怎么办"):
        shown.add_column(heading, overflow="fold")
    for check in checks:
        shown.add_row(MARKS[check.level], check.title, check.found, check.remedy)
    return shown
