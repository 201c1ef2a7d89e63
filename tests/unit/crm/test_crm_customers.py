"""Customers: found, read, changed, identified."""

import httpx

from crm.bootstrap import Process
from crm.demo import seed
from tests.unit.crm.asking import get, tell
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import NUMBER, Clock, Story, dialogue, waiting
from tests.unit.crm.tickets_by_hand import API


async def test_customers_are_found_read_and_changed(
    process: Process, page: Opener, desk: httpx.AsyncClient, clock: Clock
) -> None:
    async with process.parts.work() as session:
        await seed(session, clock())
    story = Story()
    await tell(desk, story, *dialogue(), *waiting())
    async with page("8001") as client, page("8002") as other:
        found = await get(client, "/customers?q=陈国强")
        assert (found["total"], found["items"][0]["number"]) == (1, "139****9000")
        assert (await get(client, "/customers?q=凤翔路18"))["total"] == 2
        file = await get(client, f"/customers/{found['items'][0]['id']}")
        assert (file["products"][0]["serial"], file["elder"]) == ("2503-01877", True)
        caller = (await get(client, "/customers?q=13800138000"))["items"][0]["id"]
        for reader, shown in ((client, "138 0013 8000"), (other, "138****8000")):
            phones = (await get(reader, f"/customers/{caller}"))["phones"]
            assert [phone["number"] for phone in phones] == [shown]
        body = {"version": 1, "name": "李芳", "elder": True}
        assert (await client.patch(f"{API}/customers/{caller}", json=body)).json()["name"] == "李芳"
        assert (await client.patch(f"{API}/customers/{caller}", json=body)).status_code == 409
        assert (await client.get(f"{API}/customers/{'f' * 32}")).status_code == 404
        assert (await client.patch(f"{API}/customers/{'f' * 32}", json=body)).status_code == 404


async def test_identify_tells_only_region_and_road(process: Process, desk: httpx.AsyncClient, clock: Clock) -> None:
    async with process.parts.work() as session:
        first = await seed(session, clock())
        assert (await seed(session, clock()))["customer"] == first["customer"]
    known = (await desk.post("/internal/identify", json={"caller_e164": "+8613900139000", "did": "x"})).json()
    assert (known["known"], known["address_region"]) == (True, "广东省佛山市顺德区容桂街道")
    assert known["address_road"] == "凤翔路"
    (product,) = known["products"]
    assert (product["spoken"], product["bought_on"]) == ("壁挂炉", "2025-03-12")
    await tell(desk, Story(), *dialogue())
    caller = (await desk.post("/internal/identify", json={"caller_e164": "+8613800138000"})).json()
    assert caller["open_ticket"] == NUMBER
    assert caller["past"] == {"tickets": [NUMBER], "kinds": ["repair"], "machines": []}
    nobody = (await desk.post("/internal/identify", json={"caller_e164": ""})).json()
    assert not nobody["known"]
