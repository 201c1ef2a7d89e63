"""`./hotline flows check|draw|simulate`: the call flows, without a telephone."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ops.layout import TREE

flows_app = typer.Typer(no_args_is_help=True, help="The call flows: check, draw, simulate.")


class FlowsRefused(Exception):
    """The flows, a script or a folder cannot be used; the message names file and node."""


@flows_app.command()
def check() -> None:
    """Check the flow documents."""
    from ivr.flows import cli
    from ivr.flows.program import FlowError

    try:
        print(cli.check())
    except FlowError as error:
        raise FlowsRefused(str(error)) from error


@flows_app.command()
def draw(folder: Annotated[Path, typer.Argument(help="Where to.")] = TREE / "docs" / "flows") -> None:
    """Write the pictures and the schema, and name the files that changed."""
    from ivr.flows import cli
    from ivr.flows.program import FlowError

    try:
        for path in cli.draw(folder):
            print(path)
    except FlowError as error:
        raise FlowsRefused(str(error)) from error
    except OSError as error:
        raise FlowsRefused(f"cannot write {error.filename}: {error.strerror}; run as the owner of the tree") from error


@flows_app.command()
def simulate(
    script: Annotated[Path, typer.Argument(help="YAML with a list of moves, `steps`.")],
    packs: Annotated[Path | None, typer.Option(help="Folder of packs, for addresses and codes.")] = None,
    keys_only: Annotated[bool, typer.Option("--keys-only", help="As if speech were away.")] = False,
) -> None:
    """Run a scripted conversation through the flows and print what is said."""
    from ivr.flows import cli
    from ivr.flows.program import FlowError
    from ivr.flows.simulate import InvalidScript
    from speech.noticing import notice
    from speech.packs import PackInvalid, load_pack
    from speech.slots import Slots

    try:
        slots = Slots(load_pack(packs) if packs is not None else None)
        interpreter = partial(slots.interpret, now=datetime.now(UTC))
        print(cli.simulate(cli.read_script(script), interpreter, notice, keys_only=keys_only))
    except (FlowError, InvalidScript, PackInvalid) as error:
        raise FlowsRefused(str(error)) from error
    except OSError as error:
        raise FlowsRefused(f"cannot read {error.filename}: {error.strerror}") from error
