"""The operator's command line: `./hotline ...` ends here."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ops import backup as backups
from ops import calls_cli, denied, lanes, testing
from ops import logs as log_files
from ops import settings as settings_table
from ops.bench.cli import BenchRefused, bench_app
from ops.drill.faults import DrillRefused
from ops.flows_cli import FlowsRefused, flows_app
from ops.layout import TREE, HomeTooDeep, layout_for, make_folders
from ops.model_cli import model_app
from ops.models import ModelUnusable
from ops.prompts_cli import PromptsRefused
from ops.prompts_cli import make_app as make_prompts_app
from ops.settings import BadSettings
from ops.shared import JsonFlag, Where, say, settings_for_start, settings_of_running, stay
from ops.stack import control, supervisor
from ops.stack import status as stack_status
from ops.stack.control import NotUp

app = typer.Typer(
    name="hotline", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="The 400 hotline: telephone, speech, tickets and pages of one machine.",
)  # fmt: skip

GLOBAL_OPTIONS = ("--home", "--port-base")
SAID = (
    backups.BackupFailed, BenchRefused, DrillRefused, NotUp, BadSettings, HomeTooDeep, FlowsRefused, PromptsRefused,
    supervisor.SupervisorDown, log_files.NoSuchLog, ModelUnusable)  # fmt: skip


def hoist_globals(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with --home and --port-base moved to the front, wherever they stood before `--`."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in GLOBAL_OPTIONS:
            front += [word, *[value for value in [next(words, None)] if value is not None]]
        elif word.startswith(tuple(f"{option}=" for option in GLOBAL_OPTIONS)):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


@app.callback()
def _globals(
    home: Annotated[Path | None, typer.Option(help="State folder; default var/ in the tree.")] = None,
    port_base: Annotated[
        int | None, typer.Option(min=1024, max=65035, help="First of 500 ports; remembered in the state folder.")
    ] = None,
) -> None:
    Where.layout = layout_for(home or TREE / "var", os.environ)
    Where.port_base = port_base


app.add_typer(flows_app, name="flows")
app.add_typer(model_app, name="model")
app.add_typer(bench_app, name="bench")
app.add_typer(make_prompts_app(lambda: Where.layout), name="prompts")


@app.command()
def up(detach: Annotated[bool, typer.Option("--detach", help="Return when all is ready.")] = False) -> None:
    """Start everything and wait until it is ready; stays until Ctrl-C unless --detach."""
    layout = Where.layout
    begun = time.monotonic()
    settings = settings_for_start(layout)
    try:
        failures = control.bring_up(layout, settings, say)
    except (NotUp, KeyboardInterrupt):
        if not detach:
            control.take_down(layout, say)
        raise
    for failure in failures:
        say(f"{failure.part.name} ({failure.part.title}) is not ready: {failure.detail}")
        for line in failure.log_lines:
            print(f"    {line}", file=sys.stderr)
    if failures:
        say(f"not everything is ready; `./hotline logs {failures[0].part.name}` shows more")
    else:
        say(f"ready after {time.monotonic() - begun:.1f} s: http://127.0.0.1:{settings.web_port}/")
    if detach:
        raise typer.Exit(1 if failures else 0)
    stay(layout)


@app.command()
def down() -> None:
    """Stop everything of this home, and only that."""
    say("everything is down" if control.take_down(Where.layout, say) else "nothing was running")


@app.command()
def status(as_json: JsonFlag = False) -> None:
    """Show every part; the exit status is 1 unless all are ready."""
    layout = Where.layout
    settings = settings_table.load(layout)
    if settings is None:
        empty: dict[str, object] = {"home": str(layout.home), "port_base": None, "up": False, "page": "", "parts": []}
        print(json.dumps(empty) if as_json else f"never started: {layout.home}")
        raise typer.Exit(1)
    found = stack_status.ask(layout, settings)
    if as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        print(f"{found.page}   home {found.home}")
        print(stack_status.table(found.parts))
    raise typer.Exit(0 if found.up else 1)


@app.command()
def logs(
    part: Annotated[str, typer.Argument(help="postgres, redis, pbx, speech, ivr, crm ...; all when left out.")] = "",
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Print the end of the logs."""
    log_files.show(log_files.files(Where.layout, part), follow)


@app.command()
def doctor(as_json: JsonFlag = False) -> None:
    """Look for what would keep the hotline from working; the exit status is 1 when anything is bad."""
    from ops.doctor import report
    from ops.doctor.gather import gather

    checks = report.evaluate(gather(Where.layout, datetime.now(UTC)))
    if as_json:
        print(json.dumps(report.to_json(checks), ensure_ascii=False))
    else:
        Console(width=None if sys.stdout.isatty() else 180).print(report.table(checks))
    raise typer.Exit(0 if report.healthy(checks) else 1)


for command in (calls_cli.call, calls_cli.volume, calls_cli.demo, calls_cli.drill):
    app.command()(command)


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run_tests(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="With the tests that take long.")] = False,
    listen: Annotated[
        bool, typer.Option("--listen", help="Instead: ten whole calls as WAV and text for a listener.")
    ] = False,
) -> None:
    """Run ruff, mypy, import rules and pytest; other arguments go to pytest, which then runs alone."""
    layout = Where.layout
    if listen:
        raise typer.Exit(calls_cli.listen(layout))
    make_folders(layout)
    control.fetch_asterisk(layout, say)
    steps = testing.plan(Path(sys.executable), layout, context.args, everything)
    raise typer.Exit(lanes.run(layout, steps, say))


@app.command()
def token(name: Annotated[str, typer.Option(help="Who will use it.")] = "operator") -> None:
    """Make a bearer token for the REST API and print it."""
    settings_of_running(Where.layout)
    print(control.run_ours(Where.layout, ["crm", "token", "--name", name]).strip())


@app.command(
    "account", add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def account(context: typer.Context) -> None:
    """Keep accounts: list, add, reset, disable, enable; --help tells more. A password is printed this once."""
    settings_of_running(Where.layout)
    print(control.run_ours(Where.layout, ["crm", "account", *context.args]).rstrip())


@app.command()
def backup(folder: Annotated[Path, typer.Argument(help="An empty folder, or one to be made.")]) -> None:
    """Write database, files and a manifest of both into FOLDER; the hotline may go on running."""
    settings = settings_table.load(Where.layout)
    if settings is None:
        raise NotUp(f"there is no hotline in {Where.layout.home}")
    backups.back_up(Where.layout, settings.database_url, folder.absolute(), say)


@app.command()
def restore(folder: Annotated[Path, typer.Argument(help="What `backup` wrote.")]) -> None:
    """Bring a backup back into an empty --home, and prove every row count and checksum; then `up`."""
    backups.restore(Where.layout, folder.absolute(), say)


@app.command("retry-facts")
def retry_facts() -> None:
    """Ship once more what crm refused, after crm was mended; the exit status is 1 when nothing was kept back."""
    from ops.facts import retry

    refused = retry(settings_of_running(Where.layout), datetime.now(UTC))
    say(refused or "on their way; `./hotline doctor` tells whether crm took them")
    raise typer.Exit(1 if refused else 0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; errors that the operator can mend are one line, not a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        app(hoist_globals(given), prog_name="./hotline")
    except SAID as error:
        say(str(error))
        sys.exit(1)
    except PermissionError as error:
        told = denied.words(error, os.geteuid())
        if told is None:
            raise
        say(told)
        sys.exit(1)
    except subprocess.TimeoutExpired as error:
        say(f"no end after {error.timeout:.0f} s: {error.cmd[:4]}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
