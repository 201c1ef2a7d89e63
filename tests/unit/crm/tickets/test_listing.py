"""Filtered lists on the database: the rows that a plain reading of all tickets gives, in order, page by page."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import undefer

from crm.bootstrap import Process
from crm.clocks.models import TicketClock
from crm.database import milliseconds
from crm.policy.ticket_filters import NOBODY, VIEWS, Asked
from crm.policy.ticket_states import OPEN
from crm.search import repository as search
from crm.tickets import listing
from crm.tickets.models import Ticket
from tests.unit.crm.conftest import Opener
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, moved, opened

KINDS, STATES, PRIORITIES = ("repair", "complaint", "consult"), ("new", "to_dispatch", "closed"), ("urgent", "normal")
OWNER = "8001"


async def given_tickets(process: Process, clock: Clock, count: int = 120) -> list[Ticket]:
    """Insert tickets of every sort, three of one time; returns them as a list shows them."""
    chance = Random(5)  # noqa: S311 made-up data
    async with process.parts.work() as session:
        me = (await session.execute(text("SELECT id FROM accounts WHERE number = :no"), {"no": OWNER})).scalar_one()
        for index in range(count):
            state = chance.choice(STATES)
            at = milliseconds(clock()) - timedelta(hours=index // 3)
            session.add(
                Ticket(
                    no=f"{20_000_000 + index}", kind=chance.choice(KINDS), state=state, is_open=state in OPEN,
                    priority=chance.choice(PRIORITIES), owner_id=chance.choice((me, None)), created_at=at,
                    updated_at=at, terms=["顺德"] if index % 2 else ["南海"],
                )
            )  # fmt: skip
    async with process.parts.work() as session:
        order = (Ticket.pressing.desc(), Ticket.created_at.desc(), Ticket.no.desc())
        query = select(Ticket).options(undefer(Ticket.terms)).order_by(*order)
        return list((await session.execute(query)).scalars())


async def read(client: httpx.AsyncClient, size: int, **params: Any) -> tuple[list[str], int]:
    """Return the numbers of a list, read page by page, and its total."""
    seen: list[str] = []
    cursor = ""
    while True:
        answer = await client.get(f"{API}/tickets", params={**params, "cursor": cursor, "size": size})
        assert answer.status_code == 200, answer.text
        part = answer.json()
        seen += [row["no"] for row in part["items"]]
        cursor = part["next"]
        if not cursor:
            return seen, part["total"]


FILTERS: list[tuple[dict[str, Any], Callable[[Ticket], bool]]] = [
    ({"kind": ["repair", "complaint"]}, lambda t: t.kind in ("repair", "complaint")),
    ({"state": ["closed"], "priority": ["urgent"]}, lambda t: t.state == "closed" and t.priority == "urgent"),
    ({"view": "open", "kind": ["consult"], "owner": "none"},
     lambda t: t.is_open and t.kind == "consult" and t.owner_id is None),
    ({"view": "mine"}, lambda t: t.is_open and t.owner_id is not None),
    ({"view": "urgent"}, lambda t: t.pressing),
    ({"view": "to_dispatch", "owner": "me"}, lambda t: t.state == "to_dispatch" and t.owner_id is not None),
    ({"view": "open", "state": ["closed"]}, lambda _: False),
    ({"state": ["new"], "q": "顺德"}, lambda t: t.state == "new" and "顺德" in (t.terms or ())),
]  # fmt: skip


@pytest.mark.parametrize(("params", "fits"), FILTERS, ids=[str(params) for params, _ in FILTERS])
@pytest.mark.parametrize("probed", [5000, 3], ids=["few", "many"])
async def test_a_filtered_list_is_the_whole_list_filtered(
    page: Opener, process: Process, clock: Clock, monkeypatch: pytest.MonkeyPatch, params: dict[str, Any],
    fits: Callable[[Ticket], bool], probed: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(search, "PROBED", probed)
    everything = await given_tickets(process, clock)
    expected = [ticket.no for ticket in everything if fits(ticket)]
    async with page(OWNER) as client:
        found, total = await read(client, 7, **params)
    assert found == expected
    assert total == len(expected) or ("q" in params and probed == 3)


async def test_days_and_promises_narrow_a_list(page: Opener, process: Process, clock: Clock) -> None:
    async with page(OWNER) as client:
        ticket = await opened(client, "repair")
        assert await read(client, 50, view="at_risk") == ([], 0)
        async with process.parts.work() as session:
            runs = select(TicketClock).where(TicketClock.state == "running").order_by(TicketClock.due_at)
            due = (await session.execute(runs)).scalars().first()
            assert due is not None
        clock.forward(seconds=(due.at_risk_at - clock()).total_seconds())
        assert await read(client, 50, view="at_risk") == ([ticket["no"]], 1)
        assert await read(client, 50, view="late") == ([], 0)
        row = (await client.get(f"{API}/tickets", params={"view": "at_risk"})).json()["items"][0]
        assert (row["clock"]["key"], row["clock"]["state"], row["region"]) == (due.key, "at_risk", "顺德区容桂街道")
        clock.forward(seconds=(due.due_at - clock()).total_seconds())
        assert await read(client, 50, view="late") == ([ticket["no"]], 1)
        async with process.parts.work() as session:
            await session.execute(update(TicketClock).values(state="breached"))
        assert await read(client, 50, view="late") == ([ticket["no"]], 1)
        assert await read(client, 50, days=30) == ([ticket["no"]], 1)
        async with process.parts.work() as session:
            await session.execute(update(Ticket).values(created_at=Ticket.created_at - timedelta(days=2)))
        assert await read(client, 50, days=1) == ([], 0)
        assert await read(client, 50, days=4) == ([ticket["no"]], 1)
        await moved(client, ticket, "resolve")
        assert await read(client, 50, view="late") == ([], 0)


async def test_a_filter_that_is_not_one_is_refused(page: Opener) -> None:
    async with page(OWNER) as client:
        for name, value in (("kind", "x"), ("state", "x"), ("priority", "x"), ("owner", "x"), ("days", -1)):
            answer = await client.get(f"{API}/tickets", params={name: value})
            assert (answer.status_code, name in answer.json()["fields"][0]["field"]) == (422, True), answer.text


@pytest.mark.parametrize("params", [{"view": "open"}, {"view": "late"}, {"kind": "repair", "q": "顺德"}], ids=str)
async def test_a_list_takes_as_many_statements_whatever_it_holds(
    page: Opener, process: Process, clock: Clock, params: dict[str, str]
) -> None:
    async with page(OWNER) as client:
        counts = []
        for count in (3, 60):
            async with process.parts.work() as session:
                await session.execute(text("TRUNCATE tickets CASCADE"))
            await given_tickets(process, clock, count)
            with statements() as sent:
                assert (await client.get(f"{API}/tickets", params=params)).status_code == 200
            counts.append(len(sent))
    assert counts[0] == counts[1] <= 10, sent


ASKED = [VIEWS["open"], VIEWS["late"], Asked(owners=frozenset({"a"})), Asked(owners=frozenset({NOBODY}), states=OPEN)]


@pytest.mark.parametrize("wanted", ASKED, ids=["open", "late", "mine", "nobody's"])
async def test_a_list_is_read_by_the_index_of_its_cells(process: Process, clock: Clock, wanted: Asked) -> None:
    """Both the page and its count: without it a million tickets are read to count some."""
    await given_tickets(process, clock, 600)
    page_of = listing.first_rows(wanted, clock(), (), (False, clock(), "20000000"), 50)
    assert page_of is not None
    async with process.parts.work() as session:
        await session.execute(text("ANALYZE tickets"))
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        for query in (page_of, listing.number_of(wanted, clock(), (), 1001)):
            plan = str((await session.execute(search.Explained(query))).scalar_one())
            index = "ix_tickets_owned" if wanted.owners else "ix_tickets_cells"
            assert index in plan, plan
