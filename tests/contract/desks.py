"""The worlds of the Desk contract: a fake in memory, the same behind HTTP, and crm's own application with PostgreSQL.

Each holds the same: KNOWN has a machine and an address on file, REPORTED an open ticket that was urged once and has an
appointment today and a call-back to come, CUT a report that a hang-up cut a moment ago; nobody knows STRANGER.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Role, Viewer
from crm.bootstrap import Process, build
from crm.customers import service as customers
from crm.desk import intake
from crm.desk.models import ReceivedFact
from crm.engineers import service as engineers
from crm.engineers.schemas import EngineerDraft
from crm.products import repository as products
from crm.products.models import Product
from crm.tickets import repository as ticket_rows
from crm.visits import planning
from crm.visits import service as visits
from crm.visits.schemas import VisitDraft
from crm.web.app import make_desk_app
from ivr.contract import facts
from ivr.contract.desk import Desk
from ivr.contract.envelope import Envelope
from ivr.contract.ids import ContactId
from ivr.sessions.desk_http import DeskTimeouts, HTTPDesk
from tests.unit.crm.fakes import ADDRESS, NOON, Clock, FakeTelephone, Story
from tests.unit.crm.made import INTERNAL_TOKEN, settings_of
from tests.unit.crm.server import running
from tests.unit.ivr.sessions.desk_server import TOKEN, desk_server
from tests.unit.ivr.sessions.fakes import CARD, DOOR_CODE, DRAFT, NOW, OWN_CODE, REPORTED, TICKET, MemoryDesk

KNOWN, CUT, STRANGER = "+8613800138000", "+8613800138009", "+8613900139000"
PATIENT = DeskTimeouts(*[30.0] * 6)  # the machine may be busy, and none of these tests is about time
_REFUSED = facts.CallbackRang("busy")


@dataclass(frozen=True, slots=True)
class World:
    """A desk and what is outside its port.

    door_code: what the engineer says at REPORTED's door; own_code: what a call of ours told. refused: the second fact
    of ivr-1, malformed. held: node -> number and kind of each of its facts there. tickets: contact -> the numbers of
    its tickets there. go: away (True) or back (False).
    """

    desk: Desk
    door_code: str
    own_code: str
    refused: Envelope
    held: Callable[[str], Awaitable[list[tuple[int, str]]]]
    tickets: Callable[[str], Awaitable[list[str]]]
    go: Callable[[bool], Awaitable[None]]


@contextlib.asynccontextmanager
async def in_memory() -> AsyncIterator[World]:
    """A MemoryDesk."""
    memory = _memory()
    yield _around(memory, memory)


@contextlib.asynccontextmanager
async def by_http() -> AsyncIterator[World]:
    """HTTPDesk and a MemoryDesk behind a server."""
    memory = _memory()
    async with desk_server(memory) as port, _client(port) as client:
        yield _around(memory, HTTPDesk(client, TOKEN, PATIENT))


def _memory() -> MemoryDesk:
    return MemoryDesk(refuses={_REFUSED.KIND}, waiting_callbacks={REPORTED})


def _around(memory: MemoryDesk, desk: Desk) -> World:
    async def held(node: str) -> list[tuple[int, str]]:
        return [(seq, envelope.fact.KIND) for seq, envelope in sorted(memory.held.get(node, {}).items())]

    async def tickets(contact: str) -> list[str]:
        return [number for (of, _), number in sorted(memory.tickets.items()) if of == contact]

    async def go(away: bool) -> None:
        memory.away = away

    return World(desk, DOOR_CODE, OWN_CODE, Envelope("ivr-1", 2, NOW, ContactId("c"), _REFUSED), held, tickets, go)


def _client(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)


@contextlib.asynccontextmanager
async def real_crm(database_url: str, folder: Path) -> AsyncIterator[World]:
    """HTTPDesk and crm's private application over the database given, which is empty and reached by a link."""
    url, _, sockets = database_url.partition("host=")
    link = folder / "db"
    link.symlink_to(sockets)
    settings = settings_of(f"{url}host={link}", folder)
    async with build(settings, now=Clock(), telephone=FakeTelephone()) as process:
        async with process.parts.work() as session:
            door_code, own_code = await _given(session, process)
        async with running(make_desk_app(process.parts)) as port, _client(port) as client:
            desk = HTTPDesk(client, INTERNAL_TOKEN, PATIENT)

            async def held(node: str) -> list[tuple[int, str]]:
                query = select(ReceivedFact.seq, ReceivedFact.kind).where(ReceivedFact.node == node)
                async with process.parts.work() as session:
                    return [(seq, kind) for seq, kind in await session.execute(query.order_by(ReceivedFact.seq))]

            async def tickets(contact: str) -> list[str]:
                async with process.parts.work() as session:
                    return [ticket.no for ticket in await ticket_rows.of_contact(session, contact)]

            async def go(away: bool) -> None:
                if not away:
                    link.symlink_to(sockets)
                    return
                link.unlink()
                await process.health.engine.dispose()  # the connections that stood are gone too

            refused = Envelope("ivr-1", 2, NOON, ContactId("c" * 300), _REFUSED)
            yield World(desk, door_code, own_code, refused, held, tickets, go)


