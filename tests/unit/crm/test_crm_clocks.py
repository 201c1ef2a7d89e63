"""Clocks of tickets on a clock that is moved by hand: started, at risk, late, paused with a reason, kept."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from crm.bootstrap import Process
from crm.clocks.tick import tick
from crm.jobs.loop import run_once
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import NUMBER, Clock, Story, dialogue, wire
from tests.unit.crm.tickets_by_hand import API, given_staff, moved, opened

ABROAD = {"province": "湖南省", "city": "长沙市", "road": "五一路1号"}


async def clocks(client: httpx.AsyncClient, no: str) -> dict[str, str]:
    answer = (await client.get(f"{API}/tickets/{no}/clocks")).json()
    return {item["key"]: item["state"] for item in answer["clocks"]}


async def ticked(process: Process, clock: Clock) -> int:
    return await run_once("clocks", tick, process.parts.work, clock())


async def test_eight_hours_in_the_city_at_risk_then_late_each_told_once(
    process: Process, page: Opener, clock: Clock
) -> None:
    async with page("8001") as client, page("9001") as supervisor:
        ticket = await opened(client, "repair")
        shown = {item["key"]: item for item in ticket["clocks"]}
        assert shown["on_site"]["left_ms"] == 8 * 3600 * 1000
        assert shown["on_site"]["sentence"] == "市区内8小时上门服务,省内24小时内响应。"
        assert await ticked(process, clock) == 0
        clock.forward(hours=6)
        assert await clocks(client, ticket["no"]) == {"address_check": "met", "on_site": "at_risk"}
        await asyncio.gather(ticked(process, clock), ticked(process, clock))
        clock.forward(hours=2)
        assert await ticked(process, clock) == 1
        assert await ticked(process, clock) == 0
        assert (await clocks(client, ticket["no"]))["on_site"] == "breached"
        late = (await supervisor.get(f"{API}/clocks")).json()
        assert [(item["ticket"], item["key"], item["late"]) for item in late] == [(ticket["no"], "on_site", True)]
        timeline = (await client.get(f"{API}/tickets/{ticket['no']}")).json()["timeline"]
        assert [item["text"] for item in timeline if item["kind"] == "clock"] == ["上门：已超时", "上门：将超时"]
        await moved(client, ticket, "accept")
        await moved(supervisor, ticket, "dispatch")
        assert (await clocks(client, ticket["no"]))["on_site"] == "breached"
        await moved(client, ticket, "arrive")
        assert (await clocks(client, ticket["no"]))["on_site"] == "met_late"


async def test_the_place_decides_and_may_become_known_later(
    page: Opener, desk: httpx.AsyncClient, clock: Clock
) -> None:
    async with page("8001") as client:
        await desk.post("/internal/facts", json=wire(Story().tell(*dialogue())))
        ticket = await opened(client, "repair", slots={"address": ABROAD})
        assert set(await clocks(client, ticket["no"])) == {"contact", "address_check"}
        clock.forward(hours=1)
        current = (await client.get(f"{API}/tickets/{ticket['no']}")).json()
        place = {"address": {"value": {"province": "广东省", "city": "深圳市", "road": "深南路1号"}}}
        await client.patch(f"{API}/tickets/{ticket['no']}", json={"version": current["version"], "slots": place})
        states = await clocks(client, ticket["no"])
        assert (states["contact"], states["response"]) == ("cancelled", "running")
        answer = (await client.get(f"{API}/tickets/{ticket['no']}/clocks")).json()
        response = next(item for item in answer["clocks"] if item["key"] == "response")
        assert response["left_ms"] == 23 * 3600 * 1000, "from the opening on"
        assert set(await clocks(client, NUMBER)) == {"on_site", "address_check"}
        await moved(client, ticket, "accept")
        assert (await clocks(client, ticket["no"]))["response"] == "met"
        assert (await client.get(f"{API}/tickets/00000000/clocks")).status_code == 404


async def test_a_pause_has_a_reason_and_is_audited(process: Process, page: Opener, clock: Clock) -> None:
    await given_staff(process, clock)
    async with page("8001") as agent, page("7001") as dispatcher, page("7003") as auditor:
        ticket = await opened(agent, "repair")
        path = f"{API}/tickets/{ticket['no']}/clocks/on_site"
        why = {"reason": "customer_wish", "note": "后天才在家"}
        assert (await agent.post(f"{path}/pause", json=why)).status_code == 403
        assert (await dispatcher.post(f"{path}/pause", json={"reason": "lunch"})).status_code == 422
        assert (await dispatcher.post(f"{path}/resume")).json()["code"] == "clock_not_running"
        past = why | {"until": "2026-11-22T03:00:00Z"}
        assert (await dispatcher.post(f"{path}/pause", json=past)).status_code == 422
        clock.forward(hours=1)
        until = why | {"until": "2026-11-22T09:00:00Z"}
        assert (await dispatcher.post(f"{path}/pause", json=until)).status_code == 200
        assert (await dispatcher.post(f"{path}/pause", json=why)).status_code == 409
        clock.forward(hours=3)
        assert await ticked(process, clock) == 0
        shown = (await dispatcher.get(f"{API}/tickets/{ticket['no']}/clocks")).json()
        assert ({item["state"] for item in shown["clocks"]}, max(item["left_ms"] or 0 for item in shown["clocks"])) == (
            {"paused", "met"},
            7 * 3600 * 1000,
        )
        clock.forward(hours=2)
        assert await ticked(process, clock) == 1
        shown = (await dispatcher.get(f"{API}/tickets/{ticket['no']}/clocks")).json()
        on_site = next(item for item in shown["clocks"] if item["key"] == "on_site")
        assert on_site["due_at"] == "2026-11-22T16:00:00.000Z"
        pause = shown["pauses"][0]
        assert (pause["reason_name"], pause["paused_by"], pause["resumed_by"]) == ("按用户要求", "某7001", "系统")
        await dispatcher.post(f"{path}/pause", json=why)
        assert (await dispatcher.post(f"{path}/resume")).status_code == 200
        assert (await dispatcher.post(f"{API}/tickets/{ticket['no']}/clocks/none/resume")).status_code == 404
        assert (await dispatcher.post(f"{API}/tickets/00000000/clocks/on_site/resume")).status_code == 404
        log = (await auditor.get(f"{API}/audit?subject_kind=ticket&subject={ticket['no']}")).json()["items"]
        assert [item["action"] for item in log if item["action"].startswith("clock")] == [
            "clock_resumed", "clock_paused", "clock_paused",
        ]  # fmt: skip


async def test_waiting_for_the_customer_stops_the_clock(process: Process, page: Opener, clock: Clock) -> None:
    async with page("8001") as client:
        ticket = await opened(client, "complaint", slots={"category": {"value": "收费"}})
        assert await clocks(client, ticket["no"]) == {"complaint_reply": "running", "complaint_close": "running"}
        await moved(client, ticket, "start")
    clock.forward(hours=20)  # longer than a log-in lasts
    async with page("8001") as client:
        await moved(client, ticket, "wait")
        clock.forward(days=3)
        assert await ticked(process, clock) == 0
    async with page("8001") as client:
        await moved(client, ticket, "resume")
        assert (await clocks(client, ticket["no"]))["complaint_reply"] == "at_risk"
        replied = await moved(client, ticket, "reply", reply="已退费")
        assert {item["key"]: item["state"] for item in replied["clocks"]}["complaint_reply"] == "met"


@pytest.mark.parametrize("end", ["void", "kind"])
async def test_a_promise_that_no_longer_holds_is_cancelled(page: Opener, end: str) -> None:
    async with page("8001") as client:
        ticket = await opened(client, "repair")
        if end == "void":
            await moved(client, ticket, "void", void_reason="重复")
        else:
            body = {"version": ticket["version"], "kind": "consult"}
            await client.patch(f"{API}/tickets/{ticket['no']}", json=body)
        assert set((await clocks(client, ticket["no"])).values()) <= {"cancelled", "met"}
        if end == "kind":
            current = (await client.get(f"{API}/tickets/{ticket['no']}")).json()
            body = {"version": current["version"], "kind": "repair"}
            await client.patch(f"{API}/tickets/{ticket['no']}", json=body)
            assert (await clocks(client, ticket["no"]))["on_site"] == "running"


async def test_a_failed_tick_does_not_end_the_job(process: Process, clock: Clock) -> None:
    async def broken(*_: object) -> int:
        raise RuntimeError("broken")

    assert await run_once("broken", broken, process.parts.work, clock()) == 0


async def test_a_promise_of_working_hours_stands_over_the_days_off(page: Opener, clock: Clock) -> None:
    """国庆节 2026 is of the calendar that human hours go by; 18 working hours end after it."""
    clock.moment = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)  # 16:00, two hours before the office closes
    async with page("8001") as client:
        ticket = await opened(client, "unit_return")
        (promise,) = [item for item in ticket["clocks"] if item["key"] == "return_answer"]
    assert promise["due_at"] == "2026-10-09T08:00:00.000Z"
