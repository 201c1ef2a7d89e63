"""Gas companies' numbers: entered by administrators, told to ivr with each caller, gone when taken out."""

import httpx
import pytest

from crm.bootstrap import Process
from tests.unit.crm.asking import get
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, given_staff

FOSHAN = {"version": 0, "city": "佛山市", "number": "0757-2288 1000", "source": "佛山燃气官网",
          "checked_on": "2026-11-20"}  # fmt: skip
PATH = f"{API}/gas-phones/4406"


async def told(desk: httpx.AsyncClient, caller: str = "") -> list[dict[str, str]]:
    answer = await desk.post("/internal/identify", json={"caller_e164": caller})
    assert answer.status_code == 200
    found: list[dict[str, str]] = answer.json()["gas_phones"]
    return found


async def test_a_number_that_was_entered_is_told_for_every_caller(
    process: Process, page: Opener, desk: httpx.AsyncClient, clock: Clock
) -> None:
    await given_staff(process, clock)
    async with page("7004") as admin, page("8001") as agent:
        assert await told(desk) == []
        assert (await agent.put(PATH, json=FOSHAN)).status_code == 403
        made = (await admin.put(PATH, json=FOSHAN)).json()
        assert (made["number"], made["version"], made["changed_by"]) == ("075722881000", 1, "某7004")
        assert await told(desk) == await told(desk, "+8613800138000") == [{"city": "佛山市", "number": "075722881000"}]
        stale = await admin.put(PATH, json=FOSHAN)
        assert (stale.status_code, stale.json()["detail"][:11]) == (409, "这个城市的号码刚被别人")
        assert (await admin.put(PATH, json={**FOSHAN, "version": 1, "number": "119"})).json()["number"] == "119"
        assert [item["number"] for item in await get(agent, "/gas-phones")] == ["119"]
        assert (await admin.delete(PATH)).status_code == 204
        assert (await admin.delete(PATH)).status_code == 404
        assert await told(desk) == []
        log = (await get(admin, "/audit?subject=4406"))["items"]
        assert [item["action_name"] for item in log] == ["删除燃气抢修电话", "改燃气抢修电话", "改燃气抢修电话"]


@pytest.mark.parametrize(
    ("change", "field", "status"),
    [({"city": "佛山"}, "city", 422), ({"number": "电话"}, "number", 422), ({"source": " "}, "source", 422),
     ({"checked_on": "2026-12-24"}, "checked_on", 422)],
)  # fmt: skip
async def test_what_is_wrong_is_named(
    process: Process, page: Opener, clock: Clock, change: dict[str, str], field: str, status: int
) -> None:
    await given_staff(process, clock)
    async with page("7004") as admin:
        answer = await admin.put(PATH, json={**FOSHAN, **change})
        assert (answer.status_code, answer.json()["fields"][0]["field"]) == (status, field)


async def test_a_city_has_one_number(process: Process, page: Opener, clock: Clock) -> None:
    await given_staff(process, clock)
    async with page("7004") as admin:
        assert (await admin.put(PATH, json=FOSHAN)).status_code == 200
        assert (await admin.put(f"{API}/gas-phones/4407", json=FOSHAN)).json()["detail"] == "这个城市已有号码"
