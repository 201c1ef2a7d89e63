"""The committed OpenAPI document, from which the pages' types are proved, is what the API says of itself."""

import os
import subprocess
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]


def test_the_committed_openapi_document_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(TREE / "crm/console/refresh_openapi.py"), "--check"],
        env={**os.environ, "PYTHONPATH": str(TREE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
