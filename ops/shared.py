"""What the commands share: the stack they are about, its settings, how they speak, how they stay."""

import os
import signal
import sys
from typing import Annotated

import typer

from ops import settings as settings_table
from ops.layout import TREE, Layout, layout_for
from ops.settings import Settings
from ops.stack import control, supervisor
from ops.stack.control import NotUp

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


class Where:
    """The stack that the command is about."""

    layout: Layout = layout_for(TREE / "var", os.environ)
    port_base: int | None = None


def say(text: str) -> None:
    """Tell the operator on stderr what happens; stdout belongs to results."""
    print(f"hotline: {text}", file=sys.stderr, flush=True)


def settings_for_start(layout: Layout) -> Settings:
    """Return the settings, made or moved to the ports that were asked for; raises NotUp, BadSettings."""
    before = settings_table.load(layout)
    moves = before is not None and Where.port_base not in {None, before.port_base}
    if moves and supervisor.alive(layout):
        raise NotUp("this home is up on other ports: `./hotline down` first")
    layout.home.mkdir(parents=True, exist_ok=True)
    return settings_table.ensure(layout, Where.port_base)


def settings_of_running(layout: Layout) -> Settings:
    """Return the settings of the running stack; raises NotUp."""
    settings = settings_table.load(layout)
    if settings is None or not supervisor.alive(layout):
        raise NotUp("the hotline does not run: `./hotline up --detach` first")
    return settings


def stay(layout: Layout) -> None:
    """Wait for Ctrl-C, SIGTERM or a `down` given elsewhere; then everything is down."""
    say("Ctrl-C stops everything")
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    supervisor.wait_until(lambda: ended or not supervisor.alive(layout), float("inf"))
    control.take_down(layout, say)
