"""The schema: migrations match the models; made-up requests never break the API or its own OpenAPI document."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
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
from tests.unit.crm.fakes import NOON, Clock, Story, dialogue, talk, waiting, wire
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


@pytest.mark.timeout(600)  # every operation of the API, on a machine that others use too
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


def test_call_backs_of_one_number_become_one(database_url: str) -> None:
    """Data of before: three open tasks of a number, one done, one of another; nothing of what they hold is lost."""
    server = create_engine(database_url, isolation_level="AUTOCOMMIT")
    engine = create_engine(make_url(database_url).set(database="merging"))
    try:
        with server.connect() as connection:
            connection.execute(text("CREATE DATABASE merging"))
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "0280")
        with engine.begin() as connection:
            for number, (e164, queue, priority, done) in enumerate(_TASKS):
                values: dict[str, Any] = {"id": str(number), "contact": str(number), "e164": e164, "queue": queue}
                values |= {"priority": priority, "done": done, "at": NOON + timedelta(seconds=number)}
                connection.execute(text(_CONTACT), values)
                connection.execute(text(_TASK), values | {"reasons": f'["r{number}", "abandoned"]'})
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
            kept = connection.execute(text("SELECT id, queue, priority, reasons FROM callback_tasks ORDER BY id")).all()
            asked = connection.execute(text("SELECT task_id, contact_id FROM callback_asked ORDER BY 2")).all()
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS merging"))
        server.dispose()
    assert [tuple(row) for row in kept] == [
        ("0", "consult", "urgent", ["abandoned", "r0", "r1", "r2"]),
        ("3", "", "normal", ["r3", "abandoned"]),
        ("4", "", "low", ["r4", "abandoned"]),
    ]
    assert [tuple(row) for row in asked] == [("0", "0"), ("0", "1"), ("0", "2"), ("3", "3"), ("4", "4")]


_TASKS = (
    ("+8613800138000", "", "normal", False),
    ("+8613800138000", "consult", "urgent", False),
    ("+8613800138000", "", "high", False),
    ("+8613800138000", "", "normal", True),
    ("+8613900139000", "", "low", False),
)
_CONTACT = """
    INSERT INTO contacts (id, linkedids, caller_raw, caller_e164, did, recording, notice_version, stub, resumed,
        started_at, safety, safety_words, safety_clip, handed_to, voicemail, outcome, cause)
    VALUES (:id, '[]', '', :e164, '', '', '', false, 0, now(), '', '', '', '', '', '', 0)
"""
_TASK = """
    INSERT INTO callback_tasks (id, contact_id, ticket_no, e164, reasons, priority, note, created_at, due_at, done_by,
        result, queue, done_at)
    VALUES (:id, :contact, '', :e164, CAST(:reasons AS jsonb), :priority, '', :at, :at, '', '', :queue,
        CASE WHEN CAST(:done AS bool) THEN now() END)
"""
