"""A real crm on a private PostgreSQL for the console's browser tests; ivr is played by telling its facts."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request
from playwright.async_api import Browser, Page

from crm.bootstrap import build
from crm.demo import seed
from ivr.contract import facts
from ivr.contract.envelope import Envelope
from ivr.contract.facts import Fact
from ivr.contract.ids import ContactId, ticket_number
from tests.e2e.console_page import ConsolePage
from tests.e2e.served import served
from tests.unit.crm.made import settings_of

ROOT = Path(__file__).parents[2]
ADDRESS = {"province": "广东省", "city": "佛山市", "district": "顺德区", "town": "容桂街道", "road": "新发路5号"}
CALLER = "+8613800138000"
_PORTS = range(27_100, 27_400)
_STARTUP_S = 120  # a busy machine starts it slowly
_TOKEN = "internal-of-the-test"
_ADMIN = "admin-of-the-test"


@dataclass
class Tale:
    """Tells facts of one ivr in order, with the times they are told at."""

    desk: httpx.AsyncClient
    seq: int = 0

    async def tell(self, contact: str, *told: Fact, ago_s: float = 0) -> None:
        """Deliver facts of a contact; the last one happened `ago_s` ago, the others a second apart before it."""
        start = datetime.now(UTC) - timedelta(seconds=ago_s + len(told) - 1)
        envelopes = []
        for index, fact in enumerate(told):
            self.seq += 1
            at = start + timedelta(seconds=index)
            envelopes.append(Envelope("ivr-1", self.seq, at, ContactId(contact), fact).to_json())
        (await self.desk.post("/internal/facts", json={"facts": envelopes})).raise_for_status()

    async def phone(self, agent: str, state: str, reason: str = "") -> None:
        """Tell an agent's state as Asterisk would."""
        await self.tell("", facts.AgentPhoneChanged(agent, state, reason))

    async def dialogue(self, contact: str, serial: int, caller: str = CALLER) -> str:
        """Tell a spoken repair report that goes to the queue; returns the ticket's number."""
        number, clip = str(ticket_number(serial)), f"{contact}/fault_code-2.wav"
        code = {"raw": "E零一", "canonical": "E01"}
        others: tuple[dict[str, str], ...] = ({"canonical": "E01"}, {"canonical": "E1"}, {"canonical": "F01"})
        await self.tell(
            contact,
            facts.ContactStarted(f"hotline-1.{serial}", caller, caller, "4001726011", f"r-{contact}", "v1"),
            facts.NodeEntered("main", "main_menu"),
            facts.TurnEnded("main", "main_menu", "success", "speech", "我要报修", meaning="repair", wait_ms=700),
            facts.MatterOpened(1, "repair"),
            facts.NodeEntered("fault", "fault_code"),
            facts.TurnEnded("fault", "fault_code", "no-match", "speech", clip=f"{contact}/fault_code.wav"),
            facts.TurnEnded("fault", "fault_code", "success", "speech", "E零一", "", "value", clip, asked="fault_code"),
            facts.SlotFilled(1, "fault_code", code, "unverified", "speech", others, clip),
            facts.NodeEntered("address", "address_full"),
            facts.SlotFilled(1, "address", ADDRESS, "voice_confirmed", "speech"),
            facts.SlotFilled(1, "product", {"value": "boiler"}, "dtmf", "dtmf"),
            facts.TicketOpened(1, number, "repair", "normal", "handed_over"),
            facts.HandedOver("queue", "repair"),
            ago_s=43,
        )
        await self.tell(contact, facts.QueueJoined(f"v-{contact}", "repair", 1), ago_s=42)
        return number

    async def ring(self, contact: str, agent: str) -> None:
        """Tell that the agent's phone rings for this contact."""
        await self.phone(agent, "ringing")
        await self.tell(contact, facts.AgentRinging(f"v-{contact}", "repair", agent))

    async def answer(self, contact: str, agent: str) -> None:
        """Tell that the agent answered."""
        await self.phone(agent, "talking")
        await self.tell(contact, facts.AgentAnswered(f"v-{contact}", "repair", agent, 42_000, 2_000))

    async def abandon(self, contact: str) -> None:
        """Tell that the caller gave up waiting."""
        left = facts.QueueLeft(f"v-{contact}", "repair", "abandoned", 42_000)
        await self.tell(contact, left, facts.ContactEnded("abandoned"))

    async def end(self, contact: str, agent: str) -> None:
        """Tell that the caller hung up."""
        ended = facts.TalkEnded(f"v-{contact}", "repair", agent, "caller", 60_000)
        await self.tell(contact, ended, facts.ContactEnded("talked", 16, 90_000))
        await self.phone(agent, "wrapup")


