"""Calls and call-backs at the pages' API."""

from datetime import datetime, timedelta

import httpx
import pytest

from ivr.contract import facts
from tests.unit.crm.asking import get, tell
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CONTACT, NUMBER, Clock, Story, dialogue, talk, waiting
from tests.unit.crm.tickets_by_hand import API


async def test_calls_are_the_agents_own(page: Opener, desk: httpx.AsyncClient) -> None:
    story = Story()
    await tell(desk, story, *dialogue()[:3], *waiting(), *talk())
    async with page("8001") as own, page("8002") as other, page("9001") as supervisor:
        assert [(await get(who, "/calls"))["total"] for who in (own, other, supervisor)] == [1, 0, 1]
        call = await get(own, f"/calls/{CONTACT}")
        assert (call["outcome_name"], call["agent_name"], call["number"]) == ("已接听", "李明", "138****8000")
        assert call["visits"][0]["rings"][0]["reason"] == "answered"
        assert call["turns"][0]["text"] == "我要报修"
        assert (await other.get(f"{API}/calls/{CONTACT}")).status_code == 404
        assert (await get(supervisor, "/calls?outcome=talked&q=8000&from=2026-11-22T00:00:00Z"))["total"] == 1
        assert (await get(supervisor, "/calls?to=2026-11-22T00:00:00Z"))["total"] == 0
        me = await get(own, "/me")
        assert (me["last_call"]["contact"], me["today"]["average_talk_ms"]) == (CONTACT, 60_000)


async def test_a_callback_is_one_persons_for_ten_minutes(page: Opener, desk: httpx.AsyncClient, clock: Clock) -> None:
    left = facts.QueueLeft("v1", "repair", "abandoned", 5000)
    await tell(desk, Story(), *dialogue(), *waiting(), left, facts.ContactEnded("abandoned"))
    async with page("8001") as first, page("8002") as second:
        task = (await get(first, "/callbacks"))["items"][0]
        path = f"{API}/callbacks/{task['id']}"
        taken = (await first.post(f"{path}/take")).json()
        assert (taken["taken_by"], taken["taken_name"]) == ("8001", "李明")
        refused = await second.post(f"{path}/take")
        assert (refused.status_code, refused.json()["detail"]) == (409, "李明 正在回拨")
        assert (await first.post(f"{path}/take")).status_code == 200
        clock.forward(minutes=11)
        assert (await second.post(f"{path}/take")).json()["taken_by"] == "8002"
        left = (await second.post(f"{path}/done", json={"result": "no_answer"})).json()
        assert (left["taken_by"], left["taken_until"], left["done_at"]) == ("", None, None)
        await first.post(f"{path}/done", json={"result": "reached"})
        over = await second.post(f"{path}/take")
        assert (over.status_code, over.json()["code"]) == (409, "callback_over")


async def test_callbacks_are_rung_and_done(page: Opener, desk: httpx.AsyncClient, clock: Clock) -> None:
    left = facts.QueueLeft("v1", "repair", "abandoned", 5000)
    await tell(desk, Story(), *dialogue(), *waiting(), left, facts.ContactEnded("abandoned"))
    async with page("8001") as client:
        task = (await get(client, "/callbacks?tab=abandoned"))["items"][0]
        assert (task["number"], task["reason_name"], task["ticket"]) == ("138 0013 8000", "排队放弃", NUMBER)
        assert (await get(client, f"/tickets/{NUMBER}"))["callback"]["id"] == task["id"]
        clock.forward(minutes=40)
        tried = await client.post(f"{API}/callbacks/{task['id']}/done", json={"result": "no_answer"})
        assert tried.json()["done_at"] is None
        assert tried.json()["due_at"] > task["due_at"]
        await client.post(f"{API}/callbacks/{task['id']}/done", json={"result": "reached", "note": "好"})
        assert (await get(client, "/callbacks"))["total"] == 0
        assert (await get(client, "/callbacks?done=true"))["items"][0]["done_by"] == "李明"
        assert (await client.post(f"{API}/callbacks/{'f' * 32}/done", json={"result": "reached"})).status_code == 404


