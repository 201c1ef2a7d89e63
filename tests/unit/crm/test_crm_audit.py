"""The audit log's page: what an id stands for is said beside it to who may know, and a longer list asks no more."""

from typing import Any

import httpx

from crm.bootstrap import Process
from tests.unit.crm.conftest import Opener
from tests.unit.crm.counting import statements
from tests.unit.crm.fakes import CONTACT, NUMBER, Clock, Story, dialogue, talk, waiting, wire
from tests.unit.crm.tickets_by_hand import API, given_staff


async def looked_at(client: httpx.AsyncClient, *paths: str) -> None:
    for path in paths:
        assert (await client.get(f"{API}{path}")).status_code == 200


async def names(client: httpx.AsyncClient) -> dict[tuple[str, str], str]:
    items: list[dict[str, Any]] = (await client.get(f"{API}/audit")).json()["items"]
    return {(item["subject_kind"], item["subject"]): item["subject_name"] for item in items}


async def test_what_an_id_stands_for_is_said_to_who_may_know(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock
) -> None:
    await given_staff(process, clock)
    await desk.post("/internal/facts", json=wire(Story().tell(*dialogue(), *waiting(), *talk())))
    async with page("8001") as agent, page("9001") as supervisor, page("7003") as auditor:
        customer = (await agent.get(f"{API}/tickets/{NUMBER}")).json()["customer"]
        await looked_at(agent, f"/customers/{customer}", f"/calls/{CONTACT}")
        subjects = ("ticket", NUMBER), ("customer", customer), ("contact", CONTACT)
        told = await names(supervisor)
        assert [told[key] for key in subjects] == ["维修申报 138****8000", "138****8000", "138****8000"]
        file = (await agent.get(f"{API}/customers/{customer}")).json()
        change = {"version": file["version"], "name": "李芳"}
        assert (await agent.patch(f"{API}/customers/{customer}", json=change)).status_code == 200
        told = await names(supervisor)
        assert [told[key] for key in subjects] == ["维修申报 李芳", "李芳", "李芳"]
        told = await names(auditor)
        assert [told[key] for key in subjects] == ["维修申报", "", ""]
        assert told["list", "audit"] == ""


async def test_a_longer_log_asks_the_database_no_more_often(page: Opener) -> None:
    async with page("8001") as agent, page("9001") as supervisor:

        async def looks(number: int) -> None:
            made = {"name": f"客户{number}", "numbers": [{"number": f"1380013800{number}"}]}
            customer = (await agent.post(f"{API}/customers", json=made)).json()["id"]
            opened = {"kind": "consult", "priority": "normal", "customer": customer}
            answer = await agent.post(f"{API}/tickets", json=opened)
            assert answer.status_code == 201, answer.text
            await looked_at(agent, f"/customers/{customer}", f"/tickets/{answer.json()['no']}")

        async def counted() -> int:
            with statements() as sent:
                await looked_at(supervisor, "/audit")
            return len(sent)

        await looks(0)
        before = await counted()
        for number in range(1, 6):
            await looks(number)
        assert await counted() == before