@dataclass
class Crm:
    """A running crm: where its pages are, who may log in, its ivr's tale."""

    url: str
    passwords: dict[str, str]
    tale: Tale
    environment: dict[str, str] = field(repr=False)
    process: asyncio.subprocess.Process | None = field(repr=False, default=None)

    async def start(self) -> None:
        """Start the process and wait until it serves."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "crm", cwd=ROOT, env=self.environment, stderr=asyncio.subprocess.DEVNULL
        )
        await _serving(self.url)

    async def kill(self) -> None:
        """End the process without warning."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


def free_port() -> int:
    """Return a port of our range that nobody listens on; another suite on this machine looks elsewhere in it first."""
    first = os.getpid() % len(_PORTS)
    for port in chain(_PORTS[first:], _PORTS[:first]):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


@asynccontextmanager
async def commands(port: int, tale: Tale) -> AsyncIterator[None]:
    """Play ivr's /commands: what is asked of a phone is done, and told as a fact."""
    app = FastAPI()
    states = {"agent_login": "ready", "agent_ready": "ready", "agent_pause": "paused", "agent_logout": "offline"}

    @app.post("/commands")
    async def run(request: Request) -> dict[str, str]:
        body = await request.json()
        args = body["args"]
        await tale.phone(args["agent"], states[body["name"]], args.get("reason", ""))
        return {"id": body["id"], "status": "done", "detail": ""}

    @app.get("/status")
    async def status() -> dict[str, str]:
        return {"status": "ok"}

    async with served(app, port):
        yield


async def _people(database_url: str, folder: Path) -> dict[str, str]:
    """Make the demo's people and customer, in this process: another one takes seconds to start; returns passwords."""
    async with build(settings_of(database_url, folder)) as process, process.parts.work() as session:
        made: Any = (await seed(session, process.parts.now()))["accounts"]
    return {item["number"]: item["password"] for item in made}


async def _serving(url: str) -> None:
    async with asyncio.timeout(_STARTUP_S), httpx.AsyncClient() as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(f"{url}/api/v1/status")).is_success:
                    return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _redis(folder: Path) -> AsyncIterator[str]:
    path = folder / "redis.sock"
    process = await asyncio.create_subprocess_exec(
        "redis-server", "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder),
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield f"unix://{path}"
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def running_crm(database_url: str, folder: Path) -> AsyncIterator[Crm]:
    """Run crm's own process on a migrated database with the demo's people; it ends with the block."""
    ports = {}
    held = []
    for name in ("WEB_PORT", "DESK_PORT", "COMMANDS_PORT"):
        ports[name] = free_port()
        held.append(socket.create_server(("127.0.0.1", ports[name])))
    for listener in held:
        listener.close()
    environment = os.environ | {"HOTLINE_DATABASE_URL": database_url, "HOTLINE_INTERNAL_TOKEN": _TOKEN}
    environment |= {"HOTLINE_COOKIE_SECRET": "cookie-of-the-test", "HOTLINE_ENV": ""}
    environment |= {"HOTLINE_FIRST_ADMIN_PASSWORD": _ADMIN}
    environment |= {f"HOTLINE_{name}": str(port) for name, port in ports.items()}
    for name in ("clips", "recordings", "voicemail", "packs", "photos"):
        (folder / name).mkdir(exist_ok=True)
        environment[f"HOTLINE_{name.upper()}_DIR"] = str(folder / name)
    url = f"http://127.0.0.1:{ports['WEB_PORT']}"
    headers = {"Authorization": f"Bearer {_TOKEN}"}
    desk = httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports['DESK_PORT']}", headers=headers, timeout=_STARTUP_S)
    tale = Tale(desk)
    async with desk, commands(ports["COMMANDS_PORT"], tale), _redis(folder) as redis:
        environment["HOTLINE_REDIS_URL"] = redis
        (folder / "people").mkdir()
        passwords = await _people(database_url, folder / "people") | {"admin": _ADMIN}
        running = Crm(url, passwords, tale, environment)
        try:
            await running.start()
            yield running
        finally:
            await running.kill()


async def open_at(crm: Crm, browser: Browser, number: str, path: str) -> tuple[ConsolePage, Page]:
    """Log somebody in and open an address."""
    console = await ConsolePage.open(browser, crm.url)
    await console.login(number, crm.passwords[number])
    await console.go(path)
    return console, console.page
