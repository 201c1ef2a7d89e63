"""A call that ended while ivr was away is written as one that ivr saw, once, however often it is found."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from crm.bootstrap import Process
from ivr.contract import facts
from tests.unit.crm.asking import get, one, rows, tell
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CALLER, CONTACT, RECORDING, Clock, Story, dialogue

FOUND = facts.CallFound(
    "hotline-7.1", "13800138000", CALLER, "4001726011", RECORDING, "v1", "voicemail",
    f"voicemail/{RECORDING}", cause=16, duration_ms=90_000,
)  # fmt: skip
LEFT = replace(FOUND, outcome="abandoned", clip="")


async def task_of(process: Process) -> dict[str, Any]:
    return dict(await one(process, "SELECT * FROM callback_tasks"))


async def rejected(process: Process) -> list[str]:
    return [row["reason"] for row in await rows(process, "SELECT reason FROM facts WHERE status = 'rejected'")]


async def test_a_message_found_twice_is_one_call_and_one_call_back(
    process: Process, desk: httpx.AsyncClient, page: Opener
) -> None:
    story = Story()
    await tell(desk, story, FOUND, facts.RecordingFinished(RECORDING, True, 720_044))
    contact = await one(process, "SELECT * FROM contacts")
    assert (contact["outcome"], contact["caller_e164"], contact["stub"]) == ("voicemail", CALLER, False)
    assert contact["ended_at"] - contact["started_at"] == timedelta(seconds=90)
    assert (contact["voicemail"], contact["recording"]) == (f"voicemail/{RECORDING}", RECORDING)
    first = await task_of(process)
    assert (first["reasons"], first["e164"], first["done_at"]) == (["voicemail"], CALLER, None)
    assert first["note"] == "语音导航停着时打来的，留了言，请先听录音"
    await tell(desk, story, FOUND, facts.RecordingFinished(RECORDING, True, 720_044))
    assert await task_of(process) == first
    assert await rejected(process) == []
    async with page("8001") as agent, page("9001") as supervisor:
        (task,) = (await get(agent, "/callbacks?tab=voicemail"))["items"]
        assert (task["number"], task["note"]) == ("138 0013 8000", first["note"])
        assert (await get(supervisor, f"/calls/{CONTACT}"))["outcome_name"] == "留言"
        done = await agent.post(f"/api/v1/callbacks/{task['id']}/done", json={"result": "reached"})
        assert done.status_code == 200
    await tell(desk, story, FOUND)  # ivr was restarted and had not kept how far it had read
    assert (await task_of(process))["done_at"] is not None


async def test_who_left_the_queue_of_the_fallback_is_rung_back(process: Process, desk: httpx.AsyncClient) -> None:
    await tell(desk, Story(), LEFT, LEFT)
    task = await task_of(process)
    assert (task["reasons"], task["note"]) == (["abandoned"], "语音导航停着时打来的")
    assert await rejected(process) == []


@pytest.mark.parametrize("outcome", ["talked", "missed"])
async def test_who_was_served_or_said_nothing_is_written_and_not_rung(
    process: Process, desk: httpx.AsyncClient, outcome: str
) -> None:
    await tell(desk, Story(), replace(LEFT, outcome=outcome))
    assert (await one(process, "SELECT outcome FROM contacts"))["outcome"] == outcome
    assert await rows(process, "SELECT * FROM callback_tasks") == []


@pytest.mark.parametrize("found", [FOUND, LEFT])
async def test_who_pressed_9_is_in_danger_as_any_other(
    process: Process, desk: httpx.AsyncClient, page: Opener, clock: Clock, found: facts.CallFound
) -> None:
    await tell(desk, Story(at=clock()), replace(found, danger=True, notice_version=""))
    task = await task_of(process)
    assert (task["priority"], task["danger"], task["queue"]) == ("urgent", True, "emergency")
    assert task["due_at"] - (await one(process, "SELECT ended_at FROM contacts"))["ended_at"] == timedelta(minutes=3)
    async with page("9001") as supervisor:
        keys = [alarm["key"] for alarm in (await get(supervisor, "/board"))["alarms"]]
    assert f"emergency:{CONTACT}" in keys


async def test_an_anonymous_message_is_a_task_without_a_number(process: Process, desk: httpx.AsyncClient) -> None:
    await tell(desk, Story(), replace(FOUND, caller_raw="", caller_e164=""))
    assert (await task_of(process))["e164"] == ""


async def test_a_call_that_ivr_told_of_is_not_told_anew(process: Process, desk: httpx.AsyncClient) -> None:
    story = Story()
    await tell(desk, story, *dialogue(), facts.ContactEnded("reported", 16, 90_000))
    before = await one(process, "SELECT * FROM contacts")
    await tell(desk, story, LEFT)
    assert await one(process, "SELECT * FROM contacts") == before
    assert await rows(process, "SELECT * FROM callback_tasks") == []


async def test_a_message_that_nobody_told_of_is_added_to_a_call_whose_end_is_known(
    process: Process, desk: httpx.AsyncClient
) -> None:
    story = Story()
    await tell(desk, story, *dialogue(), facts.ContactEnded("uncertain", 16, 90_000), FOUND)
    task = await task_of(process)
    assert task["reasons"] == ["cut", "voicemail"]
    assert (await one(process, "SELECT outcome FROM contacts"))["outcome"] == "uncertain"
    assert await rejected(process) == []


async def test_a_call_whose_end_ivr_lost_ends_with_what_was_found(process: Process, desk: httpx.AsyncClient) -> None:
    story = Story()
    await tell(desk, story, dialogue()[0], facts.QueueJoined("v1", "repair", 1), LEFT)
    contact = await one(process, "SELECT * FROM contacts")
    assert (contact["outcome"], contact["linkedids"]) == ("abandoned", ["hotline-1.1"])
    assert (await task_of(process))["reasons"] == ["abandoned"]
    assert await rejected(process) == []


async def test_an_outcome_that_there_is_not_is_kept_as_refused(process: Process, desk: httpx.AsyncClient) -> None:
    await tell(desk, Story(), replace(LEFT, outcome="sold"))
    assert await rejected(process) == ["unknown_outcome"]
    assert await rows(process, "SELECT * FROM contacts") == []
