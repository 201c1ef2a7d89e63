"""How fast the CRM answers with a million tickets: every act through the whole application, warm and cold."""

import json
import statistics
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import make_url

from crm.accounts import repository as accounts_rows
from crm.accounts import service as accounts
from crm.accounts.schemas import Role
from crm.bootstrap import Process, build
from crm.migrate import upgrade
from crm.settings import Settings
from crm.web.app import make_web_app
from ops.bench.crm_asks import ASKS, MOVE, World, move, prepare_move
from ops.bench.crm_data import NOW, Size, fill
from ops.bench.crm_server import Server
from ops.layout import TREE, Layout

Say = Callable[[str], None]
Times = dict[str, list[float]]
AGENTS = ("8001", "8002", "8003", "9001")
LIST_P95_MS = 100.0
_WARM_UP = 40  # rounds: after them the rows that searches of a day meet lie in the server's cache, as in a working day


class BenchFailed(Exception):
    """A request was not answered well; the message says which."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured: milliseconds of each act, in the order they were taken."""

    size: Size
    megabytes: Mapping[str, int]
    warm: Times
    cold: Times


async def measure(folder: Path, size: Size, warm: int, cold: int, say: Say) -> "Found":
    """Fill the database in `folder` unless it is filled, ask everything; returns sizes and milliseconds by act."""
    server = Server(Layout(home=folder, tree=TREE, asterisk_tree=folder))
    server.start()
    try:
        await _prepare(folder, server, size, say)
        heated = await _warm(folder, server, size, warm, say)
        chilled = await _cold(folder, server, size, cold, say)
        return Found(size, server.megabytes(), heated, chilled)
    finally:
        server.stop()


async def _prepare(folder: Path, server: Server, size: Size, say: Say) -> None:
    mark = folder / "filled.json"
    wanted = {"tickets": size.tickets, "customers": size.customers, "seed": size.seed}
    upgrade(server.url)  # also of a folder that was kept: the code may be newer
    if mark.exists() and json.loads(mark.read_text(encoding="utf-8")) == wanted:
        say("the database is filled already")
        return
    async with _process(folder, server) as process, process.parts.work() as session:
        people = [
            await accounts.ensure_account(
                session, number=number, name=f"坐席{number}", roles=(Role.SUPERVISOR,), password="x" * 12, now=NOW,
                extension=number, queues=("repair",),
            )
            for number in AGENTS
        ]  # fmt: skip
        owners = [person.id for person in people]
    begun = time.monotonic()
    fill(server.url, size, owners, say)
    say(f"filled in {time.monotonic() - begun:.0f} s")
    mark.write_text(json.dumps(wanted), encoding="utf-8")


@asynccontextmanager
async def _process(folder: Path, server: Server) -> AsyncIterator[Process]:
    folders = {f"{name}_dir": folder for name in ("clips", "recordings", "voicemail", "packs", "photos")}
    secrets = {"internal_token": "bench", "cookie_secret": "bench"}
    url = make_url(server.url).render_as_string(hide_password=False)
    async with build(Settings.model_validate({"database_url": url, **secrets, **folders}), now=lambda: NOW) as process:
        yield process


@asynccontextmanager
async def _page(folder: Path, server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """Give a browser that is logged in; without a network between."""
    async with _process(folder, server) as process:
        async with process.parts.work() as session:
            account = await accounts_rows.by_number(session, AGENTS[-1])
            if account is None:
                raise BenchFailed("the folder holds another database than the benchmark's")
            cookie = await accounts.open_session(session, account, "bench", NOW)
        transport = httpx.ASGITransport(make_web_app(process.parts), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://page", headers={"X-Hotline": "1"}) as client:
            client.cookies.set("hotline_session", cookie)
            yield client


async def _once(world: World, name: str) -> float:
    """Do one act; returns its milliseconds."""
    ticket = await prepare_move(world) if name == MOVE else None
    begun = time.perf_counter()
    answer = await (ASKS[name](world) if ticket is None else move(world, ticket))
    took = (time.perf_counter() - begun) * 1000
    if not answer.is_success:
        raise BenchFailed(f"{name}: {answer.status_code} {answer.text[:200]}")
    return took


async def _warm(folder: Path, server: Server, size: Size, times: int, say: Say) -> Times:
    say("warm ...")
    found: Times = {}
    async with _page(folder, server) as client:
        world = World.of(client, size)
        names = (*ASKS, MOVE)
        for name in names * _WARM_UP:
            await _once(world, name)
        for name in names:
            found[name] = [await _once(world, name) for _ in range(times)]
    return found


async def _cold(folder: Path, server: Server, size: Size, times: int, say: Say) -> Times:
    """Ask each act as the first one after a restart with nothing cached; only the log-in was read before."""
    found: Times = {name: [] for name in (*ASKS, MOVE)}
    if times:
        say("cold ...")
        async with _page(folder, server) as client:
            world = World.of(client, size)
            for name in found:
                for _ in range(times):
                    server.cold()
                    (await client.get("/api/v1/me")).raise_for_status()
                    found[name].append(await _once(world, name))
    return found


def written(found: Found) -> str:
    """Return the result as the table of docs/benchmarks.md."""
    lines = ["| act | warm p50 | warm p95 | cold p50 | cold p95 |", "|---|---|---|---|---|"]
    for name, warm in found.warm.items():
        cells = [*percentiles(warm), *percentiles(found.cold[name])]
        lines.append(f"| {name} | {' | '.join(f'{cell:.0f}' if cell >= 0 else '-' for cell in cells)} |")
    return "\n".join([*lines, "", ", ".join(f"{name} {size} MB" for name, size in found.megabytes.items())])


def slow_lists(found: Found) -> list[str]:
    """Return the lists and searches whose warm p95 is over the goal."""
    asked = ("list", "tickets", "customers", "calls", "open tickets", "counts")
    over = [name for name, times in found.warm.items() if percentiles(times)[1] > LIST_P95_MS]
    return [name for name in over if name.startswith(asked)]


def percentiles(times: Sequence[float]) -> tuple[float, float]:
    """Return p50 and p95 (nearest rank), -1 for no times."""
    if not times:
        return -1.0, -1.0
    ordered = sorted(times)
    return statistics.median(ordered), ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]
