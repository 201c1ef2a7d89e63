"""Fixtures: a private PostgreSQL with migrations applied, empty tables for each test, crm's parts with a set clock."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from crm.accounts import repository
from crm.accounts import service as accounts
from crm.accounts.models import Account
from crm.accounts.schemas import Role
from crm.bootstrap import Process, build
from crm.migrate import upgrade
from crm.settings import Settings
from crm.web.app import make_desk_app, make_web_app
from tests.unit.crm.fakes import Clock, FakeTelephone
from tests.unit.crm.made import INTERNAL_TOKEN, PASSWORD, emptied, settings_of
from tests.unit.crm.postgres import private_cluster


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """Give a database of the newest schema."""
    with private_cluster() as url:
        upgrade(url)
        yield url


@pytest.fixture
def empty_database(database_url: str) -> str:
    return emptied(database_url)


@pytest.fixture
def settings(empty_database: str, tmp_path: Path) -> Settings:
    return settings_of(empty_database, tmp_path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def telephone() -> FakeTelephone:
    return FakeTelephone()


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Give the hash of PASSWORD: to make one takes a sixth of a second of processor by design."""
    return accounts._passwords.hash(PASSWORD)


@pytest.fixture
async def process(
    settings: Settings, clock: Clock, telephone: FakeTelephone, password_hash: str
) -> AsyncIterator[Process]:
    async with build(settings, now=clock, telephone=telephone) as built:
        await given_people(built, clock, password_hash)
        yield built


async def given_people(built: Process, clock: Clock, password_hash: str) -> None:
    """Make two agents and a supervisor, whose password is PASSWORD."""
    people = (
        ("8001", "李明", Role.AGENT, "8001"),
        ("8002", "王敏", Role.AGENT, "8002"),
        ("9001", "张伟", Role.SUPERVISOR, ""),
    )
    async with built.parts.work() as session:
        for number, name, role, extension in people:
            account = Account(
                number=number, name=name, roles=[role.value], password_hash=password_hash, extension=extension,
                queues=["repair"] if extension else [], active=True, created_at=clock(),
            )  # fmt: skip
            await repository.add(session, account)


@pytest.fixture
async def desk(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    """Speak to crm as ivr does."""
    transport = httpx.ASGITransport(make_desk_app(process.parts), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {INTERNAL_TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://desk", headers=headers) as client:
        yield client


Opener = Callable[[str], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def built_once() -> list[FastAPI]:
    """Hold the public application once it is built: hundreds of routes, the same for every process's parts."""
    return []


@pytest.fixture
def web(process: Process, built_once: list[FastAPI]) -> FastAPI:
    """Give the public application with this test's parts, which are all that it knows."""
    if not built_once:
        built_once.append(make_web_app(process.parts))
    built_once[0].state.parts = process.parts
    return built_once[0]


@pytest.fixture
def page(process: Process, clock: Clock, web: FastAPI) -> Opener:
    """Return an opener of browsers that are logged in as the 工号 given; "" = nobody."""

    @asynccontextmanager
    async def opened(number: str) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(web, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://page", headers={"X-Hotline": "1"}) as client:
            if number:
                client.cookies.set("hotline_session", await given_session(process, number, clock))
            yield client

    return opened


async def given_session(process: Process, number: str, clock: Clock) -> str:
    """Open a log-in without the cost of argon2 and return its cookie."""
    async with process.parts.work() as session:
        account = await repository.by_number(session, number)
        assert account is not None
        return await accounts.open_session(session, account, "cookie", clock())