async def _given(session: AsyncSession, process: Process) -> tuple[str, str]:
    """Put the three callers into crm; returns the visit's code and that of a call of ours two days ago."""
    customer = await customers.learn_caller(session, KNOWN, NOON)
    assert customer is not None
    customer.elder = CARD.elder
    await customers.learn_address(session, customer.id, ADDRESS, "verified", NOON)
    bought = date.fromisoformat(CARD.products[0].bought_on)
    machine = Product(customer_id=customer.id, product_class="boiler", purchased_on=bought, created_at=NOON)
    await products.add(session, machine)
    await intake.take(session, "ivr-0", _calls(), NOON)
    zone = process.parts.settings.zone
    dispatcher = Viewer(id="", number="9001", name="张伟", roles=frozenset({Role.DISPATCHER}))
    engineer = await engineers.create(session, EngineerDraft(name=TICKET.engineer, badge_no="1026"), NOON)
    times = {"starts_at": NOON.replace(hour=9, minute=0, second=0), "ends_at": NOON.replace(hour=11, minute=0)}
    draft = VisitDraft.model_validate({"ticket": TICKET.number, "engineer": engineer.id, "fee": "in", **times})
    visit = await planning.plan(session, draft, dispatcher, NOON, zone)
    return visit.code, await visits.make_callback_code(session, "", NOON - timedelta(days=2))


def _calls() -> list[Envelope]:
    """Return the facts of REPORTED's and CUT's calls, an hour and some minutes ago."""

    def started(caller: str) -> facts.ContactStarted:
        return facts.ContactStarted("hotline-1.1", caller[3:], caller, "4001726011", "", "v1")

    story = Story(node="ivr-0", at=NOON - timedelta(hours=1))
    story.tell(
        started(REPORTED),
        facts.MatterOpened(1, "repair"),
        facts.SlotFilled(1, "product", {"value": "boiler"}, "dtmf", "dtmf"),
        facts.SlotFilled(1, "fault_code", {"canonical": "E01"}, "voice_confirmed", "speech"),
        facts.SlotFilled(1, "address", ADDRESS, "voice_confirmed", "speech"),
        facts.TicketOpened(1, TICKET.number, "repair", "normal", "reported"),
        facts.TicketUrged(1, TICKET.number, 1),
        facts.CallbackRequested("asked", 1, queue="repair"),
        facts.ContactEnded("reported"),
    )
    story.at = NOON - timedelta(minutes=3)
    (cut,) = DRAFT.slots
    story.tell(
        started(CUT),
        facts.MatterOpened(1, DRAFT.kind),
        facts.SlotFilled(1, cut.slot, cut.value, cut.status, cut.source, (), cut.clip),
        facts.TicketOpened(1, DRAFT.ticket, DRAFT.kind, "normal", "hung_up"),
        facts.ContactEnded("hung_up"),
        contact="f" * 32,
    )
    return story.told
