"""What every whole stack of the tests shares."""

import os
import tempfile
from pathlib import Path

from ops.layout import Layout


def share_prompts(layout: Layout) -> None:
    """Let stacks of one test run make each prompt once: they are named after what is in them."""
    shared = Path(tempfile.gettempdir()) / f"hl-prompts-{os.getuid()}" / "synthetic"
    shared.mkdir(parents=True, exist_ok=True)
    own = layout.prompts / "synthetic"
    if not own.exists():  # a kept home has its own
        own.symlink_to(shared)
