"""`python -m crm account ...`: keep accounts without the page; the operator reaches it by `./hotline account`."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts import repository, staff
from crm.accounts.errors import NoAccount
from crm.accounts.models import Account
from crm.accounts.schemas import AccountChange, AccountForm, Role, Viewer
from crm.bootstrap import build
from crm.database import milliseconds
from crm.errors import Refusal
from crm.settings import load_settings
from crm.telephone import Telephone
from crm.words import QUEUES

app = typer.Typer(no_args_is_help=True, help="Accounts: list, add, reset the password of, disable, enable.")
Done = TypeVar("Done")
Work = Callable[[AsyncSession, Telephone, datetime], Awaitable[Done]]
_OPERATOR = Viewer(id="", number="", name="hotline account", roles=frozenset({Role.ADMIN}), program=True)
NumberArgument = Annotated[str, typer.Argument(help="工号: letters and digits.")]


@app.command("list")
def show() -> None:
    """Print every account in one line."""

    async def work(session: AsyncSession, _: Telephone, now: datetime) -> list[AccountForm]:
        return await staff.forms(session, await repository.everybody(session), now)

    for item in _run(work):
        marks = [*item.role_names, f"分机 {item.extension}" if item.extension else "", "" if item.active else "停用"]
        typer.echo(f"{item.number}  {item.name}  {' '.join(mark for mark in marks if mark)}")


@app.command()
def add(
    number: NumberArgument,
    name: Annotated[str, typer.Option()],
    role: Annotated[list[Role], typer.Option(help="May be given several times.")],
    extension: Annotated[str, typer.Option(help="The desk phone, e.g. 8002.")] = "",
    queue: Annotated[list[str] | None, typer.Option(help="May be given several times; all four when left out.")] = None,
) -> None:
    """Make an account and print its password, which is shown this once."""
    queues = queue if queue is not None else list(QUEUES) if extension else []
    body = {"version": 0, "name": name, "roles": role, "extension": extension, "queues": queues}

    async def work(session: AsyncSession, telephone: Telephone, now: datetime) -> str:
        wanted = AccountChange.model_validate(body)
        return (await staff.save(session, telephone, staff.checked_number(number), wanted, _OPERATOR, now))[1]

    typer.echo(_run(work))


@app.command()
def reset(number: NumberArgument) -> None:
    """Print a new password of the account; every log-in of it ends."""

    async def work(session: AsyncSession, _: Telephone, now: datetime) -> str:
        return (await staff.reset(session, number, _OPERATOR, now))[1]

    typer.echo(_run(work))


@app.command()
def disable(number: NumberArgument) -> None:
    """Let nobody log in with the account any more; what it did keeps its name."""
    _run(lambda session, telephone, now: _activate(session, telephone, number, False, now))


@app.command()
def enable(number: NumberArgument) -> None:
    """Let the account log in again."""
    _run(lambda session, telephone, now: _activate(session, telephone, number, True, now))


async def _activate(session: AsyncSession, telephone: Telephone, number: str, active: bool, now: datetime) -> None:
    account = await repository.by_number(session, number)
    if account is None:
        raise NoAccount(f"没有工号 {number}")
    await staff.save(session, telephone, number, _as_it_is(account, active), _OPERATOR, now)


def _as_it_is(account: Account, active: bool) -> AccountChange:
    held = {name: getattr(account, name) for name in ("version", "name", "roles", "extension", "queues")}
    return AccountChange.model_validate({**held, "active": active})


def _run(work: Work[Done]) -> Done:
    """Do the work in one transaction; what is refused is one line on stderr and exit status 1."""

    async def inside() -> Done:
        async with build(load_settings()) as process, process.parts.work() as session:
            return await work(session, process.parts.telephone, milliseconds(process.parts.now()))

    try:
        return asyncio.run(inside())
    except (Refusal, ValueError) as error:
        typer.echo(error.detail if isinstance(error, Refusal) else str(error), err=True)
        raise typer.Exit(1) from None
