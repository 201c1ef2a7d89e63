"""A state folder with an Asterisk tree that holds only what rendering looks at."""

from pathlib import Path

import pytest

from ops import settings as settings_table
from ops.layout import Layout, layout_for, make_folders
from ops.settings import Settings


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Its tree's loader prints the command it was given."""
    home = Path("/") / tmp_path.relative_to("/")
    made = layout_for(home / "v", {})
    make_folders(made)
    loader = made.asterisk_tree / "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
    loader.parent.mkdir(parents=True)
    loader.write_text('#!/bin/sh\necho "$@"\n')
    loader.chmod(0o755)
    return made


@pytest.fixture
def settings(layout: Layout) -> Settings:
    """First start's settings: random secrets."""
    return settings_table.ensure(layout, 18000)
