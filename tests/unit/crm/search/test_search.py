"""Search and long lists on the database: what is written is found at once, cursors lose nothing, few statements."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from crm.bootstrap import Process
from crm.customers.models import Customer
from crm.database import milliseconds
from crm.paging import COUNTED
from crm.search import repository, service
from crm.tickets.models import Ticket
from tests.unit.crm.conftest import Opener
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import ADDRESS, Clock
from tests.unit.crm.tickets_by_hand import API, given_staff, opened

FILE: dict[str, Any] = {
    "name": "陈国强", "numbers": [{"number": "13800138000", "main": True}], "addresses": [{"value": ADDRESS}],
}  # fmt: skip


async def found(client: httpx.AsyncClient, what: str, q: str) -> list[str]:
    """Return the keys of the rows that a search finds."""
    answer = await client.get(f"{API}/{what}", params={"q": q})
    assert answer.status_code == 200, answer.text
    return [row.get("no") or row["id"] for row in answer.json()["items"]]


async def given_file(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await client.post(f"{API}/customers", json=FILE | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_ticket_is_found_by_its_customer_and_follows_it(page: Opener) -> None:
    async with page("8001") as client:
        file = await given_file(client)
        ticket = await opened(client, "repair", customer=file["id"], slots={"fault_code": {"canonical": "E01"}})
        for q in ("陈国强", "cgq", "8000", "容桂", "E01", ticket["no"], ticket["no"][-4:], "国强 顺德 E01"):
            assert await found(client, "tickets", q) == [ticket["no"]], q
        change = {"version": file["version"], "name": "梁小燕"}
        assert (await client.patch(f"{API}/customers/{file['id']}", json=change)).status_code == 200
        assert await found(client, "tickets", "陈国强") == []
        assert await found(client, "tickets", "小燕") == [ticket["no"]]
        put = await client.put(f"{API}/customers/{file['id']}/numbers", json={"number": "0757-66883358"})
        assert put.status_code == 200
        assert await found(client, "tickets", "66883358") == [ticket["no"]]
        changed = {"version": ticket["version"], "slots": {"fault_code": {"value": {"canonical": "F37"}}}}
        assert (await client.patch(f"{API}/tickets/{ticket['no']}", json=changed)).status_code == 200
        assert (await found(client, "tickets", "F37"), await found(client, "tickets", "E01")) == ([ticket["no"]], [])


async def test_a_customer_is_found_by_a_machine_also_when_it_is_given_away(page: Opener) -> None:
    async with page("8001") as client:
        first, second = await given_file(client), await given_file(client, name="黄丽", numbers=[], addresses=[])
        body = {"customer": first["id"], "model": "HP-24", "serial": "2503-01877"}
        card = (await client.post(f"{API}/products", json=body)).json()
        assert await found(client, "customers", "01877") == [first["id"]]
        moved = body | {"customer": second["id"], "version": card["version"]}
        assert (await client.put(f"{API}/products/{card['id']}", json=moved)).status_code == 200
        assert await found(client, "customers", "2503-01877") == [second["id"]]


async def test_a_merge_and_its_undo_take_the_tickets_along(page: Opener, process: Process, clock: Clock) -> None:
    await given_staff(process, clock)
    async with page("7001") as client:
        kept, gone = await given_file(client), await given_file(client, name="陈阿强")
        ticket = await opened(client, "repair", customer=gone["id"])
        merge = {"gone": gone["id"], "version": kept["version"]}
        done = (await client.post(f"{API}/customers/{kept['id']}/merges", json=merge)).json()
        assert await found(client, "tickets", "国强") == [ticket["no"]]
        assert await found(client, "customers", "13800138000") == [kept["id"]]
        assert (await client.post(f"{API}/customer-merges/{done['id']}/undo")).status_code == 200
        assert (await found(client, "tickets", "国强"), await found(client, "tickets", "阿强")) == ([], [ticket["no"]])


async def test_an_erased_person_is_found_no_more(page: Opener, process: Process, clock: Clock) -> None:
    await given_staff(process, clock)
    async with page("8001") as client, page("7004") as admin:
        file = await given_file(client)
        ticket = await opened(client, "repair", customer=file["id"])
        assert (await admin.post(f"{API}/customers/{file['id']}/erase", json={"reason": "本人要求"})).is_success
        for what, q in (("tickets", "陈国强"), ("tickets", "8000"), ("tickets", "容桂"), ("customers", "陈国强")):
            assert await found(client, what, q) == [], q
        assert await found(client, "tickets", ticket["no"]) == [ticket["no"]]


async def test_rows_from_before_the_terms_are_caught_up(page: Opener, process: Process, clock: Clock) -> None:
    async with page("8001") as client:
        file = await given_file(client)
        ticket = await opened(client, "repair", customer=file["id"])
        async with process.parts.work() as session:
            for model in (Customer, Ticket):
                await session.execute(update(model).values(terms=None))
        assert await found(client, "tickets", "陈国强") == []
        done: list[int] = []
        while not done or done[-1]:
            async with process.parts.work() as session:
                done.append(await service.catch_up(session, clock()))
        assert done == [1, 1, 0]
        assert await found(client, "tickets", "陈国强 顺德") == [ticket["no"]]
        assert await found(client, "customers", "国强") == [file["id"]]


async def given_tickets(process: Process, clock: Clock, count: int) -> list[str]:
    """Insert tickets, four of one time, every seventh an open emergency; returns their numbers as a list shows them."""
    async with process.parts.work() as session:
        for index in range(count):
            at = milliseconds(clock()) + timedelta(seconds=index // 4)
            priority = "normal" if index % 7 else "urgent"
            session.add(
                Ticket(
                    no=f"{20_000_000 + index}", kind="repair", state="new", priority=priority, created_at=at,
                    updated_at=at, terms=["顺德", f"#{index % 10}"],
                )
            )  # fmt: skip
    async with process.parts.work() as session:
        order = (Ticket.pressing.desc(), Ticket.created_at.desc(), Ticket.no.desc())
        return list((await session.execute(select(Ticket.no).order_by(*order))).scalars())


@pytest.mark.parametrize(("probed", "common"), [(5000, 20000), (9, 20000), (9, -1)], ids=["few", "many", "common"])
@pytest.mark.parametrize("q", ["", "顺德"])
async def test_cursors_give_every_row_once_in_order(
    page: Opener, process: Process, clock: Clock, monkeypatch: pytest.MonkeyPatch, q: str, probed: int, common: int
) -> None:
    monkeypatch.setattr(repository, "PROBED", probed)
    monkeypatch.setattr(repository, "COMMON", common)
    expected = await given_tickets(process, clock, 30)
    async with page("8001") as client:
        seen: list[str] = []
        cursor = ""
        while True:
            answer = await client.get(f"{API}/tickets", params={"q": q, "cursor": cursor, "size": 7})
            part = answer.json()
            seen += [row["no"] for row in part["items"]]
            counted = 30 if not q or probed > 30 else probed + 1
            # who holds common words is not counted: here the planner was told that thirty are more than a thousand
            wanted = (COUNTED, True) if q and common < 0 else (counted, False)
            assert (part["total"], part["capped"]) == wanted
            cursor = part["next"]
            if not cursor:
                break
    assert seen == expected
    assert expected[:5] == sorted(expected[:5], reverse=True)
    assert int(expected[4]) < int(expected[5])  # the emergencies came first


async def test_a_cursor_that_is_not_ours(page: Opener) -> None:
    async with page("8001") as client:
        for what in ("tickets", "customers", "calls", "callbacks"):
            answer = await client.get(f"{API}/{what}", params={"cursor": "abc"})
            assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "cursor"), what


@pytest.mark.parametrize(
    "what", ["tickets", "tickets?q=顺德", "tickets?view=unverified", "customers", "customers?q=顺德"]
)
async def test_a_list_of_many_rows_takes_no_more_statements_than_one_of_few(page: Opener, what: str) -> None:
    async with page("8001") as client:
        counts: list[int] = []
        for _ in range(2):
            for index in range(4):
                number = f"1380013{index}{len(counts)}00"
                file = await given_file(client, name=f"陈{index}", numbers=[{"number": number}])
                slots = {"fault_code": {"canonical": "E01"}}
                await opened(client, "repair", customer=file["id"], slots=slots)
            with statements() as sent:
                answer = await client.get(f"{API}/{what}")
            assert answer.status_code == 200
            counts.append(len(sent))
        assert counts[0] == counts[1] <= 10, sent
