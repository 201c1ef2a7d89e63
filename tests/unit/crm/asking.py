"""What tests of the pages' API share: facts told by ivr, answers that must be good, rows as they are."""

from typing import Any

import httpx
from sqlalchemy import select, text

from crm.bootstrap import Process
from crm.models import Base
from ivr.contract import facts
from ivr.contract.envelope import Envelope
from tests.unit.crm.fakes import Story, wire
from tests.unit.crm.tickets_by_hand import API


async def tell(desk: httpx.AsyncClient, story: Story, *new: facts.Fact) -> None:
    assert (await desk.post("/internal/facts", json=wire(story.tell(*new)))).status_code == 200


async def get(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ship(desk: httpx.AsyncClient, envelopes: list[Envelope]) -> int:
    answer = await desk.post("/internal/facts", json=wire(envelopes))
    assert answer.status_code == 200, answer.text
    return int(answer.json()["acked"])


async def rows(process: Process, statement: str) -> list[Any]:
    async with process.parts.work() as session:
        return [dict(row) for row in (await session.execute(text(statement))).mappings()]


async def one(process: Process, statement: str) -> Any:
    found = await rows(process, statement)
    assert len(found) == 1, found
    return found[0]


async def everything(process: Process) -> dict[str, list[str]]:
    """Return all rows but for what is made by chance or by the time of delivery."""
    named_by_chance = {"customers", "addresses", "phone_numbers", "pops", "callback_tasks"}
    named_by_chance |= {"path_nodes", "turns", "rings", "timeline"}
    skipped = {"sessions", "accounts", "events", "audit_entries"}
    seen: dict[str, list[str]] = {}
    async with process.parts.work() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in skipped:
                continue
            chance = {"received_at", "customer_id", "owner_id", *({"id"} if table.name in named_by_chance else ())}
            found = await session.execute(select(*(column for column in table.columns if column.name not in chance)))
            seen[table.name] = sorted(repr(tuple(row)) for row in found)
    return seen
