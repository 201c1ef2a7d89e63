"""Taking an import back: what it made goes, however often asked; whole runs, batches, a crash, and who may not."""

import asyncio

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm.bootstrap import Process
from crm.customers.models import PhoneNumber
from crm.imports.line_by_line import BATCH
from crm.imports.models import ImportChange
from crm.imports.undo import undo_next
from crm.transaction import UnitOfWork
from tests.unit.crm.conftest import Opener
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import NOON, Clock
from tests.unit.crm.imports.tables_by_hand import (
    CHEN,
    GOOD,
    HEAD,
    MACHINES,
    checked,
    file_of,
    handed_in,
    many,
    names,
    stays,
    taken,
    to_the_end,
    told,
    undone,
)
from tests.unit.crm.tickets_by_hand import API, given_staff
from tests.unit.crm.visits.world import ask

_HOLD = """CREATE TABLE holders (customer_id varchar(32) REFERENCES customers (id));
INSERT INTO holders SELECT id FROM customers WHERE name = '客户1'"""


async def test_what_an_import_made_goes_and_the_audit_log_says_who_took_it_back(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        run = await taken(process, client, GOOD, name="客户.csv")
        assert (run["written"], run["undo_until"]) == (2, "2026-11-29T04:00:00.123Z")
        report = await undone(process, client, run["id"])
        assert (report["run"]["undone"], report["run"]["stayed"], report["stayed"]) == (2, 0, [])
        assert (report["run"]["undo_by"], report["run"]["undo_until"]) == ("张伟", None)
        assert await names(client) == []
        log = (await client.get(f"{API}/audit?action=import_undone")).json()["items"]
        assert [(item["subject"], item["detail"], item["actor_name"]) for item in log] == [
            (run["id"], "customers 共 2 行", "张伟")
        ]
        async with process.parts.work.snapshot() as session:
            assert (await session.execute(select(PhoneNumber.id))).all() == []
        again = await checked(client, GOOD)
        assert (again["new"], again["before"]["undo_by"]) == (2, "张伟")
        assert (await taken(process, client, GOOD))["added"] == 2


async def test_a_second_time_and_two_at_once_take_back_once(page: Opener, process: Process) -> None:
    async with page("9001") as first, page("9001") as second:
        run = await taken(process, first, GOOD)
        path = f"{API}/imports/runs/{run['id']}/undo"
        both = await asyncio.gather(first.post(path), second.post(path))
        assert [answer.status_code for answer in both] == [202, 202]
        await asyncio.gather(to_the_end(process), to_the_end(process))
        report = await undone(process, first, run["id"])
        assert (report["run"]["undone"], report["run"]["stayed"]) == (2, 0)
        assert len((await first.get(f"{API}/audit?action=import_undone")).json()["items"]) == 1


async def test_a_file_that_two_lines_of_one_import_wrote_goes_wholly(page: Opener, process: Process) -> None:
    table = many(BATCH) + "客户0,,13700137000,13800000000,,,,,\n"  # the second line comes with the next batch
    async with page("9001") as client:
        run = await taken(process, client, table)
        assert (run["added"], run["completed"], run["written"]) == (BATCH, 1, BATCH + 1)
        report = await undone(process, client, run["id"])
        assert (report["run"]["undone"], report["stayed"], await names(client)) == (BATCH + 1, [], [])


async def test_imports_are_taken_back_one_after_the_other_the_last_first(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        first = await taken(process, client, GOOD)
        second = await taken(process, client, f"{HEAD}\n陈国强,,13800138000,13700137000,,,,,\n")
        third = await taken(process, client, MACHINES, "products")
        for run in (third, second, first):
            report = await undone(process, client, run["id"])
            assert (report["run"]["undone"], report["stayed"]) == (run["written"], [])
        assert await names(client) == []


async def test_who_may_not_import_may_not_undo_and_what_cannot_be_undone_says_why(
    page: Opener, process: Process, clock: Clock
) -> None:
    async with page("9001") as lead, page("8001") as agent:
        run = (await handed_in(lead, GOOD))["run"]
        path = f"{API}/imports/runs/{run['id']}/undo"
        assert (await agent.post(path)).status_code == 403
        early = await lead.post(path)
        assert (early.status_code, early.json()["detail"]) == (409, "这次导入还没有结束，请等结束后再撤销")
        await to_the_end(process)
        twice = await taken(process, lead, GOOD)
        nothing = await lead.post(f"{API}/imports/runs/{twice['id']}/undo")
        assert (nothing.status_code, nothing.json()["detail"]) == (409, "这次导入没有写入可以撤销的内容")
        assert (await lead.post(f"{API}/imports/runs/none/undo")).status_code == 404
        clock.forward(days=7, seconds=1)
        async with page("9001") as later:
            late = await later.post(path)
            assert (late.status_code, late.json()["detail"]) == (409, "导入已过 7 天，不能撤销")
            assert len(await names(later)) == 2


async def test_the_last_moment_of_the_seventh_day_is_in_time(page: Opener, process: Process, clock: Clock) -> None:
    async with page("9001") as client:
        run = await taken(process, client, GOOD)
    clock.forward(days=7)
    async with page("9001") as client:
        assert (await undone(process, client, run["id"]))["run"]["undone"] == 2


async def test_a_crash_on_the_way_takes_nothing_back_twice(page: Opener, process: Process) -> None:
    work = process.parts.work

    async def crash(_: AsyncSession) -> None:
        raise OSError("the process is gone before it commits")

    dying = UnitOfWork(work._sessions, process.bell, crash)
    async with page("9001") as client:
        run = await taken(process, client, many(BATCH + 5))
        await client.post(f"{API}/imports/runs/{run['id']}/undo")
        with statements() as sent:
            assert await undo_next(work, NOON) == BATCH
        assert len(sent) < 40, len(sent)
        with pytest.raises(OSError, match="gone"):
            await undo_next(dying, NOON)
        half = (await told(client, run["id"]))["run"]
        assert (half["undone"], half["undo_ended_at"]) == (BATCH, None)
        await to_the_end(process)
        end = (await told(client, run["id"]))["run"]
        assert (end["undone"], end["stayed"]) == (BATCH + 5, 0)
        assert await names(client) == []


async def test_a_row_that_the_database_holds_stays_and_the_others_go(page: Opener, process: Process) -> None:
    async with page("9001") as client:
        run = await taken(process, client, many(3))
        async with process.parts.work() as session:
            for statement in _HOLD.split(";"):
                await session.execute(text(statement))
        try:
            report = await undone(process, client, run["id"])
        finally:
            async with process.parts.work() as session:
                await session.execute(text("DROP TABLE holders"))
        assert stays(report) == [(3, False, "已在别处用到")]
        assert (report["run"]["undone"], await names(client)) == (2, ["客户1"])


async def test_an_erased_person_leaves_nothing_to_take_back(page: Opener, process: Process, clock: Clock) -> None:
    await given_staff(process, clock)
    async with page("9001") as client, page("7004") as admin:
        run = await taken(process, client, GOOD)
        file = await file_of(client, CHEN)
        await ask(admin, "POST", f"/customers/{file['id']}/erase", reason="本人要求")
        async with process.parts.work.snapshot() as session:
            left = (await session.execute(select(ImportChange.customer_id))).scalars().all()
            assert file["id"] not in left
        report = await undone(process, client, run["id"])
        assert (report["run"]["undone"], report["run"]["stayed"]) == (1, 0)
