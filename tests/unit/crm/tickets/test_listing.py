"""Filtered lists on the database: the rows that a plain reading of all tickets gives, in order, page by page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import undefer

from crm.bootstrap import Process
from crm.clocks.models import TicketClock
from crm.database import milliseconds
from crm.engineers.models import Engineer
from crm.policy.ticket_filters import NOBODY, VIEWS, Asked
from crm.policy.ticket_states import OPEN
from crm.search import repository as search
from crm.tickets import listing
from crm.tickets.models import Ticket
from crm.visits.models import EngineerVisit
from tests.unit.crm.conftest import Opener
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import NOON, NUMBER, Clock, Story, dialogue, talk, waiting, wire
from tests.unit.crm.tickets_by_hand import API, moved, opened
from tests.unit.crm.visits.world import ask, given_visit

KINDS, STATES, PRIORITIES = ("repair", "complaint", "consult"), ("new", "to_dispatch", "closed"), ("urgent", "normal")
OWNER = "8001"
LATER, LATEST = "2026-11-22T12:00:00Z", "2026-11-22T14:00:00Z"


async def given_tickets(process: Process, clock: Clock, count: int = 120) -> list[Ticket]:
    """Insert tickets of every sort, three of one time; returns them as a list shows them.

    Of every four one was opened by hand, of every five one was urged. Of every six one is visited twice today, one
    tomorrow, one was visited yesterday and one will not be visited after all.
    """
    chance = Random(5)  # noqa: S311 made-up data
    async with process.parts.work() as session:
        query_of_account = text("SELECT id FROM accounts WHERE number = :no")
        me, other = [(await session.execute(query_of_account, {"no": no})).scalar_one() for no in (OWNER, "8002")]
        for index in range(count):
            state = chance.choice(STATES)
            at = milliseconds(clock()) - timedelta(hours=index // 3)
            session.add(
                Ticket(
                    no=f"{20_000_000 + index}", kind=chance.choice(KINDS), state=state, is_open=state in OPEN,
                    priority=chance.choice(PRIORITIES), owner_id=chance.choice((me, None)), created_at=at,
                    updated_at=at, terms=["顺德"] if index % 2 else ["南海"], urged=index % 5 == 0,
                    opened_by=(me, other)[index // 4 % 2] if index % 4 == 0 else None,
                )
            )  # fmt: skip
        await session.flush()
        engineer = Engineer(name="李强", badge_no=str(count), created_at=milliseconds(clock()))
        session.add(engineer)
        await session.flush()
        for index in range(count):
            session.add_all(_visits(f"{20_000_000 + index}", index, engineer.id, milliseconds(clock())))
    async with process.parts.work() as session:
        order = (Ticket.pressing.desc(), Ticket.created_at.desc(), Ticket.no.desc())
        query = select(Ticket).options(undefer(Ticket.terms)).order_by(*order)
        return list((await session.execute(query)).scalars())


def _visits(no: str, index: int, engineer: str, noon: datetime) -> list[EngineerVisit]:
    """Return a ticket's visits; the day ends twelve hours after `noon`."""
    begins = {0: (-12, 11), 1: (12,), 2: (-13,), 3: (3,)}.get(index % 6, ())
    return [
        EngineerVisit(
            ticket_no=no, engineer_id=engineer, starts_at=noon + timedelta(hours=hours), code=f"{index}.{hours}",
            ends_at=noon + timedelta(hours=hours, minutes=30), state="cancelled" if index % 6 == 3 else "planned",
            finish_code="", created_at=noon,
        )
        for hours in begins
    ]  # fmt: skip


def number(ticket: Ticket) -> int:
    """Return which of the given tickets it is."""
    return int(ticket.no) - 20_000_000


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
    ({"view": "opened"}, lambda t: number(t) % 8 == 0),
    ({"view": "opened", "state": ["new"], "owner": "none"},
     lambda t: number(t) % 8 == 0 and t.state == "new" and t.owner_id is None),
    ({"view": "urged"}, lambda t: t.is_open and number(t) % 5 == 0),
    ({"view": "urged", "q": "顺德"}, lambda t: t.is_open and number(t) % 5 == 0 and number(t) % 2 == 1),
    ({"view": "visits"}, lambda t: number(t) % 6 == 0),
    ({"view": "visits", "state": ["new"], "q": "南海"}, lambda t: number(t) % 6 == 0 and t.state == "new"),
    ({"view": "visits", "owner": "none", "days": 2},
     lambda t: number(t) % 6 == 0 and t.owner_id is None and number(t) // 3 <= 36),
    ({"state": ["new"], "q": "顺德"}, lambda t: t.state == "new" and "顺德" in (t.terms or ())),
]  # fmt: skip


