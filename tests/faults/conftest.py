"""One stack for all fault tests: made once, taken down at the end of the run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.stack import FaultStack, running

RESULT = "fault"  # property of a test: its case and the longest silence of the call


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of the cases that were run, each with the longest silence that the caller heard."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    rows = [(dict(report.user_properties).get(RESULT), report.outcome) for report in reports if report.when == "call"]
    if any(row for row, _ in rows):
        terminalreporter.section("longest silence of each call")
    for row, outcome in rows:
        if row:
            terminalreporter.line(f"{row}  {outcome}")


@pytest.fixture(scope="session")
def stack() -> Iterator[FaultStack]:
    """A whole stack with its carrier. FAULTS_HOME keeps the state folder of one's own choice for looking into logs."""
    kept = os.environ.get("FAULTS_HOME", "")
    home = Path(kept or tempfile.mkdtemp(prefix="hf-"))
    try:
        with running(home, print) as up:
            yield up
    finally:
        if not kept:
            shutil.rmtree(home, ignore_errors=True)
