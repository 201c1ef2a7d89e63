"""crm's command: serve (default), migrate, token, account, demo."""

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer

from crm import migrate as migrations
from crm.accounts import service as accounts
from crm.accounts.command import app as account_app
from crm.accounts.schemas import Role
from crm.bootstrap import build
from crm.database import milliseconds
from crm.demo import seed
from crm.policy.clock_rules import parse_clock_rules
from crm.policy.pictures import pages
from crm.privacy import service as privacy
from crm.rules.service import default_sets
from crm.serve import serve as serve_forever
from crm.settings import load_settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.add_typer(account_app, name="account")


@app.callback(invoke_without_command=True)
def main(context: typer.Context) -> None:
    """Serve the pages and the private API."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.INFO)
    for library in ("httpx", "uvicorn", "websockets"):  # a line for every request and page: not worth keeping
        logging.getLogger(library).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    if context.invoked_subcommand is None:
        asyncio.run(serve_forever(load_settings()))


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    migrations.upgrade(load_settings().database_url)


@app.command()
def token(name: Annotated[str, typer.Option()], role: Annotated[Role, typer.Option()] = Role.SUPERVISOR) -> None:
    """Print a new bearer token for a program; an older one of the same name is revoked."""
    typer.echo(asyncio.run(_token(name, role)))


@app.command()
def re_erase(file: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Erase again whoever is on the re-erase list, after an older backup was restored; prints how many."""
    typer.echo(asyncio.run(_re_erase(file)))


@app.command()
def processes(folder: Annotated[Path, typer.Argument()] = Path("docs/tickets")) -> None:
    """Draw the ticket processes as pages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = parse_clock_rules(list(default_sets("clocks")))[-1]
    for name, text in pages(rules).items():
        (folder / name).write_text(text, encoding="utf-8")


@app.command()
def demo() -> None:
    """Make the demo's people and customer, and print their new passwords as JSON."""
    typer.echo(json.dumps(asyncio.run(_demo()), ensure_ascii=False))


async def _token(name: str, role: Role) -> str:
    settings = load_settings()
    async with build(settings) as process, process.parts.work() as session:
        secret = settings.cookie_secret.get_secret_value()
        return await accounts.make_token(session, name=name, role=role, secret=secret, now=process.parts.now())


async def _re_erase(file: Path | None) -> int:
    settings = load_settings()
    lines = privacy.read_list(file or settings.erasures_file)
    async with build(settings) as process, process.parts.work() as session:
        return await privacy.erase_again(session, lines, milliseconds(process.parts.now()))


async def _demo() -> dict[str, object]:
    async with build(load_settings()) as process, process.parts.work() as session:
        return await seed(session, process.parts.now())


if __name__ == "__main__":
    app()
