"""The schema: migrations match the models; made-up requests never break the API or its own OpenAPI document."""

import asyncio
from typing import Any

import httpx
import schemathesis
from alembic import command
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance
from sqlalchemy import create_engine, inspect, make_url, text

from crm.accounts import service as accounts
from crm.accounts.schemas import Role
from crm.bootstrap import Process
from crm.migrate import alembic_config, check, upgrade
from crm.web.app import make_web_app
from tests.unit.crm.fakes import Clock, Story, dialogue, talk, waiting, wire
from tests.unit.crm.server import running

EXAMPLES = 6


def test_migrations_match_the_models(database_url: str) -> None:
    upgrade(database_url)  # again: nothing happens
    check(database_url)


def test_migrations_go_up_and_down(database_url: str) -> None:
    server = create_engine(database_url, isolation_level="AUTOCOMMIT")
    url = make_url(database_url).set(database="updown")
    engine = create_engine(url)
    try:
        with server.connect() as connection:
            connection.execute(text("CREATE DATABASE updown"))
        for _ in range(2):
            upgrade(url.render_as_string(hide_password=False))
            check(url.render_as_string(hide_password=False))
            with engine.begin() as connection:
                command.downgrade(alembic_config(connection), "base")
            assert inspect(engine).get_table_names() == ["alembic_version"]
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS updown"))
        server.dispose()


async def test_made_up_requests(process: Process, desk: httpx.AsyncClient, clock: Clock) -> None:
    story = Story()
    await desk.post("/internal/facts", json=wire(story.tell(*dialogue(), *waiting(), *talk())))
    async with process.parts.work() as session:
        role = Role.SUPERVISOR
        token = await accounts.make_token(session, name="probe", role=role, secret="cookie", now=clock())
    async with running(make_web_app(process.parts)) as port:
        probed = await asyncio.to_thread(probe, f"http://127.0.0.1:{port}", token)
    assert probed >= 20


def probe(address: str, token: str) -> int:
    """Send made-up requests to every operation; returns how many operations there are."""
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
    count = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(
                headers={"Authorization": f"Bearer {token}"},
                checks=[not_a_server_error, response_schema_conformance],
            )

        send()
        count += 1
    return count
