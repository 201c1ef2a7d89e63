"""One stack and one round of real calls for all tests of this folder; a crm of its own for each browser test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser
from sqlalchemy import create_engine, text

from crm.migrate import upgrade
from tests.e2e.calls import SCENARIOS, Made, make_calls
from tests.e2e.console_crm import Crm, running_crm
from tests.e2e.console_page import chromium
from tests.e2e.stack import Stack, running_stack
from tests.unit.crm.postgres import private_cluster

_LONGEST_FIRST = ("silence", "noise", "noise_after_prompts", "repair_by_voice", "repair_by_keys", "address_on_file")
_AFTERWARDS = ("urged",)  # needs what an earlier call left
_NOBODY_THERE = ("voicemail",)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running stack with carrier and demo data."""
    with running_stack() as running:
        yield running


@pytest.fixture(scope="session")
def made(stack: Stack) -> Made:
    """All calls of tests/e2e/scenarios, made once; each test reads what its own call left."""
    ordered = (*_LONGEST_FIRST, *_AFTERWARDS, *_NOBODY_THERE)
    others = sorted(path.stem for path in SCENARIOS.glob("*.yaml") if path.stem not in ordered)
    return asyncio.run(make_calls(stack, [*_LONGEST_FIRST, *others], _AFTERWARDS, _NOBODY_THERE))


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """Give a cluster whose database "fresh" has the newest schema."""
    with private_cluster() as url:
        _create(url, 'CREATE DATABASE "fresh"')
        upgrade(url.replace("/postgres?", "/fresh?"))
        yield url


def _create(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
async def crm(cluster: str, tmp_path: Path) -> AsyncIterator[Crm]:
    name = f"test_{uuid4().hex}"
    _create(cluster, f'CREATE DATABASE "{name}" TEMPLATE "fresh"')
    async with running_crm(cluster.replace("/postgres?", f"/{name}?"), tmp_path) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Give a Chromium of the test's own."""
    async with chromium() as running:
        yield running
