"""The schema: migrations match the models; made-up requests never break the API or its own OpenAPI document."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
import schemathesis
from alembic import command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine, create_engine, inspect, make_url, text

from crm.accounts import service as accounts
from crm.accounts.schemas import Role
from crm.bootstrap import Process
from crm.migrate import alembic_config, check, upgrade
from crm.web.app import make_web_app
from tests.unit.crm.fakes import NOON, Clock, Story, dialogue, talk, waiting, wire
from tests.unit.crm.route_roles import OPEN, ROLES_OF
from tests.unit.crm.server import running

EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 4}
# No 5xx, and no answer that the document does not tell: its status, its kind and its shape.
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


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
        tokens = {
            role: await accounts.make_token(session, name=f"t-{role}", role=role, secret="cookie", now=clock())
            for role in Role
        }
    async with running(make_web_app(process.parts)) as port:
        probed = await asyncio.to_thread(probe, f"http://127.0.0.1:{port}", tokens)
    assert probed >= 20


async def test_every_body_shows_an_example_that_fits_it(process: Process) -> None:
    document = make_web_app(process.parts).openapi()
    named = document["components"]["schemas"]
    bodies = {
        f"{method} {path}": named[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if (schema := operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema"))
    }
    assert len(bodies) >= 50
    for name, body in bodies.items():
        assert body.get("examples"), name
        for example in body["examples"]:
            Draft202012Validator({**body, "components": document["components"]}).validate(example)


def probe(address: str, tokens: Mapping[Role, str]) -> int:
    """Send made-up requests to every operation, by a role that may; returns how many operations there are."""
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
    count = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        allowed = ROLES_OF[found.ok().definition.raw["operationId"]]
        role = next(role for role in (Role.SUPERVISOR, *Role) if role in allowed or allowed is OPEN)
        for mode in EXAMPLES:
            ask(found.ok(), mode, tokens[role])
        count += 1
    return count


def ask(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, token: str) -> None:
    """Send what the document allows, or what it does not."""

    @settings(
        max_examples=EXAMPLES[mode],
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {token}"},
            checks=CHECKS,
        )

    try:
        send()
    except Unsatisfiable:
        if mode is GenerationMode.POSITIVE:
            raise  # what takes nothing cannot be asked wrongly, but it can be asked


@contextmanager
def of_revision(database_url: str, name: str, revision: str) -> Iterator[Engine]:
    """Give an empty database of an older schema."""
    server = create_engine(database_url, isolation_level="AUTOCOMMIT")
    engine = create_engine(make_url(database_url).set(database=name))
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), revision)
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        server.dispose()


def test_call_backs_of_one_number_become_one(database_url: str) -> None:
    """Data of before: three open tasks of a number, one done, one of another; nothing of what they hold is lost."""
    with of_revision(database_url, "merging", "0280") as engine:
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
    assert [tuple(row) for row in kept] == [
        ("0", "consult", "urgent", ["abandoned", "r0", "r1", "r2"]),
        ("3", "", "normal", ["r3", "abandoned"]),
        ("4", "", "low", ["r4", "abandoned"]),
    ]
    assert [tuple(row) for row in asked] == [("0", "0"), ("0", "1"), ("0", "2"), ("3", "3"), ("4", "4")]


def test_serials_get_one_form_where_no_other_machine_has_it(database_url: str) -> None:
    """Data of before: one typed in small letters, three of one machine, two of which one is right already, none."""
    typed = ("sn 1", "ＳＮ２", "sn2", "SN2 ", "sn3", "SN3", "", "")
    with of_revision(database_url, "serials", "0390") as engine:
        with engine.begin() as connection:
            connection.execute(text(_OWNER), {"at": NOON})
            for number, serial in enumerate(typed):
                values = {"id": str(number), "serial": serial, "at": NOON + timedelta(seconds=number)}
                connection.execute(text(_MACHINE), values)
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
            told = connection.execute(text("SELECT serial FROM products ORDER BY id")).scalars().all()
    assert list(told) == ["SN1", "SN2", "sn2", "SN2 ", "sn3", "SN3", "", ""]


_OWNER = (
    "INSERT INTO customers (id, name, kind, elder, note, version, created_at)"
    " VALUES ('c', '', 'owner', false, '', 1, :at)"
)
_MACHINE = (
    "INSERT INTO products (id, customer_id, product_class, model, serial, created_at)"
    " VALUES (:id, 'c', 'boiler', '', :serial, :at)"
)


def test_who_opened_and_who_urged_is_taken_from_the_timeline(database_url: str) -> None:
    """Only by whom there is one, and only what no call or message opened."""
    with of_revision(database_url, "opening", "0320") as engine:
        with engine.begin() as connection:
            for account, name in (("a", "李明"), ("b", "王敏"), ("c", "王敏"), ("d", "语音导航")):
                connection.execute(text(_ACCOUNT), {"id": account, "number": account, "name": name})
            for no, contact, matter, actor, later in _OPENED:
                connection.execute(text(_TICKET), {"no": no, "contact": contact, "matter": matter})
                for version, kind, who in ((1, "opened", actor), (2, later, "李明")):
                    entry = {"no": no, "version": version, "kind": kind, "actor": who}
                    connection.execute(text(_ENTRY), entry)
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
            told = connection.execute(text("SELECT no, opened_by, urged FROM tickets ORDER BY no")).all()
    assert [tuple(row) for row in told] == [
        ("10000001", "a", False),
        ("10000002", "a", True),
        ("10000003", None, False),
        ("10000004", None, True),
        ("10000005", None, False),
    ]


_OPENED: tuple[tuple[str, str | None, int, str, str], ...] = (
    ("10000001", None, 0, "李明", "note"),
    ("10000002", "one", 100, "李明", "urge"),
    ("10000003", None, 0, "王敏", "note"),  # two have this name
    ("10000004", "one", 1, "语音导航", "urge"),
    ("10000005", None, 0, "官网留言", "note"),
)
_ACCOUNT = """
    INSERT INTO accounts (id, number, name, roles, password_hash, extension, queues, active, created_at, version)
    VALUES (:id, :number, :name, '[]', '', '', '[]', true, now(), 1)
"""
_TICKET = """
    INSERT INTO tickets (no, contact_id, matter, kind, state, priority, outcome, safety, caller_e164, version,
        created_at, updated_at)
    VALUES (:no, :contact, :matter, 'repair', 'new', 'normal', '', '', '', 2, now(), now())
"""
_ENTRY = """
    INSERT INTO timeline (ticket_no, version, at, kind, actor, text, fields)
    VALUES (:no, :version, now(), :kind, :actor, '', '[]')
"""
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