@pytest.mark.parametrize(("params", "fits"), FILTERS, ids=[str(params) for params, _ in FILTERS])
@pytest.mark.parametrize(("probed", "common"), [(5000, 20000), (3, 20000), (3, -1)], ids=["few", "many", "common"])
async def test_a_filtered_list_is_the_whole_list_filtered(
    page: Opener, process: Process, clock: Clock, monkeypatch: pytest.MonkeyPatch, params: dict[str, Any],
    fits: Callable[[Ticket], bool], probed: int, common: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(search, "PROBED", probed)
    monkeypatch.setattr(search, "COMMON", common)
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


STATEMENTS = [
    {"kind": "repair", "q": "顺德"},
    *({"view": name} for name in ("open", "late", "opened", "visits", "urged")),
]


@pytest.mark.parametrize("params", STATEMENTS, ids=str)
async def test_a_list_takes_as_many_statements_whatever_it_holds(
    page: Opener, process: Process, clock: Clock, params: dict[str, str]
) -> None:
    async with page(OWNER) as client:
        counts = []
        for count in (12, 60):
            async with process.parts.work() as session:
                await session.execute(text("TRUNCATE tickets CASCADE"))
            await given_tickets(process, clock, count)
            with statements() as sent:
                assert (await client.get(f"{API}/tickets", params=params)).status_code == 200
            counts.append(len(sent))
    assert counts[0] == counts[1] <= 10, sent


ASKED = [
    (VIEWS["open"], "ix_tickets_cells"),
    (VIEWS["late"], "ix_tickets_cells"),
    (Asked(owners=frozenset({"a"})), "ix_tickets_owned"),
    (Asked(owners=frozenset({NOBODY}), states=OPEN), "ix_tickets_owned"),
    (Asked(opener="a"), "ix_tickets_opened"),
    (VIEWS["urged"], "ix_tickets_urged"),
    (Asked(visit_day=NOON), "pk_tickets"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "index"), ASKED, ids=["open", "late", "mine", "nobody's", "opened", "urged", "visits"]
)
async def test_a_list_is_read_by_its_index(process: Process, clock: Clock, wanted: Asked, index: str) -> None:
    """Both the page and its count: without it a million tickets are read to count some."""
    await given_tickets(process, clock, 600)
    page_of = listing.first_rows(wanted, clock(), (), (False, clock(), "20000000"), 50)
    assert page_of is not None
    async with process.parts.work() as session:
        await session.execute(text("ANALYZE tickets, engineer_visits"))
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        for query in (page_of, listing.number_of(wanted, clock(), (), 1001)):
            plan = str((await session.execute(search.Explained(query))).scalar_one())
            assert index in plan, plan


@pytest.mark.parametrize("wanted", [VIEWS["open"], Asked(owners=frozenset({"a"})), VIEWS["today"]])
async def test_words_are_looked_for_in_the_few_tickets_of_a_list_by_their_number(
    process: Process, clock: Clock, wanted: Asked
) -> None:
    """As a condition of each cell they were looked for in all tickets of the last weeks, once for every cell."""
    await given_tickets(process, clock, 600)
    few = listing.places(wanted, clock(), (), None, 50)
    assert few is not None
    async with process.parts.work() as session:
        await session.execute(text("ANALYZE tickets"))
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        query = select(func.count()).select_from(listing.holding(few, "顺德"))
        plan = str((await session.execute(search.Explained(query))).scalar_one())
        assert "pk_tickets" in plan, plan
        assert "ix_tickets_created_at" not in plan, plan
        assert "ix_tickets_terms" not in plan, plan


async def test_what_an_agent_opened_stays_the_agents_own_list(page: Opener) -> None:
    """Whoever has it now, and when it is done."""
    async with page(OWNER) as mine, page("8002") as theirs:
        ticket = await opened(mine, "repair")
        owner = next(row for row in (await theirs.get(f"{API}/ticket-owners")).json() if row["name"] == "王敏")
        await theirs.patch(f"{API}/tickets/{ticket['no']}", json={"version": 1, "owner": owner["account"]})
        assert await read(mine, 50, view="mine") == ([], 0)
        await moved(theirs, ticket, "resolve")
        assert await read(mine, 50, view="opened") == ([ticket["no"]], 1)
        assert await read(theirs, 50, view="opened") == ([], 0)


async def test_what_a_call_opened_was_opened_by_nobody(page: Opener, desk: httpx.AsyncClient) -> None:
    story = Story()
    await desk.post("/internal/facts", json=wire(story.tell(*dialogue(), *waiting(), *talk())))
    async with page(OWNER) as client:
        assert await read(client, 50, view="mine") == ([NUMBER], 1)
        assert await read(client, 50, view="opened") == ([], 0)


async def test_the_days_visits_lose_what_is_cancelled_or_put_off(page: Opener) -> None:
    async with page("9001") as client:
        first, second = await given_visit(client), await given_visit(client, starts_at=LATER, ends_at=LATEST)
        listed = sorted([first["ticket"], second["ticket"]], reverse=True)
        assert await read(client, 50, view="visits") == (listed, 2)
        off: dict[str, Any] = {
            "starts_at": "2026-11-22T16:00:00Z",
            "ends_at": "2026-11-22T18:00:00Z",
        }  # midnight in China
        await ask(client, "PATCH", f"/visits/{second['id']}", version=second["version"], **off)
        assert await read(client, 50, view="visits") == ([first["ticket"]], 1)
        await ask(client, "PATCH", f"/visits/{first['id']}", version=first["version"], cancel=True)
        assert await read(client, 50, view="visits") == ([], 0)
