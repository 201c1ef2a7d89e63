"""One stack for all fault tests: made once, taken down at the end of the run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.stack import FaultStack, running


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