async def marked_do_not_call(client: httpx.AsyncClient) -> None:
    """Mark the caller's number, not the file."""
    (customer,) = (await get(client, "/customers?q=13800138000"))["items"]
    file = await get(client, f"/customers/{customer['id']}")
    answer = await client.patch(
        f"{API}/customers/{file['id']}/numbers/{file['phones'][0]['id']}", json={"do_not_call": True}
    )
    assert answer.status_code == 200


async def test_a_number_not_to_be_called_is_rung_with_a_reason_that_is_written_down(
    page: Opener, desk: httpx.AsyncClient
) -> None:
    left = facts.QueueLeft("v1", "repair", "abandoned", 5000)
    await tell(desk, Story(), *dialogue(), *waiting(), left, facts.ContactEnded("abandoned"))
    async with page("8001") as client, page("9001") as supervisor:
        assert (await get(client, "/callbacks"))["items"][0]["do_not_call"] == ""
        await marked_do_not_call(client)
        task = (await get(client, "/callbacks"))["items"][0]
        assert task["do_not_call"] == (await get(client, f"/tickets/{NUMBER}"))["callback"]["do_not_call"] == "confirm"
        for body in (None, {"reason": ""}, {"reason": "  "}):
            refused = await client.post(f"{API}/callbacks/{task['id']}/take", json=body)
            assert refused.status_code == 422
        assert (await get(client, "/callbacks"))["items"][0]["taken_by"] == ""
        taken = await client.post(f"{API}/callbacks/{task['id']}/take", json={"reason": "上门时间要改"})
        assert taken.json()["taken_by"] == "8001"
        entry = (await get(client, f"/tickets/{NUMBER}"))["timeline"][0]
        assert (entry["actor"], entry["text"]) == ("李明", "标了勿呼，仍要回拨：上门时间要改")
        noted = (await get(supervisor, "/audit?action=unwanted_call"))["items"]
        assert [(item["actor"], item["subject"], item["reason"]) for item in noted] == [
            ("8001", task["id"], "上门时间要改")
        ]


async def test_who_asked_for_the_call_is_rung_without_a_reason(page: Opener, desk: httpx.AsyncClient) -> None:
    await tell(desk, Story(), *dialogue(), facts.CallbackRequested("asked", 1), facts.ContactEnded("callback"))
    async with page("8001") as client:
        await marked_do_not_call(client)
        task = (await get(client, "/callbacks"))["items"][0]
        assert task["do_not_call"] == "wished"
        assert (await client.post(f"{API}/callbacks/{task['id']}/take")).json()["taken_by"] == "8001"


@pytest.mark.parametrize(("caller", "recall"), [("+8613800138000", "mobile"), ("+8675766883358", "landline"), ("", "")])
async def test_who_was_in_danger_is_rung_outdoors_only_and_not_at_once(
    page: Opener, desk: httpx.AsyncClient, caller: str, recall: str
) -> None:
    story = Story()
    _, *said = dialogue()
    started = facts.ContactStarted("hotline-1.1", "", caller, "4001726011", "", "v1")
    place = facts.CallbackRequested("asked", 1, "", "repair", 20)
    await tell(desk, story, started, *said, facts.SafetyRaised(1, "gas", "key"), place)
    await tell(desk, story, facts.ContactEnded("abandoned"))
    async with page("8001") as client:
        (task,) = (await get(client, "/callbacks"))["items"]
    assert (task["recall"], task["priority"], task["in_turn"]) == (recall, "urgent", recall == "mobile")
    created, due = (datetime.fromisoformat(task[name]) for name in ("created_at", "due_at"))
    assert due - created == timedelta(minutes=3)
