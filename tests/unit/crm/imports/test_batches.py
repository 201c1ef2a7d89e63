"""Batches: others write between them, a crash or a double submit neither loses nor doubles a line."""

import asyncio

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm.bootstrap import Process
from crm.imports.batches import take_next
from crm.imports.line_by_line import BATCH
from crm.imports.models import ImportLine
from crm.transaction import UnitOfWork
from tests.unit.crm.conftest import Opener
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import NOON
from tests.unit.crm.imports.tables_by_hand import (
    GOOD,
    MACHINES,
    checked,
    handed_in,
    many,
    names,
    taken,
    to_the_end,
    told,
)
from tests.unit.crm.tickets_by_hand import API


async def test_two_at_once_double_nothing(page: Opener, process: Process) -> None:
    async with page("9001") as first, page("9001") as second:
        digest = (await checked(first, GOOD))["digest"]
        both = await asyncio.gather(
            *(
                who.post(f"{API}/imports/customers", content=GOOD.encode(), params={"checked": digest})
                for who in (first, second)
            )
        )
        assert len({answer.json()["run"]["id"] for answer in both}) == 1
        await asyncio.gather(to_the_end(process), to_the_end(process))
        run = (await told(first, both[0].json()["run"]["id"]))["run"]
        assert (run["added"], run["passed"], len(await names(first))) == (2, 2, 2)
        log = (await first.get(f"{API}/audit?action=table_imported")).json()["items"]
        assert len(log) == 1


async def test_a_batch_takes_few_statements(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        run = (await handed_in(client, many(BATCH * 2)))["run"]
        with statements() as sent:
            assert await take_next(process.parts.work, NOON) == BATCH
        assert len(sent) < 30, len(sent)
        assert (await told(client, run["id"]))["run"]["passed"] == BATCH
        assert await names(client, f"凤翔路{BATCH - 1}号") == [f"客户{BATCH - 1}"]


async def test_others_write_between_two_batches_and_see_how_far_it_is(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        run = (await handed_in(client, many(BATCH * 2 + 1), name="客户.csv"))["run"]
        passed = []
        while await take_next(process.parts.work, NOON):
            made = await client.post(f"{API}/customers", json={"name": "来电", "numbers": []})
            assert made.status_code == 201
            listed = (await client.get(f"{API}/imports")).json()["items"][0]
            passed.append((listed["passed"], listed["lines"], listed["ended_at"] is None))
        lines = BATCH * 2 + 1
        assert passed == [(BATCH, lines, True), (BATCH * 2, lines, True), (lines, lines, False)]
        assert (await told(client, run["id"]))["run"]["added"] == lines


async def test_a_crash_on_the_way_neither_loses_nor_doubles_a_line(page: Opener, process: Process) -> None:
    work = process.parts.work

    async def crash(_: AsyncSession) -> None:
        raise OSError("the process is gone before it commits")

    dying = UnitOfWork(work._sessions, process.bell, crash)
    async with page("9001") as client:
        run = (await handed_in(client, many(BATCH + 50)))["run"]
        assert await take_next(work, NOON) == BATCH
        with pytest.raises(OSError, match="gone"):
            await take_next(dying, NOON)
        assert (await told(client, run["id"]))["run"]["passed"] == BATCH
        again = await handed_in(client, many(BATCH + 50))
        assert (again["run"]["id"], again["run"]["passed"], again["known"]) == (run["id"], BATCH, BATCH)
        await to_the_end(process)
        end = (await told(client, run["id"]))["run"]
        assert (end["added"], end["known"], end["left_out"], end["passed"]) == (BATCH + 50, 0, 0, BATCH + 50)
        found = (await client.get(f"{API}/customers")).json()
        assert found["total"] == BATCH + 50


async def test_a_line_that_the_database_refuses_is_left_out_and_the_others_go_on(
    page: Opener, process: Process
) -> None:
    async with process.parts.work() as session:
        await session.execute(text("ALTER TABLE customers ADD CONSTRAINT refused CHECK (name <> '客户1')"))
    try:
        async with page("9001") as client:
            run = await taken(process, client, many(3))
            assert (run["added"], run["left_out"]) == (2, 1)
            problems = (await told(client, run["id"]))["problems"]
            assert problems == [{"line": 3, "column": "", "reason": "这一行写不进去，请检查内容"}]
    finally:
        async with process.parts.work() as session:
            await session.execute(text("ALTER TABLE customers DROP CONSTRAINT refused"))


async def test_what_turns_out_wrong_on_the_way_is_told_by_its_line(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        await taken(process, client, GOOD)
        run = (await handed_in(client, MACHINES, "products"))["run"]
        await client.post(f"{API}/customers", json={"name": "陈太", "numbers": [{"number": "13800138000"}]})
        await to_the_end(process)
        end = await told(client, run["id"])
        assert (end["run"]["added"], end["run"]["left_out"]) == (0, 1)
        assert end["problems"] == [{"line": 2, "column": "客户电话", "reason": "这个电话有几位客户，请填客户姓名"}]
        assert (await client.get(f"{API}/imports/runs/none")).status_code == 404


async def test_what_waits_is_not_kept_when_it_has_passed(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        await handed_in(client, GOOD)
        async with process.parts.work.snapshot() as session:
            assert len((await session.execute(select(ImportLine.number))).all()) == 2
        await to_the_end(process)
        async with process.parts.work.snapshot() as session:
            assert (await session.execute(select(ImportLine.number))).all() == []
