"""How facts come: twice, in pieces, malformed, without a beginning; nothing is lost, nothing blocked."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.bootstrap import Process
from crm.models import Base
from ivr.contract import facts
from ivr.contract.facts import Fact
from ivr.contract.ids import ticket_number
from tests.unit.crm.asking import everything, one, rows, ship
from tests.unit.crm.fakes import CALLER, NUMBER, Story, dialogue, talk, waiting, wire


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (facts.TicketOpened(2, NUMBER, "repair", "normal", "reported"), "another_ticket"),
        (facts.TicketOpened(1, str(ticket_number(7)), "repair", "normal", "reported"), "another_ticket"),
        (facts.TicketOpened(2, "12345678", "repair", "normal", "reported"), "bad_ticket_number"),
        (facts.TicketOpened(2, str(ticket_number(8)), "nonsense", "normal", "reported"), "unknown_kind"),
        (facts.TicketOpened(2, str(ticket_number(8)), "repair", "soon", "reported"), "unknown_priority"),
        (facts.TicketOpened(2, str(ticket_number(8)), "repair", "low", "lost"), "unknown_outcome"),
        (dialogue()[0], "contact_started_twice"),
        (facts.MatterOpened(3, "nonsense"), "unknown_kind"),
        (facts.CallbackRequested("because"), "unknown_reason"),
        (facts.TalkEnded("v9", "repair", "8001", "caller", 1), "nobody_talks"),
        (facts.AgentRingEnded("v9", "repair", "8001", "canceled"), "phone_does_not_ring"),
        (facts.QueueLeft("v9", "repair", "bored", 1), "unknown_reason"),
        (facts.AgentPhoneChanged("8001", "asleep"), "unknown_state"),
        (facts.ContactEnded(""), "unknown_outcome"),
        (facts.ContactEnded("talked", cause=2**40), "database: NumericValueOutOfRange"),
    ],
)
async def test_what_does_not_fit_is_kept_with_its_reason_and_blocks_nothing(
    process: Process, desk: httpx.AsyncClient, bad: Fact, reason: str
) -> None:
    story = Story()
    await ship(desk, story.tell(*dialogue()))
    before = await everything(process)
    assert await ship(desk, story.tell(bad)) == len(story.told)
    after = await everything(process)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"facts", "fact_nodes"}
    rejected = await one(process, "SELECT * FROM facts WHERE status = 'rejected'")
    assert (rejected["reason"], rejected["kind"]) == (reason, bad.KIND)
    assert await rows(process, "SELECT * FROM events WHERE kind = 'alarm'")
    await ship(desk, story.tell(*waiting(), *talk()))
    assert (await one(process, "SELECT outcome FROM contacts"))["outcome"] == "talked"


async def test_a_malformed_fact_is_named_those_before_it_are_kept(process: Process, desk: httpx.AsyncClient) -> None:
    body = wire(Story().tell(*dialogue()[:3]))
    body["facts"][1]["data"]["node"] = 7
    answer = await desk.post("/internal/facts", json=body)
    assert answer.status_code == 422
    told = answer.json()
    assert (told["acked"], told["index"], told["seq"], told["kind"]) == (1, 1, 2, "node_entered")
    assert "node_entered.node" in told["reason"]
    assert len(await rows(process, "SELECT * FROM facts")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 0}, {"seq": 2**63}, {"seq": "1"}, {"at": "1999-01-01T00:00:00Z"}, {"at": "2026-11-22"}, {"node": ""},
        {"node": "n" * 65}, {"node": "a\nb"}, {"kind": "\ud800"}, {"data": []}, {"contact": "c" * 201},
    ],
)  # fmt: skip
async def test_a_malformed_envelope_is_refused(desk: httpx.AsyncClient, change: dict[str, Any]) -> None:
    body = {"facts": [Story().tell(dialogue()[0])[0].to_json() | change]}
    content = json.dumps(body)
    answer = await desk.post("/internal/facts", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "malformed_fact"


async def test_a_journal_that_began_anew_is_told_apart(process: Process, desk: httpx.AsyncClient) -> None:
    await ship(desk, Story().tell(*dialogue()[:2]))
    other = Story(contact="f" * 32)
    answer = await desk.post("/internal/facts", json=wire(other.tell(dialogue()[0])))
    assert (answer.status_code, answer.json()["code"]) == (409, "journal_conflict")
    assert answer.json()["highest"] == 2  # the node goes on above it
    assert len(await rows(process, "SELECT * FROM contacts")) == 1


async def test_text_postgresql_cannot_hold_is_kept_as_it_can(process: Process, desk: httpx.AsyncClient) -> None:
    odd = facts.TurnEnded("main", "main_menu", "success", "speech", "a\x00b\ud800c")
    content = json.dumps(wire(Story().tell(dialogue()[0], odd)))
    for _ in range(2):
        answer = await desk.post("/internal/facts", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 200
    assert (await one(process, "SELECT text FROM turns"))["text"].startswith("a\ufffdb")


async def test_facts_without_a_beginning_make_a_stub_that_the_beginning_fills(
    process: Process, desk: httpx.AsyncClient
) -> None:
    story = Story()
    await ship(desk, story.tell(facts.AgentRinging("v1", "repair", "8001")))
    visit = await one(process, "SELECT * FROM visits")
    assert (visit["certain"], visit["queue"]) == (False, "repair")
    assert (await one(process, "SELECT stub FROM contacts"))["stub"]
    await ship(desk, story.tell(dialogue()[0]))
    contact = await one(process, "SELECT * FROM contacts")
    assert (contact["stub"], contact["caller_e164"]) == (False, CALLER)


async def test_the_private_api_wants_its_token(desk: httpx.AsyncClient) -> None:
    answer = await desk.post("/internal/facts", json={"facts": []}, headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401


async def test_nothing_delivered_is_acknowledged_as_nothing(desk: httpx.AsyncClient) -> None:
    assert await ship(desk, []) == 0


STORY = Story()
STORY.tell(*dialogue(), *waiting(), facts.AgentRingEnded("v1", "repair", "8001", "no_answer", 900),
           facts.AgentRinging("v1", "repair", "8002"), facts.AgentRinging("v1", "repair", "8001"), *talk(),
           facts.AgentPhoneChanged("8001", "wrapup"), facts.ContactEnded("talked"))  # fmt: skip
EXPECTED: dict[str, dict[str, list[str]]] = {}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_any_redelivery_and_any_cutting_gives_the_same_rows(
    process: Process, desk: httpx.AsyncClient, data: st.DataObject
) -> None:
    await empty(process)
    if "rows" not in EXPECTED:
        await ship(desk, STORY.told)
        EXPECTED["rows"] = await everything(process)
        await empty(process)
    held = 0
    while held < len(STORY.told):
        start = data.draw(st.integers(0, held), label="start")
        end = data.draw(st.integers(held + 1, len(STORY.told)), label="end")
        held = await ship(desk, STORY.told[start:end])
        assert held == end
    assert await everything(process) == EXPECTED["rows"]


async def empty(process: Process) -> None:
    kept = {"accounts", "sessions"}
    async with process.parts.work() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in kept:
                await session.execute(table.delete())
