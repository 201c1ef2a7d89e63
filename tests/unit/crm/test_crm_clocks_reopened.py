"""A ticket that is opened again: its promise runs anew, the old one stays as it was kept or broken (0044)."""

from typing import Any

import httpx

from crm.bootstrap import Process
from crm.clocks.tick import tick
from crm.jobs.loop import run_once
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import ADDRESS, Clock
from tests.unit.crm.tickets_by_hand import API, moved, opened

HUNAN = {"province": "湖南省", "city": "长沙市", "road": "五一路1号"}
SENTENCE = "市区内8小时上门服务,省内24小时内响应。"  # 四.一.2


async def promises(client: httpx.AsyncClient, no: str) -> dict[str, Any]:
    answer = (await client.get(f"{API}/tickets/{no}/clocks")).json()
    return {item["key"]: item for item in answer["clocks"]}


async def states(client: httpx.AsyncClient, no: str) -> dict[str, str]:
    held = await promises(client, no)
    return {key: item["state"] for key, item in held.items() if key != "address_check"}


async def changed(client: httpx.AsyncClient, no: str, **change: Any) -> None:
    current = (await client.get(f"{API}/tickets/{no}")).json()
    answer = await client.patch(f"{API}/tickets/{no}", json={"version": current["version"], **change})
    assert answer.status_code == 200, answer.text


async def visited(client: httpx.AsyncClient, supervisor: httpx.AsyncClient, ticket: dict[str, Any]) -> None:
    """Send somebody who mends it, from 待派单 on."""
    await moved(supervisor, ticket, "dispatch")
    await moved(client, ticket, "arrive")
    await moved(client, ticket, "resolve")


async def test_eight_hours_in_the_city_run_anew_from_the_reopening_and_the_kept_promise_stays(
    process: Process, page: Opener, clock: Clock
) -> None:
    async with page("8001") as client, page("9001") as supervisor:
        ticket = await opened(client, "repair")
        await moved(client, ticket, "accept")
        await visited(client, supervisor, ticket)
        kept = (await promises(client, ticket["no"]))["on_site"]
        clock.forward(days=3)
    async with page("8001") as client, page("9001") as supervisor:
        await moved(client, ticket, "reopen")
        held = await promises(client, ticket["no"])
        assert held["on_site"] == kept
        again = held["on_site.2"]
        assert (again["label"], again["state"], again["sentence"]) == ("上门（第 2 次）", "running", SENTENCE)
        assert again["left_ms"] == 8 * 3600 * 1000, "市区内8小时上门服务, from the reopening on"
        assert set(held) == {"address_check", "on_site", "on_site.2"}, "a verified address is not checked again"
        clock.forward(hours=9)
        await run_once("clocks", tick, process.parts.work, clock())
        assert await states(client, ticket["no"]) == {"on_site": "met", "on_site.2": "breached"}
        late = (await supervisor.get(f"{API}/clocks")).json()
        assert [(item["key"], item["late"]) for item in late] == [("on_site.2", True)]
        timeline = (await client.get(f"{API}/tickets/{ticket['no']}")).json()["timeline"]
        assert timeline[0]["text"] == "上门（第 2 次）：已超时"
        await visited(client, supervisor, ticket)
        clock.forward(hours=1)
        await moved(client, ticket, "reopen")
        assert await states(client, ticket["no"]) == {"on_site": "met", "on_site.2": "met_late", "on_site.3": "running"}
        await visited(client, supervisor, ticket)
        assert (await states(client, ticket["no"]))["on_site.3"] == "met"


async def test_a_promise_that_was_broken_stays_broken_when_the_ticket_is_opened_again(
    page: Opener, clock: Clock
) -> None:
    async with page("8001") as client, page("9001") as supervisor:
        ticket = await opened(client, "repair")
        await moved(client, ticket, "accept")
        clock.forward(hours=9)
        await visited(client, supervisor, ticket)
        await moved(client, ticket, "reopen")
        assert await states(client, ticket["no"]) == {"on_site": "met_late", "on_site.2": "running"}


async def test_whoever_reopens_in_the_province_has_spoken_with_the_customer(page: Opener, clock: Clock) -> None:
    async with page("8001") as client, page("9001") as supervisor:
        place = {"province": "广东省", "city": "深圳市", "road": "深南路1号"}
        ticket = await opened(client, "repair", slots={"address": place})
        await moved(client, ticket, "accept")
        clock.forward(hours=1)
        await visited(client, supervisor, ticket)
        await moved(client, ticket, "reopen")
        assert await states(client, ticket["no"]) == {"response": "met"}, "省内24小时内响应"


async def test_a_place_that_becomes_known_after_the_reopening_counts_from_it(page: Opener, clock: Clock) -> None:
    async with page("8001") as client, page("9001") as supervisor:
        ticket = await opened(client, "repair", slots={"address": HUNAN})
        await moved(client, ticket, "accept")
        await visited(client, supervisor, ticket)
        clock.forward(days=2)
    async with page("8001") as client:
        await moved(client, ticket, "reopen")
        clock.forward(hours=1)
        await changed(client, ticket["no"], slots={"address": {"value": ADDRESS}})
        assert (await promises(client, ticket["no"]))["on_site"]["left_ms"] == 7 * 3600 * 1000


async def test_a_promise_that_was_called_off_before_does_not_come_back_late(page: Opener, clock: Clock) -> None:
    async with page("8001") as client, page("9001") as supervisor:
        ticket = await opened(client, "repair")
        await changed(client, ticket["no"], slots={"address": {"value": HUNAN}})
        await moved(client, ticket, "accept")
        await visited(client, supervisor, ticket)
        clock.forward(days=2)
    async with page("8001") as client:
        await moved(client, ticket, "reopen")
        await changed(client, ticket["no"], slots={"address": {"value": ADDRESS}})
        held = await states(client, ticket["no"])
        assert (held["on_site"], held["on_site.2"]) == ("cancelled", "running")


async def test_the_second_round_is_paused_and_called_off_by_itself(page: Opener, clock: Clock) -> None:
    async with page("8001") as client, page("9001") as supervisor:
        ticket = await opened(client, "repair")
        await moved(client, ticket, "accept")
        await visited(client, supervisor, ticket)
        clock.forward(hours=1)
        await moved(client, ticket, "reopen")
        path = f"{API}/tickets/{ticket['no']}/clocks/on_site.2"
        paused = await supervisor.post(f"{path}/pause", json={"reason": "customer_wish"})
        assert paused.status_code == 200, paused.text
        assert await states(client, ticket["no"]) == {"on_site": "met", "on_site.2": "paused"}
        assert (await supervisor.post(f"{path}/resume")).status_code == 200
        await moved(supervisor, ticket, "void", void_reason="客户不要了")
        assert await states(client, ticket["no"]) == {"on_site": "met", "on_site.2": "cancelled"}


async def test_a_complaint_that_is_opened_again_is_answered_and_closed_anew(page: Opener, clock: Clock) -> None:
    async with page("8001") as client, page("9001") as supervisor:
        ticket = await opened(client, "complaint", slots={"category": {"value": "收费"}})
        await moved(client, ticket, "reply", reply="已退费")
        await moved(supervisor, ticket, "resolve", resolution="客户认可")
        clock.forward(hours=2)
        await moved(supervisor, ticket, "reopen")
        assert await states(client, ticket["no"]) == {
            "complaint_reply": "met", "complaint_close": "met",
            "complaint_reply.2": "running", "complaint_close.2": "running",
        }  # fmt: skip
