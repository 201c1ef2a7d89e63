"""The pages' API: log-in, rights, masking, tickets with merge and conflict, call-backs, customers, board."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from crm.bootstrap import Process
from crm.demo import seed
from crm.settings import Settings
from ivr.contract import facts
from ivr.contract.commands import CommandName
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import CONTACT, NUMBER, Clock, FakeTelephone, Story, dialogue, talk, waiting, wire
from tests.unit.crm.made import PASSWORD

API = "/api/v1"


async def tell(desk: httpx.AsyncClient, story: Story, *new: facts.Fact) -> None:
    assert (await desk.post("/internal/facts", json=wire(story.tell(*new)))).status_code == 200


async def get(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


# ---- log-in ----


async def test_logging_in_and_out(page: Opener) -> None:
    async with page("") as client:
        assert (await client.get(f"{API}/me")).status_code == 401
        answer = await client.post(f"{API}/session", json={"number": "8001", "password": PASSWORD})
        assert answer.status_code == 201
        assert answer.json()["name"] == "李明"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert (await get(client, "/me"))["extension"] == "8001"
        assert (await client.delete(f"{API}/session")).status_code == 204
        client.cookies.set("hotline_session", cookie.split("=", 1)[1].split(";")[0])
        assert (await client.get(f"{API}/me")).status_code == 401


async def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(page: Opener, clock: Clock) -> None:
    async with page("") as client:
        said = []
        for _ in range(6):
            answer = await client.post(f"{API}/session", json={"number": "8001", "password": "wrong"})
            said.append((answer.status_code, answer.json()["detail"]))
        assert said[1] == (401, "工号或密码不对，还可以试 3 次")
        assert said[4] == said[5] == (429, "连续输错 5 次，已锁定 15 分钟（12:15 解锁）。急用请找班长")
        right = {"number": "8001", "password": PASSWORD}
        assert (await client.post(f"{API}/session", json=right)).status_code == 429
        clock.forward(minutes=15, seconds=1)
        assert (await client.post(f"{API}/session", json=right)).status_code == 201


async def test_an_unknown_number_is_answered_like_a_wrong_password(page: Opener) -> None:
    async with page("") as client:
        answer = await client.post(f"{API}/session", json={"number": "nobody", "password": "x"})
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password")
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/session", "/me/ready", "/tickets"])
async def test_a_request_without_the_pages_header_is_refused(page: Opener, path: str) -> None:
    async with page("8001") as client:
        del client.headers["X-Hotline"]
        body = {"number": "8001", "password": PASSWORD} if path == "/session" else {"kind": "repair"}
        assert (await client.post(f"{API}{path}", json=body)).json()["code"] == "csrf"


async def test_a_log_in_ends_after_twelve_hours(page: Opener, clock: Clock) -> None:
    async with page("8001") as client:
        clock.forward(hours=12, seconds=1)
        assert (await client.get(f"{API}/me")).status_code == 401


# ---- the agent's state ----


async def test_signing_in_tells_the_telephone_and_the_fact_brings_the_state(
    page: Opener, telephone: FakeTelephone, desk: httpx.AsyncClient
) -> None:
    async with page("8001") as client:
        answer = await client.post(f"{API}/me/sign-in", json={"queues": ["repair", "consult"]})
        assert answer.json()["state"] == "offline"
        assert telephone.told == [(CommandName.AGENT_LOGIN, {"agent": "8001", "queues": "repair,consult"})]
        await tell(desk, Story(), facts.AgentPhoneChanged("8001", "ready"))
        me = await get(client, "/me")
        assert (me["state_name"], me["signed_in"], me["queues"]) == ("就绪", True, ["repair", "consult"])
        await client.post(f"{API}/me/pause", json={"reason": "用餐"})
        await client.post(f"{API}/me/ready")
        await client.post(f"{API}/me/sign-out")
        assert [name for name, _ in telephone.told[1:]] == [
            CommandName.AGENT_PAUSE, CommandName.AGENT_READY, CommandName.AGENT_LOGOUT,
        ]  # fmt: skip
        assert (await client.post(f"{API}/me/pause", json={"reason": "别的"})).status_code == 422


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [("refused", 409, "telephony_refused"), ("away", 503, "telephony_unavailable")],
)
async def test_a_telephone_that_does_not_obey_is_told_in_chinese(
    page: Opener, telephone: FakeTelephone, answer: str, status: int, code: str
) -> None:
    telephone.answer = answer
    async with page("8001") as client:
        told = await client.post(f"{API}/me/sign-in", json={"queues": ["consult"]})
        assert (told.status_code, told.json()["code"]) == (status, code)
        assert (await get(client, "/me"))["queues"] == ["repair"]


async def test_a_telephone_belongs_to_one_account(page: Opener) -> None:
    async with page("8001") as client:
        taken = await client.post(f"{API}/me/sign-in", json={"extension": "8002"})
        assert (taken.status_code, taken.json()["detail"]) == (409, "分机 8002 正由 王敏 使用")
        moved = await client.post(f"{API}/me/sign-in", json={"extension": "8003"})
        assert moved.json()["extension"] == "8003"
    async with page("9001") as supervisor:
        assert (await supervisor.post(f"{API}/me/ready")).json()["code"] == "no_telephone"


# ---- tickets ----


async def test_a_ticket_with_masked_number_until_it_is_the_agents_own(page: Opener, desk: httpx.AsyncClient) -> None:
    story = Story()
    await tell(desk, story, *dialogue(), *waiting())
    async with page("8001") as client, page("8002") as other:
        listed = await get(client, "/tickets?view=open")
        assert listed["total"] == 1
        row = listed["items"][0]
        assert (row["no"], row["number"], row["summary"]) == (NUMBER, "138****8000", "E01 · 顺德区容桂街道")
        assert row["unverified"] == ["产品"]
        await tell(desk, story, *talk()[:1])
        assert (await get(client, f"/tickets/{NUMBER}"))["number"] == "138 0013 8000"
        assert (await get(other, f"/tickets/{NUMBER}"))["number"] == "138****8000"
        assert (await get(client, "/tickets?view=mine"))["total"] == 1
        assert (await get(other, "/tickets?view=mine"))["total"] == 0


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


# ---- calls, recordings, clips ----


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
    assert (task["recall"], task["priority"], task["in_turn"]) == (recall, "urgent", False)
    created, due = (datetime.fromisoformat(task[name]) for name in ("created_at", "due_at"))
    assert due - created == timedelta(minutes=3)


# ---- customers ----


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


# ---- board ----


async def test_an_exchange_that_was_frozen_today_is_an_alarm(page: Opener, settings: Settings, clock: Clock) -> None:
    times = (clock() - timedelta(days=2), clock())
    lines = [json.dumps({"part": "pbx", "at": at.isoformat()}) + "\n" for at in times]
    settings.frozen_marks.write_text("".join(lines), encoding="utf-8")
    async with page("9001") as supervisor:
        alarms = (await get(supervisor, "/board"))["alarms"]
    (text,) = [alarm["text"] for alarm in alarms if alarm["key"].startswith("frozen:")]
    assert text == "电话交换停住不动，已自动重启；当时的通话都断了，请尽快处理回电"


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


# ---- system ----


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
