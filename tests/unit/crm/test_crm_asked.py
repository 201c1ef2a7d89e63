"""Tickets asked about by telephone: who may hear what, and what asking and urging leaves on them."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from crm.bootstrap import Process
from ivr.contract import facts
from ivr.contract.facts import Fact
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CALLER, NUMBER, Clock, Story, dialogue, wire

OTHER = "fedcba9876543210fedcba9876543210"


async def tell(desk: httpx.AsyncClient, story: Story, *new: Fact, contact: str | None = None) -> None:
    envelopes = story.tell(*new, contact=contact) if contact else story.tell(*new)
    answer = await desk.post("/internal/facts", json=wire(envelopes))
    assert answer.status_code == 200, answer.text


async def rejected(process: Process) -> list[str]:
    async with process.parts.work() as session:
        found = await session.execute(text("SELECT reason FROM facts WHERE reason <> ''"))
        return list(found.scalars())


async def timeline(process: Process) -> list[Any]:
    async with process.parts.work() as session:
        found = await session.execute(text("SELECT kind, text FROM timeline ORDER BY id"))
        return [tuple(row) for row in found]


async def urge_alarms(client: httpx.AsyncClient) -> list[str]:
    """Return the alarms of the board that tell of urges."""
    board = (await client.get("/api/v1/board")).json()
    return [alarm["text"] for alarm in board["alarms"] if alarm["key"].startswith("urged:")]


async def of(desk: httpx.AsyncClient, number: str) -> list[dict[str, Any]]:
    answer = await desk.post("/internal/tickets/of", json={"caller_e164": number})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["tickets"])


async def find(desk: httpx.AsyncClient, number: str, tail: str = "") -> dict[str, Any]:
    answer = await desk.post("/internal/tickets/find", json={"number": number, "tail": tail})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def asks(*more: Fact) -> list[Fact]:
    started = facts.ContactStarted("hotline-2.1", "13800138000", CALLER, "4001726011", "", "opening_notice.1")
    return [started, facts.MatterOpened(1, "repair", NUMBER), *more]


async def test_the_caller_hears_of_open_tickets(desk: httpx.AsyncClient, clock: Clock) -> None:
    del clock
    await tell(desk, Story(), *dialogue())
    (ticket,) = await of(desk, CALLER)
    assert (ticket["number"], ticket["kind"], ticket["line"]) == (NUMBER, "repair", "new")
    assert (ticket["reported_on"], ticket["urges"], ticket["engineer"]) == ("2026-11-22", 0, "")
    assert await of(desk, "+8613900139000") == await of(desk, "") == []


async def test_another_number_needs_the_last_digits(desk: httpx.AsyncClient) -> None:
    await tell(desk, Story(), *dialogue())
    assert await find(desk, NUMBER) == {"exists": True, "status": None}
    assert await find(desk, NUMBER, "8001") == {"exists": True, "status": None}
    assert (await find(desk, NUMBER, CALLER[-4:]))["status"]["line"] == "new"
    assert await find(desk, "10000024") == {"exists": False, "status": None}
    assert (await desk.post("/internal/tickets/find", json={"number": "x"})).status_code == 422


async def test_asking_and_urging_are_noted_and_the_second_urge_raises(
    desk: httpx.AsyncClient, process: Process, page: Opener, clock: Clock
) -> None:
    story = Story()
    await tell(desk, story, *dialogue())
    first, *more = [facts.TicketUrged(1, NUMBER, count) for count in (1, 2, 3)]
    await tell(desk, story, *asks(facts.TicketAsked(1, NUMBER, "own"), first), contact=OTHER)
    async with page("9001") as supervisor:
        assert await urge_alarms(supervisor) == []
        assert (await supervisor.get("/api/v1/tickets", params={"view": "urged"})).json()["total"] == 1
        await tell(desk, story, *more, contact=OTHER)
        assert await urge_alarms(supervisor) == ["客户第 3 次催单，请过问：工单 1000 0008"]
        clock.forward(hours=30)
    async with page("9001") as supervisor:
        assert await urge_alarms(supervisor) == ["客户第 3 次催单，请过问：工单 1000 0008"]
        noted = await supervisor.post(f"/api/v1/tickets/{NUMBER}/notes", json={"text": "已问过网点，今天上门"})
        assert noted.status_code == 201, noted.text
        assert await urge_alarms(supervisor) == []
        (row,) = (await supervisor.get("/api/v1/tickets", params={"view": "urged"})).json()["items"]
        assert row["no"] == NUMBER
    (ticket,) = await of(desk, CALLER)
    assert ticket["urges"] == 3
    kinds = [kind for kind, _ in await timeline(process)]
    assert kinds.count("asked") == 1
    assert kinds.count("urge") == 3
    assert any("普通 → 高" in line for _, line in await timeline(process))
    assert await rejected(process) == []
    async with page("9001") as supervisor:
        body = {"version": row["version"], "move": "close"}
        assert (await supervisor.patch(f"/api/v1/tickets/{NUMBER}", json=body)).status_code == 200
        assert (await supervisor.get("/api/v1/tickets", params={"view": "urged"})).json()["items"] == []


async def test_somebody_who_posed_as_ours_is_an_alarm_until_a_person_takes_it(
    desk: httpx.AsyncClient, process: Process, page: Opener
) -> None:
    started, *_ = asks()
    opened = facts.TicketOpened(1, NUMBER, "complaint", "urgent", "handed_over")
    await tell(desk, Story(), started, facts.MatterOpened(1, "complaint"), opened)
    async with page("9001") as supervisor:
        board = (await supervisor.get("/api/v1/board")).json()
        alarms = [alarm for alarm in board["alarms"] if alarm["key"].startswith("complaint:")]
        told = "紧急投诉（多为疑似冒充）还没有人接手，请马上处理，并告诉派单员：工单 1000 0008"
        assert [alarm["text"] for alarm in alarms] == [told]
        async with process.parts.work() as session:
            events = await session.execute(text("SELECT count(*) FROM events WHERE kind = 'alarm'"))
            assert events.scalar_one() == 1
            await session.execute(text("UPDATE tickets SET owner_id = (SELECT id FROM accounts LIMIT 1)"))
            await session.commit()
        board = (await supervisor.get("/api/v1/board")).json()
        assert not [alarm for alarm in board["alarms"] if alarm["key"].startswith("complaint:")]


async def test_what_is_said_comes_to_the_ticket_asked_about(desk: httpx.AsyncClient, process: Process) -> None:
    story = Story()
    await tell(desk, story, *dialogue())
    note = facts.SlotFilled(1, "note", {"clip": "c/note"}, "unverified", "speech", clip="c/note")
    await tell(desk, story, *asks(note, facts.SafetyRaised(1, "gas", "key")), contact=OTHER)
    async with process.parts.work() as session:
        found = await session.execute(text("SELECT no, priority, safety FROM tickets"))
        assert [tuple(row) for row in found] == [(NUMBER, "urgent", "gas")]
        slots = await session.execute(text("SELECT ticket_no FROM ticket_slots WHERE slot = 'note'"))
        assert list(slots.scalars()) == [NUMBER]


async def test_a_ticket_nobody_knows_is_no_fact(desk: httpx.AsyncClient, process: Process) -> None:
    unknown = "10000024"
    await tell(desk, Story(), *asks(facts.TicketAsked(1, unknown, "denied"), facts.TicketUrged(1, unknown, 1)))
    assert await rejected(process) == ["unknown_ticket"]


async def test_a_place_that_is_kept_is_told_and_a_call_back_by_people_is_none(desk: httpx.AsyncClient) -> None:
    async def waits(number: str) -> bool:
        return bool((await desk.post("/internal/callbacks/open", json={"number": number})).json()["open"])

    assert not await waits(CALLER)
    story = Story()
    await tell(desk, story, *dialogue(), facts.CallbackRequested("asked", 1))
    assert not await waits(CALLER)
    await tell(desk, story, facts.CallbackRequested("asked", 1, queue="repair"))
    assert await waits(CALLER)
    assert not await waits("")


@pytest.mark.parametrize(("outcome", "state"), [("solved", "closed"), ("unconfirmed", "new")])
async def test_a_question_is_closed_only_when_the_caller_says_it_is_solved(
    desk: httpx.AsyncClient, process: Process, outcome: str, state: str
) -> None:
    started, *_ = asks()
    opened = facts.TicketOpened(1, NUMBER, "consult", "low", outcome)
    await tell(desk, Story(), started, facts.MatterOpened(1, "consult"), opened)
    async with process.parts.work() as session:
        assert list((await session.execute(text("SELECT state FROM tickets"))).scalars()) == [state]


_CURED, _GIVEN_UP = "来电人按电话里的步骤自查后恢复正常，待回访", "来电人在电话里说不办了，作废"


@pytest.mark.parametrize(
    ("outcome", "more", "state", "why"),
    [
        ("self_resolved", (), "resolved", _CURED),
        ("cancelled_by_caller", (), "void", _GIVEN_UP),
        ("cancelled_by_caller", (facts.CallbackRequested("asked", 1),), "new", _GIVEN_UP),
        ("self_resolved", (facts.CallbackRequested("asked", 1),), "resolved", _CURED),
        ("reported", (facts.CallbackRequested("asked", 1),), "new", ""),
    ],
)
async def test_nobody_is_sent_to_a_machine_that_runs_again_or_that_the_caller_gave_up(
    desk: httpx.AsyncClient, process: Process, outcome: str, more: tuple[facts.Fact, ...], state: str, why: str
) -> None:
    started, *_ = asks()
    opened = facts.TicketOpened(1, NUMBER, "repair", "normal", outcome)
    await tell(desk, Story(), started, facts.MatterOpened(1, "repair"), opened, *more)
    async with process.parts.work() as session:
        assert list((await session.execute(text("SELECT state FROM tickets"))).scalars()) == [state]
        told = list((await session.execute(text("SELECT text FROM timeline ORDER BY version"))).scalars())
    assert (why in told) if why else not {_CURED, _GIVEN_UP} & set(told)


@pytest.mark.parametrize(
    ("kind", "priority", "said", "state"),
    [
        ("consult", "low", (), "void"),
        ("complaint", "high", (), "void"),
        ("complaint", "high", (facts.SlotFilled(1, "statement", {"clip": "c/1"}, "unverified", "speech"),), "new"),
        ("complaint", "urgent", (), "new"),  # an impostor
        ("install", "normal", (), "void"),
        ("part_request", "normal", (), "void"),
    ],
)
async def test_what_is_given_up_is_void_whatever_it_was_but_not_what_must_be_looked_into(
    desk: httpx.AsyncClient, process: Process, kind: str, priority: str, said: tuple[facts.Fact, ...], state: str
) -> None:
    started, *_ = asks()
    opened = facts.TicketOpened(1, NUMBER, kind, priority, "cancelled_by_caller")
    await tell(desk, Story(), started, facts.MatterOpened(1, kind), *said, opened)
    async with process.parts.work() as session:
        assert list((await session.execute(text("SELECT state FROM tickets"))).scalars()) == [state]


async def test_a_danger_that_was_named_is_never_void(desk: httpx.AsyncClient, process: Process) -> None:
    started, *_ = asks()
    opened = facts.TicketOpened(1, NUMBER, "repair", "urgent", "cancelled_by_caller", "gas")
    await tell(desk, Story(), started, facts.MatterOpened(1, "repair"), opened)
    async with process.parts.work() as session:
        assert list((await session.execute(text("SELECT state FROM tickets"))).scalars()) == ["new"]
