"""Two writers who wait for each other: PostgreSQL makes one give way, and that one tries once more."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from crm.accounts.models import Account
from crm.bootstrap import Process
from crm.transaction import ACTED_OUTSIDE
from crm.web.context import SessionDep, TransactionalRoute
from crm.web.problems import add_handlers

FIRST, SECOND = "8001", "8002"


class Writers:
    """Locks two rows in the order asked; on their first try both writers hold one before they want the other."""

    def __init__(self) -> None:
        self.tries: dict[str, int] = {FIRST: 0, SECOND: 0}
        self._both = asyncio.Barrier(2)

    async def write(self, session: AsyncSession, mine: str, other: str) -> str:
        self.tries[mine] += 1
        await _touch(session, mine)
        if self.tries[mine] == 1:
            await self._both.wait()
        await _touch(session, other)
        return mine


async def _touch(session: AsyncSession, number: str) -> None:
    account = (await session.scalars(select(Account).where(Account.number == number).with_for_update())).one()
    account.name += "!"
    await session.flush()


async def _names(process: Process) -> list[str]:
    async with process.parts.work() as session:
        accounts = await session.scalars(select(Account).order_by(Account.number))
        return [account.name for account in accounts if account.number in (FIRST, SECOND)]


@pytest.fixture
async def before(process: Process) -> list[str]:
    return await _names(process)


async def test_who_gave_way_tries_again_and_both_are_written(process: Process, before: list[str]) -> None:
    writers, run = Writers(), process.parts.work.run
    with capture_logs() as logs:
        done = await asyncio.gather(
            run(lambda session: writers.write(session, FIRST, SECOND)),
            run(lambda session: writers.write(session, SECOND, FIRST)),
        )
    assert list(done) == [FIRST, SECOND]
    assert sorted(writers.tries.values()) == [1, 2]
    assert await _names(process) == [name + "!!" for name in before]
    assert [(entry["event"], entry["sqlstate"]) for entry in logs] == [("transaction_gave_way", "40P01")]


async def test_who_acted_outside_does_not_act_twice(process: Process, before: list[str]) -> None:
    writers = Writers()

    async def acting(session: AsyncSession, mine: str, other: str) -> str:
        session.info[ACTED_OUTSIDE] = True
        return await writers.write(session, mine, other)

    run = process.parts.work.run
    done = await asyncio.gather(
        run(lambda session: acting(session, FIRST, SECOND)),
        run(lambda session: acting(session, SECOND, FIRST)),
        return_exceptions=True,
    )
    assert sorted(writers.tries.values()) == [1, 1]
    assert [type(item) for item in done if not isinstance(item, str)] == [OperationalError]
    assert await _names(process) == [name + "!" for name in before]


@pytest.fixture
async def client(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    """An application with a request that clashes like two pages, and one that PostgreSQL always refuses."""
    writers, router = Writers(), APIRouter(route_class=TransactionalRoute)

    @router.post("/write/{other}")
    async def write(other: str, body: dict[str, str], session: SessionDep) -> dict[str, str]:
        return {"wrote": await writers.write(session, body["mine"], other)}

    @router.get("/refused/{state}")
    @router.post("/refused/{state}")
    async def refused(state: str, session: SessionDep) -> None:
        await session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"))

    app = FastAPI()
    app.include_router(router)
    app.state.parts = process.parts
    add_handlers(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as made:
        yield made


async def test_a_request_that_gave_way_is_handled_again_with_its_body(
    process: Process, client: httpx.AsyncClient, before: list[str]
) -> None:
    answers = await asyncio.gather(
        client.post(f"/write/{SECOND}", json={"mine": FIRST}), client.post(f"/write/{FIRST}", json={"mine": SECOND})
    )
    assert [answer.json() for answer in answers] == [{"wrote": FIRST}, {"wrote": SECOND}]
    assert await _names(process) == [name + "!!" for name in before]


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "57014"])
async def test_a_second_clash_is_busy_and_not_away(client: httpx.AsyncClient, state: str) -> None:
    answer = await client.post(f"/refused/{state}")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_busy")
    assert "再试一次" in answer.json()["detail"]


async def test_a_question_that_took_too_long_saved_nothing_and_does_not_say_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/refused/57014")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_busy")
    assert "加一个条件" in answer.json()["detail"]
    assert "保存" not in answer.json()["detail"]


async def test_a_server_that_shuts_down_is_away(client: httpx.AsyncClient) -> None:
    answer = await client.post("/refused/57P01")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
