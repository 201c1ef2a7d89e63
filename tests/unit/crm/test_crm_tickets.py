"""Tickets at the pages' API: masking, search, merge and conflict, opened by hand."""

import httpx
import pytest

from ivr.contract import facts
from tests.unit.crm.asking import get, tell
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CONTACT, NUMBER, Story, dialogue, talk, waiting
from tests.unit.crm.tickets_by_hand import API


async def test_a_ticket_with_masked_number_until_it_is_the_agents_own(page: Opener, desk: httpx.AsyncClient) -> None:
    story = Story()
    await tell(desk, story, *dialogue(), *waiting())
    async with page("8001") as client, page("8002") as other:
        listed = await get(client, "/tickets?view=open")
        assert listed["total"] == 1
        row = listed["items"][0]
        assert (row["no"], row["number"]) == (NUMBER, "138****8000")
        assert (row["summary"], row["region"]) == ("E01", "顺德区容桂街道")
        assert row["unverified"] == ["产品"]
        await tell(desk, story, *talk()[:1])
        assert (await get(client, f"/tickets/{NUMBER}"))["number"] == "138 0013 8000"
        assert (await get(other, f"/tickets/{NUMBER}"))["number"] == "138****8000"
        assert (await get(client, "/tickets?view=mine"))["total"] == 1
        assert (await get(other, "/tickets?view=mine"))["total"] == 0


async def test_a_ticket_can_be_given_to_those_who_work_on_tickets(page: Opener) -> None:
    async with page("8002") as client:
        owners = await get(client, "/ticket-owners")
        assert [item["name"] for item in owners] == ["李明", "王敏", "张伟"]


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=E01", 1), ("q=容桂", 1), ("q=13800138000", 1), (f"q={NUMBER[-4:]}", 1), ("q=%25", 0), ("q=F99", 0),
     (f"contact={CONTACT}", 1), ("contact=x", 0), ("view=urgent", 0), ("view=today", 1), ("view=unverified", 1)],
)  # fmt: skip
async def test_finding_tickets(page: Opener, desk: httpx.AsyncClient, query: str, found: int) -> None:
    await tell(desk, Story(), *dialogue())
    async with page("8002") as client:
        assert (await get(client, f"/tickets?{query}"))["total"] == found


async def test_changing_confirming_and_moving(page: Opener, desk: httpx.AsyncClient) -> None:
    await tell(desk, Story(), *dialogue())
    async with page("8001") as client:
        ticket = await get(client, f"/tickets/{NUMBER}")
        change = {
            "version": ticket["version"], "priority": "high", "move": "accept", "confirm": ["address"],
            "slots": {"fault_code": {"value": {"canonical": "E02", "raw": "E02"}}}, "owner": "",
        }  # fmt: skip
        saved = (await client.patch(f"{API}/tickets/{NUMBER}", json=change)).json()
        slots = {slot["slot"]: slot for slot in saved["slots"]}
        assert (slots["fault_code"]["text"], slots["fault_code"]["evidence"]) == ("E02", "已核实")
        assert slots["fault_code"]["candidates"] != []
        assert slots["address"]["verified_by"] == "李明"
        assert (saved["state_name"], saved["priority_name"], saved["merged"]) == ("待派单", "高", [])
        assert saved["timeline"][0]["text"] == "核实完，待派单：待处理 → 待派单"
        again = {"version": saved["version"], "move": "accept"}
        assert (await client.patch(f"{API}/tickets/{NUMBER}", json=again)).json()["code"] == "move_not_allowed"
        wrong = {"version": saved["version"], "confirm": ["warranty"]}
        assert (await client.patch(f"{API}/tickets/{NUMBER}", json=wrong)).status_code == 422
        nobody = {"version": saved["version"], "owner": "f" * 32}
        assert (await client.patch(f"{API}/tickets/{NUMBER}", json=nobody)).status_code == 422
        future = {"version": 999, "priority": "low"}
        assert (await client.patch(f"{API}/tickets/{NUMBER}", json=future)).status_code == 422
        assert (await get(client, f"/tickets/{NUMBER}"))["version"] == saved["version"]


async def test_two_agents_change_one_ticket(page: Opener, desk: httpx.AsyncClient) -> None:
    await tell(desk, Story(), *dialogue())
    async with page("8001") as first, page("8002") as second:
        version = (await get(first, f"/tickets/{NUMBER}"))["version"]
        visit = {"version": version, "slots": {"visit": {"value": {"value": "明天上午"}}}}
        assert (await second.patch(f"{API}/tickets/{NUMBER}", json=visit)).status_code == 200
        merged = await first.patch(f"{API}/tickets/{NUMBER}", json={"version": version, "priority": "high"})
        assert merged.json()["merged"] == ["上门时间"]
        mine = {"version": version, "slots": {"visit": {"value": {"value": "后天"}}}}
        clash = await first.patch(f"{API}/tickets/{NUMBER}", json=mine)
        told = clash.json()
        assert (clash.status_code, told["detail"]) == (409, "王敏 12:00 改了 上门时间")
        assert told["changed"][0]["field"] == "visit"
        shown = {slot["slot"]: slot["text"] for slot in told["current"]["slots"]}
        assert shown["visit"] == "明天上午"


async def test_what_an_agent_verified_is_not_overwritten_by_the_dialogue(page: Opener, desk: httpx.AsyncClient) -> None:
    story = Story()
    await tell(desk, story, *dialogue())
    async with page("8001") as client:
        version = (await get(client, f"/tickets/{NUMBER}"))["version"]
        body = {"version": version, "slots": {"fault_code": {"value": {"canonical": "E09"}}}}
        await client.patch(f"{API}/tickets/{NUMBER}", json=body)
        await tell(desk, story, facts.SlotFilled(1, "fault_code", {"canonical": "F01"}, "unverified", "speech"))
        ticket = await get(client, f"/tickets/{NUMBER}")
        assert next(slot["text"] for slot in ticket["slots"] if slot["slot"] == "fault_code") == "E09"
        assert "F01" in ticket["timeline"][0]["text"]


async def test_opening_by_hand_takes_numbers_of_an_own_block(page: Opener, desk: httpx.AsyncClient) -> None:
    block = (await desk.post("/internal/numbers", json={"node": "ivr-1"})).json()
    other = (await desk.post("/internal/numbers", json={"node": "ivr-1"})).json()
    assert other["first"] == block["first"] + block["size"]
    await tell(desk, Story(), *dialogue())
    async with page("8001") as client:
        body = {"kind": "complaint", "contact": CONTACT, "note": "客户生气", "slots": {"category": {"value": "服务"}}}
        opened = [(await client.post(f"{API}/tickets", json=body)).json() for _ in range(2)]
        assert [ticket["matter"] for ticket in opened] == [100, 101]
        assert len({NUMBER, *(ticket["no"] for ticket in opened)}) == 3
        assert (opened[0]["owner_name"], opened[0]["number"]) == ("李明", "138 0013 8000")
        assert opened[0]["timeline"][0]["text"] == "客户生气"
        noted = await client.post(f"{API}/tickets/{opened[0]['no']}/notes", json={"text": "已致歉"})
        assert noted.json()["timeline"][0]["text"] == "已致歉"
        for wrong in ({"customer": "f" * 32}, {"contact": "x"}):
            assert (await client.post(f"{API}/tickets", json=body | wrong)).status_code == 422
        assert (await client.post(f"{API}/tickets/00000000/notes", json={"text": "x"})).status_code == 404
        assert (await client.get(f"{API}/tickets/00000000")).status_code == 404
