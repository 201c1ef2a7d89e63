"""Notices to callers: who may give one, what is refused, and what the caller's card carries while it lasts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import httpx
import pytest

from crm.bootstrap import Process
from crm.demo import seed
from crm.notices.service import lies_in
from crm.rules import service as rules
from crm.settings import Settings
from ivr.contract import facts
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock, Story, wire
from tests.unit.crm.visits.world import ask

OWNER = "+8613900139000"  # of the demo: 佛山市顺德区容桂街道
GAS: Mapping[str, Any] = {
    "kind": "area", "adcode": "440606003", "area": "容桂街道", "event": "今天停气",
    "starts_at": "2026-11-22T05:00:00Z", "ends_at": "2026-11-22T10:00:00Z",
}  # fmt: skip


async def card(desk: httpx.AsyncClient, number: str = OWNER) -> tuple[str, str, bool]:
    """Return notice_area, notice_event and surge of a caller's card."""
    answer = await desk.post("/internal/identify", json={"caller_e164": number})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return told["notice_area"], told["notice_event"], told["surge"]


async def test_callers_of_the_division_hear_it_as_long_as_it_lasts(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock
) -> None:
    async with process.parts.work() as session:
        await seed(session, clock())
    async with page("9001") as client:
        wide = {**GAS, "adcode": "4406", "area": "佛山市", "event": "今天有寒潮"}
        await ask(client, "POST", "/notices", 201, **wide)
        made = await ask(client, "POST", "/notices", 201, **GAS)
        assert (made["state"], made["spoken"], made["version"]) == ("coming", "容桂街道今天停气", 1)
        elsewhere = {**GAS, "adcode": "440604", "area": "禅城区"}
        await ask(client, "POST", "/notices", 201, **elsewhere)
        assert await card(desk) == ("", "", False)
        clock.forward(hours=2)
        assert await card(desk) == ("容桂街道", "今天停气", False)
        assert await card(desk, "+8613800138001") == ("", "", False)
        over = {**GAS, "version": 1, "ends_at": "2026-11-22T06:00:01Z"}
        assert (await ask(client, "PUT", f"/notices/{made['id']}", **over))["version"] == 2
        clock.forward(minutes=1)
        assert await card(desk) == ("佛山市", "今天有寒潮", False)
        await ask(client, "PUT", f"/notices/{made['id']}", 409, **over)
        await ask(client, "PUT", f"/notices/{'0' * 32}", 404, **{**GAS, "version": 1})
        listed = await ask(client, "GET", "/notices")
    assert sorted(item["state"] for item in listed) == ["lasting", "lasting", "over"]


async def test_many_calls_are_told_by_a_notice_or_by_the_queues(
    desk: httpx.AsyncClient, page: Opener, clock: Clock, settings: Settings
) -> None:
    async with page("9001") as client:
        span = {name: GAS[name] for name in ("starts_at", "ends_at")}
        await ask(client, "POST", "/notices", 201, kind="surge", **span)
        assert (await ask(client, "GET", "/notices"))[0]["spoken"] == "现在来电较多"
    assert await card(desk, "") == ("", "", False)
    clock.forward(hours=2)
    assert await card(desk, "") == ("", "", True)
    clock.forward(hours=9)
    assert await card(desk, "") == ("", "", False)
    assert settings.surge_waiting == 10
    for number in range(10):
        assert await card(desk, "") == ("", "", False)
        story = Story(node=f"ivr-{number}", contact=f"{number:032x}")
        started = facts.ContactStarted(f"hotline-1.{number}", "", "", "4001726011", "", "v1")
        joined = facts.QueueJoined(f"v{number}", "repair", 1)
        await desk.post("/internal/facts", json=wire(story.tell(started, joined)))
    assert await card(desk, "") == ("", "", True)


async def test_a_complaint_is_promised_a_time_only_once_the_company_has_set_one(
    process: Process, desk: httpx.AsyncClient, clock: Clock
) -> None:
    async def told() -> str:
        answer = await desk.post("/internal/identify", json={"caller_e164": ""})
        return str(answer.json()["complaint_reply_by"])

    assert await told() == ""
    given = {name: value for name, value in rules.default_sets("clocks")[-1].items() if name != "valid_from"}
    async with process.parts.work() as session:
        await rules.add_set(session, "clocks", date(2026, 11, 23), given, actor="张伟", now=clock())
    assert await told() == ""
    clock.forward(days=1, minutes=10)
    assert await told() == "2026-11-24T13:00"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"area": ""}, "area"),
        ({"event": ""}, "event"),
        ({"adcode": ""}, "adcode"),
        ({"ends_at": "2026-11-22T05:00:00Z"}, "ends_at"),
        ({"ends_at": "2026-12-30T05:00:00Z"}, "ends_at"),
        ({"starts_at": "2026-11-20T05:00:00Z", "ends_at": "2026-11-21T05:00:00Z"}, "ends_at"),
        ({"event": "[[a1]]"}, "event"),
    ],
)
async def test_what_cannot_be_said_is_refused(page: Opener, change: Mapping[str, str], field: str) -> None:
    async with page("9001") as client:
        answer = await ask(client, "POST", "/notices", 422, **{**GAS, **change})
    assert field in [item["field"] for item in answer["fields"]]


async def test_everybody_reads_and_leads_write(page: Opener) -> None:
    async with page("8001") as agent:
        assert await ask(agent, "GET", "/notices") == []
        await ask(agent, "POST", "/notices", 403, **GAS)


@pytest.mark.parametrize(
    ("address", "adcode", "name", "inside"),
    [
        ({"adcode": "440606003"}, "440606", "顺德区", True),
        ({"adcode": "440606", "town": "容桂街道"}, "440606003", "容桂街道", True),
        ({"adcode": "440606", "town": "大良街道"}, "440606003", "容桂街道", False),
        ({"adcode": "440113", "district": "番禺区"}, "4406", "佛山市", False),
        ({"district": "顺德区"}, "440606", "顺德区", True),
        ({}, "440606", "顺德区", False),
    ],
)
def test_an_address_lies_in_a_division_by_code_else_by_name(
    address: Mapping[str, str], adcode: str, name: str, *, inside: bool
) -> None:
    assert lies_in(address, adcode, name) is inside
