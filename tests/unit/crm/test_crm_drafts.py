"""A report that a hang-up cut: told to its number for ten minutes, taken up by the new call; one ticket, no task."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from crm.bootstrap import Process
from ivr.contract import facts
from ivr.contract.facts import Fact
from tests.unit.crm.fakes import ADDRESS, CALLER, CONTACT, NUMBER, Clock, Story, wire

AGAIN = "fedcba9876543210fedcba9876543210"
PRODUCT = facts.SlotFilled(1, "product", {"value": "boiler"}, "dtmf", "dtmf")
CODE = facts.SlotFilled(1, "fault_code", {"canonical": "E01"}, "voice_confirmed", "speech")


async def tell(desk: httpx.AsyncClient, story: Story, *new: Fact, contact: str | None = None) -> None:
    answer = await desk.post("/internal/facts", json=wire(story.tell(*new, contact=contact)))
    assert answer.status_code == 200, answer.text


async def draft(desk: httpx.AsyncClient, number: str = CALLER) -> dict[str, Any] | None:
    answer = await desk.post("/internal/identify", json={"caller_e164": number, "did": ""})
    found: dict[str, Any] | None = answer.json()["draft"]
    return found


async def rows(process: Process, query: str) -> list[tuple[Any, ...]]:
    async with process.parts.work() as session:
        return [tuple(row) for row in await session.execute(text(query))]


def started(caller: str = CALLER) -> Fact:
    return facts.ContactStarted("hotline-1.1", "13800138000", caller, "4001726011", "", "v1")


def hung_up(number: str = NUMBER) -> list[Fact]:
    return [
        facts.TicketOpened(1, number, "repair", "normal", "hung_up"),
        facts.CallbackRequested("hung_up", 1),
        facts.ContactEnded("hung_up", 16, 30_000),
    ]


async def cut(desk: httpx.AsyncClient, story: Story, *more: Fact) -> None:
    await tell(desk, story, started(), facts.MatterOpened(1, "repair"), PRODUCT, CODE, *more, *hung_up())


def resumed(how: str) -> list[Fact]:
    return [started(), facts.MatterOpened(1, "repair", NUMBER, how), PRODUCT, CODE]


async def test_it_is_told_to_its_own_number_for_ten_minutes(desk: httpx.AsyncClient, clock: Clock) -> None:
    await cut(desk, Story())
    told = await draft(desk)
    assert told is not None
    assert (told["ticket"], told["kind"]) == (NUMBER, "repair")
    assert {row["slot"]: (row["value"], row["status"]) for row in told["slots"]} == {
        "product": ({"value": "boiler"}, "dtmf"), "fault_code": ({"canonical": "E01"}, "voice_confirmed"),
    }  # fmt: skip
    assert await draft(desk, "+8613900139000") is None
    assert await draft(desk, "") is None
    clock.forward(minutes=11)
    assert await draft(desk) is None


async def test_an_anonymous_call_leaves_no_draft(desk: httpx.AsyncClient) -> None:
    await tell(desk, Story(), started(""), facts.MatterOpened(1, "repair"), CODE, *hung_up())
    assert await draft(desk, "") is None


async def test_a_report_that_came_to_its_end_is_no_draft(desk: httpx.AsyncClient) -> None:
    reported = facts.TicketOpened(1, NUMBER, "repair", "normal", "reported")
    await tell(
        desk, Story(), started(), facts.MatterOpened(1, "repair"), CODE, reported, facts.ContactEnded("reported")
    )
    assert await draft(desk) is None


async def test_an_emergency_is_for_people(desk: httpx.AsyncClient) -> None:
    await cut(desk, Story(), facts.SafetyRaised(1, "gas", "key"))
    assert await draft(desk) is None


@pytest.mark.parametrize(("status", "has_room"), [("unverified", False), ("voice_confirmed", True)])
async def test_a_room_is_told_only_when_it_will_not_be_read_out(
    desk: httpx.AsyncClient, status: str, has_room: bool
) -> None:
    await cut(desk, Story(), facts.SlotFilled(1, "address", ADDRESS, status, "speech"))
    told = await draft(desk)
    assert told is not None
    (address,) = [row["value"] for row in told["slots"] if row["slot"] == "address"]
    assert ("room" in address) is has_room
    assert address["road"] == ADDRESS["road"]


async def test_the_new_call_goes_on_with_the_one_ticket_and_nobody_rings_back(
    desk: httpx.AsyncClient, process: Process
) -> None:
    story = Story()
    await cut(desk, story)
    reported = facts.TicketOpened(1, NUMBER, "repair", "normal", "reported")
    visit = facts.SlotFilled(1, "visit", {"value": "asap"}, "voice_confirmed", "speech")
    end: list[Fact] = [visit, reported, facts.ContactEnded("reported", 16, 60_000)]
    await tell(desk, story, *resumed("resumed"), *end, contact=AGAIN)
    assert await rows(process, "SELECT no, outcome, contact_id FROM tickets") == [(NUMBER, "reported", AGAIN)]
    abouts = await rows(process, "SELECT contact_id, about FROM matters ORDER BY opened_at")
    assert abouts == [(CONTACT, NUMBER), (AGAIN, NUMBER)]
    slots = await rows(process, "SELECT slot, status FROM ticket_slots ORDER BY slot")
    assert slots == [("fault_code", "voice_confirmed"), ("product", "dtmf"), ("visit", "voice_confirmed")]
    assert await rows(process, "SELECT done_by, result FROM callback_tasks") == [("系统", "reached")]
    assert await rows(process, "SELECT reason FROM facts WHERE reason <> ''") == []
    assert await draft(desk) is None


async def test_anew_keeps_the_ticket_and_trusts_nothing_said_before(desk: httpx.AsyncClient, process: Process) -> None:
    story = Story()
    await cut(desk, story)
    await tell(desk, story, started(), facts.MatterOpened(1, "repair", NUMBER, "anew"), contact=AGAIN)
    assert {status for (status,) in await rows(process, "SELECT status FROM ticket_slots")} == {"unverified"}
    await tell(desk, story, PRODUCT, contact=AGAIN)
    slots = await rows(process, "SELECT slot, status FROM ticket_slots ORDER BY slot")
    assert slots == [("fault_code", "unverified"), ("product", "dtmf")]


async def test_cut_once_more_it_is_rung_back_and_told_again(desk: httpx.AsyncClient, process: Process) -> None:
    story = Story()
    await cut(desk, story)
    await tell(desk, story, *resumed("resumed"), *hung_up(), contact=AGAIN)
    tasks = await rows(process, "SELECT contact_id, ticket_no, done_at IS NULL FROM callback_tasks ORDER BY created_at")
    assert [(ticket, waits) for _, ticket, waits in tasks] == [(NUMBER, False), (NUMBER, True)]
    assert tasks[1][0] == AGAIN
    told = await draft(desk)
    assert told is not None
    assert told["ticket"] == NUMBER
