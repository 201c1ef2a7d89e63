"""One open call-back per number, whoever asks for it and in whatever way; nothing of what they asked is lost."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from crm.bootstrap import Process
from crm.callbacks import service as callbacks
from crm.callbacks.service import Place
from crm.desk.dialogue_facts import ensure_contact
from ivr.contract import facts
from ivr.contract.facts import Fact
from tests.unit.crm.asking import get, one, rows, ship
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CALLER, CONTACT, NOON, NUMBER, Story, dialogue

SECOND, THIRD = "b" * 32, "c" * 32
OTHER = "+8613900139000"
ABANDONS: list[Fact] = [
    facts.QueueJoined("v1", "repair", 1),
    facts.QueueLeft("v1", "repair", "abandoned", 30_000),
    facts.ContactEnded("abandoned", 16, 60_000),
]

TWIN = """
    INSERT INTO callback_tasks SELECT (jsonb_populate_record(task, '{"id": "twin"}')).* FROM callback_tasks AS task
"""


def call(contact: str, caller: str = CALLER, *more: Fact) -> Story:
    """A call that begins; its facts are shipped by `tell`."""
    story = Story(node=f"ivr-{contact[0]}", contact=contact, at=NOON + timedelta(minutes=5))
    begins = facts.ContactStarted(f"hotline-{contact[0]}.1", caller[3:], caller, "4001726011", "", "v1")
    story.tell(begins, *more)
    return story


def abandoned(contact: str, caller: str = CALLER) -> Story:
    visit = f"v-{contact[0]}"
    left = facts.QueueLeft(visit, "repair", "abandoned", 9000)
    return call(contact, caller, facts.QueueJoined(visit, "repair", 1), left, facts.ContactEnded("abandoned"))


async def tasks(process: Process) -> list[dict[str, Any]]:
    return await rows(process, "SELECT * FROM callback_tasks ORDER BY created_at, contact_id")


async def asked_by(process: Process) -> list[tuple[str, str]]:
    found = await rows(process, "SELECT contact_id, ticket_no FROM callback_asked ORDER BY contact_id")
    return [(row["contact_id"], row["ticket_no"]) for row in found]


async def test_two_calls_of_one_number_make_one_task(process: Process, desk: httpx.AsyncClient) -> None:
    await ship(desk, Story().tell(*dialogue(), *ABANDONS))
    await ship(desk, abandoned(SECOND).told)
    (task,) = await tasks(process)
    assert (task["reasons"], task["ticket_no"], task["contact_id"]) == (["abandoned"], NUMBER, CONTACT)
    assert await asked_by(process) == [(CONTACT, NUMBER), (SECOND, "")]
    told = await one(process, "SELECT ticket_no, text FROM timeline WHERE kind = 'callback'")
    assert told == {"ticket_no": NUMBER, "text": "同一号码再次要求回电，合并为一个回电"}


async def test_anonymous_callers_and_other_numbers_are_apart(process: Process, desk: httpx.AsyncClient) -> None:
    for contact, caller in ((CONTACT, ""), (SECOND, ""), (THIRD, OTHER)):
        await ship(desk, abandoned(contact, caller).told)
    assert [task["contact_id"] for task in await tasks(process)] == [CONTACT, SECOND, THIRD]


async def test_a_task_for_people_gets_a_place_in_turn(process: Process, desk: httpx.AsyncClient) -> None:
    await ship(desk, Story().tell(*dialogue(), *ABANDONS))
    number = {"number": CALLER}
    assert (await desk.post("/internal/callbacks/open", json=number)).json() == {"open": False}
    wants = facts.CallbackRequested("asked", 0, queue="complaint", priority=20)
    await ship(desk, call(SECOND, CALLER, wants, facts.ContactEnded("callback")).told)
    (task,) = await tasks(process)
    assert (task["queue"], task["queue_priority"], task["reasons"]) == ("complaint", 20, ["abandoned", "asked"])
    assert (await desk.post("/internal/callbacks/open", json=number)).json() == {"open": True}
    await ship(desk, abandoned(THIRD).told)
    (task,) = await tasks(process)
    assert task["queue"] == "complaint"  # what people are asked for later takes nothing away


async def test_the_place_that_was_kept_first_stands(process: Process) -> None:
    async def asks(contact: str, place: Place) -> None:
        async with process.parts.work() as session:
            await ensure_contact(session, contact, place.since)
            await callbacks.ask_for(session, contact, "asked", place.since, e164=CALLER, place=place)

    await asks(CONTACT, Place("consult", NOON, 10))
    await asks(SECOND, Place("consult", NOON + timedelta(minutes=9), 0, "2026-11-22T18:00"))
    held = await one(process, "SELECT queue, place_at, queue_priority, after FROM callback_tasks")
    assert list(held.values()) == ["consult", NOON, 10, "2026-11-22T18:00"]
    await asks(THIRD, Place("complaint", NOON + timedelta(minutes=9), 20))
    await asks("d" * 32, Place("repair", NOON + timedelta(minutes=10)))
    held = await one(process, "SELECT queue, place_at, queue_priority FROM callback_tasks")
    assert list(held.values()) == ["complaint", NOON + timedelta(minutes=9), 20]


async def test_danger_takes_the_place_of_the_turn(process: Process, desk: httpx.AsyncClient) -> None:
    wants = facts.CallbackRequested("asked", 0, queue="consult")
    await ship(desk, call(CONTACT, CALLER, wants, facts.ContactEnded("callback")).told)
    danger: list[Fact] = [facts.SafetyRaised(0, "gas", "燃气味"), facts.ContactEnded("cut")]
    await ship(desk, call(SECOND, CALLER, *danger).told)
    (task,) = await tasks(process)
    assert (task["queue"], task["priority"], task["reasons"]) == ("emergency", "urgent", ["asked", "cut"])
    assert task["next_at"] == task["due_at"]


async def test_a_talk_ends_it_for_all_and_each_ticket_is_told(process: Process, desk: httpx.AsyncClient) -> None:
    await ship(desk, Story().tell(*dialogue(), *ABANDONS))
    second = abandoned(SECOND)
    await ship(desk, second.told)
    leg = facts.ContactStarted("hotline-9.1", "13800138000", CALLER, "4001726011", "", "v1", callback=True)
    talks = second.tell(
        leg, facts.QueueJoined("v9", "repair", 1), facts.AgentAnswered("v9", "repair", "8001", 900, 500)
    )
    await ship(desk, talks)
    (task,) = await tasks(process)
    assert task["done_at"] is not None
    told = await rows(process, "SELECT text FROM timeline WHERE kind = 'callback' ORDER BY at")
    assert told[-1]["text"] == "同一号码已与客服通话，回电办结"


async def test_who_names_another_number_leaves_the_others_theirs(process: Process, desk: httpx.AsyncClient) -> None:
    await ship(desk, Story().tell(*dialogue(), *ABANDONS))
    elsewhere = facts.CallbackRequested("asked", 0, number=OTHER, queue="consult")
    story = call(SECOND, CALLER, facts.VoicemailRecorded("x.wav"), elsewhere, facts.ContactEnded("callback"))
    await ship(desk, story.told)
    assert [(task["e164"], task["queue"]) for task in await tasks(process)] == [(CALLER, ""), (OTHER, "consult")]
    # who was alone with a number and names one that has a task joins that
    alone = call(THIRD, "+8613700137000", facts.VoicemailRecorded("y.wav"))
    await ship(desk, alone.told)
    await ship(desk, alone.tell(facts.CallbackRequested("asked", 0, number=OTHER), facts.ContactEnded("callback")))
    first, second = await tasks(process)
    assert (first["e164"], second["e164"], second["reasons"]) == (CALLER, OTHER, ["asked", "voicemail"])
    assert (THIRD, "") in await asked_by(process)


async def test_two_writers_at_once_make_one_task(process: Process, desk: httpx.AsyncClient) -> None:
    stories = [abandoned(contact) for contact in (CONTACT, SECOND, THIRD)]
    await asyncio.gather(*(ship(desk, story.told) for story in stories))
    assert len(await tasks(process)) == 1
    assert len(await asked_by(process)) == 3
    with pytest.raises(IntegrityError, match="uq_callback_tasks_open_number"):
        async with process.parts.work() as session:
            await session.execute(text(TWIN))


async def test_the_page_shows_all_calls_of_a_task(page: Opener, desk: httpx.AsyncClient) -> None:
    await ship(desk, Story().tell(*dialogue(), *ABANDONS))
    await ship(desk, abandoned(SECOND).told)
    async with page("8001") as client:
        (item,) = (await get(client, "/callbacks"))["items"]
    assert [(call["contact"], call["ticket"]) for call in item["asked"]] == [(CONTACT, NUMBER), (SECOND, "")]
