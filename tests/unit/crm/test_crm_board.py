"""The board; lists that grow; status and the pages themselves."""

import json
import os
import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from crm.bootstrap import Process
from crm.settings import Settings
from ivr.contract import facts
from tests.unit.crm.asking import get, tell
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CONTACT, Clock, FakeTelephone, Story, dialogue, talk, waiting
from tests.unit.crm.tickets_by_hand import API


async def test_an_exchange_that_was_frozen_today_is_an_alarm(page: Opener, settings: Settings, clock: Clock) -> None:
    times = (clock() - timedelta(days=2), clock())
    lines = [json.dumps({"part": "pbx", "at": at.isoformat()}) + "\n" for at in times]
    settings.frozen_marks.write_text("".join(lines), encoding="utf-8")
    async with page("9001") as supervisor:
        alarms = (await get(supervisor, "/board"))["alarms"]
    (text,) = [alarm["text"] for alarm in alarms if alarm["key"].startswith("frozen:")]
    assert text == "电话交换停住不动，已自动重启；当时的通话都断了，请尽快处理回电"


async def test_a_message_without_a_call_is_an_alarm_until_it_is_filed(
    page: Opener, desk: httpx.AsyncClient, settings: Settings, clock: Clock
) -> None:
    settings.voicemail_dir.mkdir(exist_ok=True)
    file = settings.voicemail_dir / f"{uuid.UUID(CONTACT)}.wav"
    file.write_bytes(b"RIFF")

    async def told() -> list[str]:
        async with page("9001") as supervisor:
            alarms = (await get(supervisor, "/board"))["alarms"]
        return [alarm["text"] for alarm in alarms if alarm["key"] == "voicemail"]

    def recorded(ago: timedelta) -> None:
        at = (clock() - ago).timestamp()
        os.utime(file, times=(at, at))

    for ago in (timedelta(minutes=14), timedelta(days=3, minutes=1)):
        recorded(ago)
        assert await told() == []
    recorded(timedelta(minutes=16))
    (text,) = await told()
    assert text.startswith("语音导航停着时有人留言，没有来电记录：三天内 1 条")
    await tell(desk, Story(), dialogue()[0])  # the journal of an ivr that is back
    assert await told() == []


async def test_an_emergency_of_before_midnight_stands_after_it(
    page: Opener, desk: httpx.AsyncClient, clock: Clock
) -> None:
    clock.forward(hours=11, minutes=55)
    named = (facts.MatterOpened(1, "repair"), facts.SafetyRaised(1, "gas", "key"))
    await tell(desk, Story(at=clock()), dialogue()[0], *named, facts.ContactEnded("handed_over_lost"))
    for minutes, told in ((1, 1), (10, 1), (24 * 60, 0)):
        clock.forward(minutes=minutes)
        async with page("9001") as supervisor:
            keys = [alarm["key"] for alarm in (await get(supervisor, "/board"))["alarms"]]
        assert keys.count(f"emergency:{CONTACT}") == told


async def test_what_was_lost_is_told_for_three_days(page: Opener, desk: httpx.AsyncClient, clock: Clock) -> None:
    story = Story(at=clock())
    await tell(desk, story, dialogue()[0], facts.RecordingFinished("f" * 32, False))
    await tell(desk, story, facts.ContactEnded("served"), facts.ContactEnded("served"))
    refused = f"fact:ivr-1:{len(story.told)}"
    for hours, told in ((0, {"recording", refused}), (71, {"recording", refused}), (2, set[str]())):
        clock.forward(hours=hours)
        async with page("9001") as supervisor:
            board = await get(supervisor, "/board")
        assert {alarm["key"] for alarm in board["alarms"]} - {"calendar:2026-12-31"} == told
    assert board["recordings"] == {"expected": 0, "present": 0}


