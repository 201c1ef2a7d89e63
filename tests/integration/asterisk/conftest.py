"""The pair of instances, once per session, on the shared tree."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.asterisk import ensure_tree
from ops.layout import layout_for
from tests.integration.asterisk.pair import Pair, free_base, running


@pytest.fixture(scope="session")
def asterisk_tree() -> Path:
    """The unpacked Asterisk: HOTLINE_ASTERISK_TREE, else the checkout's own state folder."""
    here = Path(__file__).resolve().parents[3]
    return ensure_tree(layout_for(here / "var", os.environ), print)


@pytest.fixture(scope="session")
def instances(asterisk_tree: Path) -> Iterator[Pair]:
    """Both instances, running."""
    # a unix socket's path is short: pytest's own folders are not
    with (
        tempfile.TemporaryDirectory(prefix="hl-", ignore_cleanup_errors=True) as home,
        running(Path(home), asterisk_tree, free_base(22000)) as both,
    ):
        yield both


@pytest.fixture
def pair(instances: Pair) -> Pair:
    """The instances as a test finds them: what other tests' calls did is no event of this one."""
    instances.pbx.forget()
    instances.carrier.forget()
    return instances
