"""`./hotline call|volume|demo|drill`, and the calls of `test --listen`: robots ring the running hotline."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ops.drill import cli as drills
from ops.layout import TREE, Layout
from ops.settings import Settings
from ops.shared import JsonFlag, Where, say, settings_for_start, settings_of_running, stay
from ops.stack import control, supervisor
from ops.stack.control import NotUp


def call(
    file: Annotated[Path, typer.Argument(help="A scenario; docs/scenarios.md tells its format.")],
    as_json: JsonFlag = False,
) -> None:
    """Let a robot make one call to the running hotline; the exit status is 1 unless every step came to its end."""
    from ops import calls

    layout = Where.layout
    report = calls.make(layout, settings_of_running(layout), file, say)
    print(json.dumps(report.to_json(), ensure_ascii=False) if as_json else calls.summary(report))
    raise typer.Exit(0 if report.ok else 1)


def volume(
    calls: Annotated[int, typer.Option(min=1, max=100_000, help="Calls in all.")] = 60,
    at_once: Annotated[int, typer.Option(min=1, max=200, help="Calls up at the same time.")] = 15,
    rate: Annotated[float, typer.Option(min=0.05, max=50, help="New calls a second.")] = 1.0,
    as_json: JsonFlag = False,
) -> None:
    """Let SIPp make many calls to the running hotline; the exit status is 1 unless each has one record and outcome."""
    from ops.volume import command

    layout = Where.layout
    settings = settings_of_running(layout)
    found = command.run(layout, settings, calls=calls, at_once=at_once, rate=rate, say=say)
    print(json.dumps(found.to_json(), ensure_ascii=False) if as_json else command.summary(found))
    raise typer.Exit(0 if found.ok else 1)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the call; the exit status tells what came.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Start everything, let a robot report a broken boiler by voice, and show ticket and pop; stays until Ctrl-C."""
    from ops import demo as demonstration

    layout = Where.layout
    ran = supervisor.alive(layout)
    settings = settings_for_start(layout).model_copy(update={"demo": True})  # of this start only
    try:
        for failure in control.bring_up(layout, settings, say):
            raise NotUp(f"{failure.part.name} is not ready: {failure.detail}")
        with control.carrier(layout, settings, say):
            result = demonstration.run(layout, settings, say)
            demonstration.tell(result, say)
            if as_json:
                print(json.dumps(result.to_json(), ensure_ascii=False))
            if not once:
                stay(layout)
    finally:
        if not ran:
            control.take_down(layout, say)
    raise typer.Exit(0 if result.ok else 1)


def drill(name: drills.Name = "list", force: drills.Force = False, as_json: JsonFlag = False) -> None:
    """Rehearse a fault on the running stack with a robot call; the exit status is 1 unless it was borne."""

    def running() -> tuple[Layout, Settings]:
        return Where.layout, settings_of_running(Where.layout)

    raise typer.Exit(drills.drill(running, name, say, force=force, as_json=as_json))


def listen(layout: Layout) -> int:
    """Make the calls for a listener; a stack that did not run is taken down again."""
    from ops import demo as demonstration
    from ops import listen as listening

    ran = supervisor.alive(layout)
    settings = settings_for_start(layout)
    out = layout.home / "listen"
    try:
        for failure in control.bring_up(layout, settings, say):
            raise NotUp(f"{failure.part.name} is not ready: {failure.detail}")
        with control.carrier(layout, settings, say):
            accounts, token = demonstration.prepare(layout)
            folder = TREE / "tests" / "e2e" / "scenarios"
            made = listening.run(layout, settings, accounts, token, folder, out, say)
    finally:
        if not ran:
            control.take_down(layout, say)
    say(f"{len(made)} calls in {out}")
    return 0 if len(made) == len(listening.CALLS) else 1
