"""A whole stack of its own for tests: started on free ports in a short temporary home, taken down afterwards."""

import os
import re
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops import demo
from ops import settings as settings_table
from ops.layout import Layout, layout_for, make_folders
from ops.settings import Settings
from ops.stack import control
from tests.stack_parts import share_prompts

DUTY_NUMBERS = ("13900000001", "13900000002")
_BASES = range(26000, 32500, 500)  # below the ports that the kernel gives to others' connections
_LIMITS = {
    "wrapup_s": "1",
    "agent_ring_s": "15",
    "queue_timeout_s": "150",
    "duty_ring_s": "6",
    "follow_up_robot": "1",  # nobody is due but where a test says so
}


@dataclass(frozen=True)
class Stack:
    """A running stack: its paths, settings, demo accounts (with passwords) and an API token."""

    layout: Layout
    settings: Settings
    accounts: list[dict[str, Any]]
    token: str

    @property
    def web(self) -> str:
        """Return the address of the pages."""
        return f"http://127.0.0.1:{self.settings.web_port}"

    @property
    def agent(self) -> dict[str, Any]:
        """Return the account that has a phone."""
        return next(account for account in self.accounts if account["extension"])


@contextmanager
def running_stack() -> Iterator[Stack]:
    """Start everything with the carrier and demo data; raises AssertionError naming a part that is not ready."""
    with tempfile.TemporaryDirectory(prefix="hl-", ignore_cleanup_errors=True) as name:
        layout = layout_for(Path(name), os.environ)
        make_folders(layout)
        share_prompts(layout)
        settings_table.ensure(layout, _free_base())
        with layout.env_file.open("a", encoding="utf-8") as env:
            env.writelines(f"HOTLINE_{key.upper()}={value}\n" for key, value in _LIMITS.items())
        text = layout.env_file.read_text(encoding="utf-8")
        duty = f"HOTLINE_DUTY_NUMBERS={','.join(DUTY_NUMBERS)}"
        layout.env_file.write_text(
            re.sub("^HOTLINE_DUTY_NUMBERS=.*$", duty, text, flags=re.MULTILINE), encoding="utf-8"
        )
        settings = settings_table.ensure(layout, None)
        try:
            failures = control.bring_up(layout, settings, print)
            assert not failures, failures
            failure = control.start_carrier(layout, settings, print)
            assert failure is None, failure
            accounts, token = demo.prepare(layout)
            yield Stack(layout, settings, accounts, token)
        finally:
            control.take_down(layout, print)


def _free_base() -> int:
    for base in _BASES:
        if all(_is_free(base + offset) for offset in (0, 3, 4, 5, 7, 8, 10, 11)):
            return base
    raise AssertionError("no free block of ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
