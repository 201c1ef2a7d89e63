"""`./hotline drill NAME`: rehearse a fault on the running stack; the exit status is 1 unless it was borne."""

import json
from collections.abc import Callable
from typing import Annotated

import typer

from ops.drill.faults import DrillRefused
from ops.layout import Layout
from ops.settings import Settings

Say = Callable[[str], None]
Running = Callable[[], tuple[Layout, Settings]]


def drill(running: Running, name: str, say: Say, *, force: bool, as_json: bool) -> int:
    """Run the drill `name`, or list them all; returns the exit status. Raises DrillRefused, NotUp."""
    from ops.drill.faults import FAULTS
    from ops.drill.run import run
    from ops.drill.target import Target
    from ops.robots.studio import CarrierAway
    from ops.stack import control

    if name == "list":
        rows = [{"name": fault.name, "title": fault.title, "expect": fault.expect} for fault in FAULTS.values()]
        print(json.dumps(rows, ensure_ascii=False) if as_json else "\n".join(
            f"{row['name']:22}{row['title']}:{row['expect']}" for row in rows
        ))  # fmt: skip
        return 0
    if name not in FAULTS:
        raise DrillRefused(f"没有这个演练:{name};有 {'、'.join(FAULTS)} / no such drill")
    layout, settings = running()
    token = control.run_ours(layout, ["crm", "token", "--name", "drill"]).strip()
    try:
        verdict = run(Target(layout, settings), FAULTS[name], token, say, force=force)
    except CarrierAway as error:
        raise DrillRefused(str(error)) from error
    print(json.dumps(verdict.to_json(), ensure_ascii=False) if as_json else verdict.words())
    return 0 if verdict.ok else 1


Name = Annotated[str, typer.Argument(help="Which fault; `list` names them all.")]
Force = Annotated[bool, typer.Option("--force", help="Also while callers are on the line.")]
