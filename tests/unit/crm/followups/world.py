"""Completed tickets of a called number, and the tick that opens their follow-ups on their day."""

from dataclasses import dataclass
from typing import Any

import httpx

from crm.bootstrap import Process
from crm.followups import opening
from crm.jobs.loop import run_once
from ivr.contract import facts
from tests.unit.crm.asking import get, tell
from tests.unit.crm.conftest import given_session
from tests.unit.crm.fakes import NUMBER, Clock, Story, dialogue, talk, waiting
from tests.unit.crm.tickets_by_hand import API, moved

UNTIL_DUE = {"days": 2, "hours": -2}  # from Sunday noon to Tuesday 10:00


async def completed(desk: httpx.AsyncClient, agent: httpx.AsyncClient) -> dict[str, Any]:
    """Tell a call that reports a repair, and end its ticket as mended on the telephone."""
    await tell(desk, Story(), *dialogue(), *waiting(), *talk())
    ticket: dict[str, Any] = await get(agent, f"/tickets/{NUMBER}")
    return await moved(agent, ticket, "resolve")


async def self_resolved(desk: httpx.AsyncClient) -> None:
    """Tell a call whose caller cured the machine by the advice."""
    opened = facts.TicketOpened(1, NUMBER, "repair", "normal", "self_resolved")
    told = [fact for fact in dialogue() if not isinstance(fact, facts.TicketOpened | facts.HandedOver)]
    await tell(desk, Story(), *told, opened, facts.ContactEnded("served"))


@dataclass
class Office:
    """Two agents, a supervisor, ivr's side of crm, and the clock; who works for days logs in anew each time."""

    process: Process
    clock: Clock
    desk: httpx.AsyncClient
    agent: httpx.AsyncClient
    second: httpx.AsyncClient
    lead: httpx.AsyncClient

    async def forward(self, **by: float) -> None:
        """Move the clock on."""
        self.clock.forward(**by)
        for number, client in (("8001", self.agent), ("8002", self.second), ("9001", self.lead)):
            client.cookies.set("hotline_session", await given_session(self.process, number, self.clock))

    async def tick(self) -> int:
        """Run the tick once."""
        return await run_once("follow_ups", opening.tick, self.process.parts.work, self.clock())

    async def on_its_day(self) -> dict[str, Any]:
        """Go on to the morning when it is due; returns the one of the day's list."""
        await self.forward(**UNTIL_DUE)
        assert await self.tick() == 1
        (found,) = (await get(self.agent, "/followups"))["items"]
        return dict(found)


async def told(client: httpx.AsyncClient, follow_up: str, status: int = 201, **body: Any) -> dict[str, Any]:
    """Write down an attempt."""
    answer = await client.post(f"{API}/followups/{follow_up}/attempts", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def taken(client: httpx.AsyncClient, follow_up: str, status: int = 200) -> dict[str, Any]:
    """Take it."""
    answer = await client.post(f"{API}/followups/{follow_up}/take")
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found
