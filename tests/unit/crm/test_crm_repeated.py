"""A machine reported again within thirty days: marked for whoever takes the ticket, and one step more urgent."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from crm.bootstrap import Process
from ivr.contract import facts
from ivr.contract.facts import Fact
from ivr.contract.ids import ticket_number
from tests.unit.crm.fakes import CALLER, NOON, NUMBER, Story, waiting, wire
from tests.unit.crm.test_crm_pops import viewer

AGAIN = str(ticket_number(1_000_001))
OTHER = "f" * 32
MARK = f"重复维修：30 天内同一台机器报过修（工单 {NUMBER}），紧急度升一级"


def repair(number: str, machine: str = "p1", priority: str = "normal", safety: str = "") -> list[Fact]:
    return [
        facts.ContactStarted("hotline-1.1", "13800138000", CALLER, "4001726011", "", "v1"),
        facts.MatterOpened(1, "repair"),
        facts.SlotFilled(1, "product", {"value": "boiler", "product_id": machine}, "crm_confirmed", "crm"),
        facts.TicketOpened(1, number, "repair", priority, "reported", safety),
    ]


async def tell(desk: httpx.AsyncClient, story: Story, *new: Fact, contact: str) -> None:
    answer = await desk.post("/internal/facts", json=wire(story.tell(*new, contact=contact)))
    assert answer.status_code == 200, answer.text


async def first_and_again(desk: httpx.AsyncClient, second: list[Fact], *, days: float = 3) -> Story:
    """Tell of a repair of p1 and, so many days later, of a second one."""
    story = Story(at=NOON - timedelta(days=days))
    await tell(desk, story, *repair(NUMBER), contact="e" * 32)
    story.at = NOON
    await tell(desk, story, *second, contact=OTHER)
    return story


async def rows(process: Process, statement: str) -> list[Any]:
    async with process.parts.work() as session:
        return [tuple(row) for row in await session.execute(text(statement))]


@pytest.mark.parametrize(
    ("second", "days", "priority", "marks"),
    [
        (repair(AGAIN), 3, "high", [(AGAIN, MARK)]),
        (repair(AGAIN, priority="high"), 29, "urgent", [(AGAIN, MARK)]),
        (repair(AGAIN, priority="urgent", safety="gas"), 3, "urgent", [(AGAIN, MARK)]),
        (repair(AGAIN, machine="p2"), 3, "normal", []),
        (repair(AGAIN, machine=""), 3, "normal", []),
        (repair(AGAIN), 31, "normal", []),
    ],
)
async def test_the_same_machine_within_thirty_days_is_a_repeated_repair(
    process: Process, desk: httpx.AsyncClient, second: list[Fact], days: float, priority: str, marks: list[Any]
) -> None:
    story = await first_and_again(desk, second, days=days)
    await tell(desk, story, facts.TicketOpened(1, AGAIN, "repair", "normal", "reported"), contact=OTHER)
    assert await rows(process, "SELECT ticket_no, text FROM timeline WHERE kind = 'repeat'") == marks
    found = dict(await rows(process, "SELECT no, priority FROM tickets"))
    assert found == {NUMBER: "normal", AGAIN: priority}


async def test_whoever_answers_sees_it_before_the_first_word(process: Process, desk: httpx.AsyncClient) -> None:
    await first_and_again(desk, [*repair(AGAIN), facts.HandedOver("queue", "repair"), *waiting()])
    async with process.parts.work.snapshot() as session:
        card = (await process.hub.snapshot(session, await viewer(process, "8001"))).cards[0]
    assert [(tag.text, tag.detail) for tag in card.tags] == [("重复维修", f"30 天内同一台机器报过修，工单 {NUMBER}")]