async def test_the_board_tells_queues_agents_and_the_dialogue(
    page: Opener, desk: httpx.AsyncClient, clock: Clock
) -> None:
    story, other = Story(), Story(node="ivr-2", contact="f" * 32)
    await tell(desk, story, *dialogue(), *waiting(), facts.AgentPhoneChanged("8001", "ringing"))
    await tell(desk, other, dialogue()[0], facts.NodeEntered("main", "main_menu"))
    clock.forward(minutes=1)
    async with page("9001") as supervisor, page("8001") as agent:
        board = await get(supervisor, "/board")
        repair = next(queue for queue in board["queues"] if queue["queue"] == "repair")
        assert (repair["waiting"], repair["ringing"], repair["offered"], repair["n"]) == (1, 1, 1, 0)
        assert repair["service_level"] is None
        assert repair["calls"][0]["agent_name"] == "李明"
        assert board["agents"][0]["state"] == "ringing"
        assert [(node["title"], node["count"]) for node in board["ivr"]] == [("主菜单", 1)]
        assert board["pops"] == {"missed": 1, "p95_ms": None}
        await tell(desk, story, *talk()[:3], facts.RecordingFinished("f" * 32, False))
        await tell(desk, story, facts.ContactEnded("talked"))
        board = await get(supervisor, "/board")
        repair = next(queue for queue in board["queues"] if queue["queue"] == "repair")
        assert (repair["waiting"], repair["service_level"], repair["n"]) == (0, 1.0, 1)
        assert {alarm["key"] for alarm in board["alarms"]} == {
            "calendar:2026-12-31",
            "recording",
            f"fact:ivr-1:{len(story.told)}",
        }
        await tell(desk, other, facts.MatterOpened(1, "repair"), facts.SafetyRaised(1, "gas", "key"))
        alarms = (await get(supervisor, "/board"))["alarms"]
        assert [alarm["text"] for alarm in alarms if alarm["key"].startswith("emergency:")] == ["紧急来电正在进行"]
        await tell(desk, other, facts.ContactEnded("handed_over_lost"))
        alarms = (await get(supervisor, "/board"))["alarms"]
        texts = [alarm["text"] for alarm in alarms if alarm["key"].startswith("emergency:")]
        assert texts == ["紧急来电没有接通，请马上按「回拨」里写的处理"]
        refused = await agent.get(f"{API}/board")
        assert (refused.status_code, refused.json()["detail"]) == (403, "您没有查看此页的权限，需要：班长或管理员")
        assert len(await get(agent, "/queues")) == 4


@pytest.mark.parametrize("path", ["/tickets", "/calls", "/customers", "/callbacks", "/board"])
async def test_a_longer_list_asks_the_database_no_more_often(
    process: Process, page: Opener, desk: httpx.AsyncClient, path: str
) -> None:
    asked: list[str] = []
    engine = process.health.engine.sync_engine

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    async def statements() -> int:
        asked.clear()
        async with page("9001") as client:
            asked.clear()
            await get(client, path)
        return len(asked)

    event.listen(engine, "before_cursor_execute", note)
    await tell(desk, Story(), *dialogue(), *waiting())
    with_one = await statements()
    for index in range(2, 6):
        story = Story(node=f"ivr-{index}", contact=f"{index:032x}")
        start = facts.ContactStarted(f"hotline-1.{index}", "", f"+861390013900{index}", "4001726011", "", "v1")
        number = f"{index}"
        ring: list[facts.Fact] = [
            facts.QueueJoined(f"w{number}", "repair", 1),
            facts.AgentRinging(f"w{number}", "repair", "8002"),
        ]
        await tell(desk, story, start, facts.CallbackRequested("asked"), *ring)
    assert await statements() == with_one


async def test_status_metrics_and_the_console(process: Process, page: Opener, telephone: FakeTelephone) -> None:
    await process.health.look()
    async with page("") as client, page("9001") as supervisor, page("8001") as agent:
        status = await get(client, "/status")
        assert {part["part"]: part["ok"] for part in status["parts"]} == {
            "database": True, "redis": False, "telephony": True,
        }  # fmt: skip
        telephone.answer = "away"
        await process.health.look()
        assert (await get(supervisor, "/board"))["telephony"] == "unavailable"
        assert "hotline_facts" in (await supervisor.get(f"{API}/metrics")).text
        assert (await agent.get(f"{API}/metrics")).status_code == 403
        assert (await client.get(f"{API}/nothing")).json()["code"] == "http_404"
        start = await client.get("/tickets/60214831")
        assert start.status_code == 200
        assert start.headers["x-frame-options"] == "DENY"
        assert (await client.get("/assets/none.js")).status_code == 404
        assert (await client.post("/desk")).status_code == 405
        big = await client.post(f"{API}/session", content=b"x" * 2_000_001)
        assert big.status_code == 413
