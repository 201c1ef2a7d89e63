"""What tests of the pages' API share: facts told by ivr, answers that must be good."""

from typing import Any

import httpx

from ivr.contract import facts
from tests.unit.crm.fakes import Story, wire
from tests.unit.crm.tickets_by_hand import API


async def tell(desk: httpx.AsyncClient, story: Story, *new: facts.Fact) -> None:
    assert (await desk.post("/internal/facts", json=wire(story.tell(*new)))).status_code == 200


async def get(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()
