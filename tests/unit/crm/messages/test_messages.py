"""Messages from outside: the website's board and signed channels make the same tickets, once, and reveal nothing."""

import asyncio
import json
from datetime import datetime
from typing import Any

import httpx
import pytest

from crm.accounts import repository as accounts
from crm.bootstrap import Process
from crm.policy.webhooks import signature
from crm.web.throttle import MemoryThrottle
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, given_staff

TEXT: dict[str, Any] = {"kind": "complaint", "text": "等了三天没有人来", "name": "陈国强", "phone": "138 0013 8000"}
MESSAGE: dict[str, Any] = {**TEXT, "message_id": "wx-1", "reply_to": "oX3kQ5u0"}
RECEIVED = {"received": True}


async def tickets(page: Opener) -> list[dict[str, Any]]:
    async with page("8001") as agent:
        rows = (await agent.get(f"{API}/tickets")).json()["items"]
        return [(await agent.get(f"{API}/tickets/{row['no']}")).json() for row in rows]


async def left(client: httpx.AsyncClient, status: int = 202, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{API}/message-board", json={**TEXT, **body})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_message_of_the_board_is_a_ticket_with_its_promise(page: Opener) -> None:
    async with page("") as visitor:
        text = json.dumps(TEXT, ensure_ascii=False).encode()
        answer = await visitor.post(f"{API}/message-board", content=text, headers={"Content-Type": "text/plain"})
        assert (answer.status_code, answer.json()) == (202, RECEIVED)
        assert answer.headers["access-control-allow-origin"] == "*"
    (ticket,) = await tickets(page)
    assert (ticket["kind"], ticket["state"], ticket["priority"], ticket["owner"]) == ("complaint", "new", "normal", "")
    assert {row["slot"]: row["text"] for row in ticket["slots"] if row["text"]} == {
        "statement": "等了三天没有人来", "name": "陈国强", "contact": "138 0013 8000",
    }  # fmt: skip
    assert {row["status"] for row in ticket["slots"] if row["text"]} == {"unverified"}
    assert [(entry["kind"], entry["actor"]) for entry in ticket["timeline"]] == [
        ("note", "官网留言"), ("opened", "官网留言"),
    ]  # fmt: skip
    assert ticket["clocks"]
    assert ticket["customer"]  # the number has a file from now on
    async with page("8001") as agent:
        assert (await agent.get(f"{API}/tickets?q=8000")).json()["total"] == 1


async def test_the_board_says_the_same_to_everybody(page: Opener) -> None:
    async with page("") as visitor:
        assert await left(visitor, website="http://spam.example") == RECEIVED  # a program filled the hidden field
        assert await tickets(page) == []
        assert await left(visitor) == RECEIVED
        assert await left(visitor) == RECEIVED  # a double press
        assert await left(visitor, phone="", text="邮箱 a@b.cn", name="") == RECEIVED
    assert len(await tickets(page)) == 2


async def test_the_same_id_with_other_words_is_another_message(page: Opener) -> None:
    async with page("") as visitor:
        for text in ("第一件事", "第一件事", "第二件事"):
            await left(visitor, text=text, message_id="a-1", phone="")
    assert len(await tickets(page)) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [({"phone": "abc"}, "phone"), ({"text": "x"}, "text"), ({"kind": "free"}, "kind"), ({"owner": "me"}, "owner"),
     ({"text": "a\x00b"}, "text")],
)  # fmt: skip
async def test_what_is_wrong_with_a_message_is_named(page: Opener, body: dict[str, Any], field: str) -> None:
    async with page("") as visitor:
        assert (await left(visitor, 422, **body))["fields"][0]["field"] == field
        broken = await visitor.post(f"{API}/message-board", content=b"{")
        assert broken.status_code == 422
    assert await tickets(page) == []


async def test_one_place_and_one_number_are_limited_for_a_quarter_of_an_hour(page: Opener, clock: Clock) -> None:
    async with page("") as visitor:
        for index in range(3):
            await left(visitor, text=f"第 {index} 件事")
        refused = await left(visitor, 429, text="第四件事")
        assert (refused["code"], "400-172-6011" in refused["detail"]) == ("too_many", True)
        await left(visitor, text="别的电话", phone="13900139000")
        await left(visitor, 429, text="又一个电话", phone="13700137000")
        clock.forward(minutes=16)
        await left(visitor, text="过一会儿")
    assert len(await tickets(page)) == 5


async def test_the_limit_keeps_no_number_in_clear(page: Opener, process: Process) -> None:
    throttle = process.parts.throttle
    assert isinstance(throttle, MemoryThrottle)
    async with page("") as visitor:
        await left(visitor)
    assert len(throttle._counts) == 3
    assert not any("138" in key and "8000" in key for key in throttle._counts)


# ---- signed channels ----


async def given_channel(page: Opener, process: Process, clock: Clock) -> dict[str, Any]:
    await given_staff(process, clock)
    async with page("7004") as admin:
        made = await admin.post(f"{API}/channels", json={"name": "微信公众号", "kind": "wechat"})
        assert made.status_code == 201
        listed = (await admin.get(f"{API}/channels")).json()
        assert [(row["name"], row["secret"]) for row in listed] == [("微信公众号", "")]
        found: dict[str, Any] = made.json()
        return found


async def sent(
    client: httpx.AsyncClient,
    channel: dict[str, Any],
    at: datetime,
    message: dict[str, Any] | None = None,
    **forged: Any,
) -> httpx.Response:
    body = json.dumps(message or MESSAGE).encode()
    stamp = int(at.timestamp())
    signed = forged.get("signed", signature(forged.get("secret", channel["secret"]), stamp, body).encode())
    headers = {"X-Hotline-Timestamp": str(forged.get("stamp", stamp)).encode(), "X-Hotline-Signature": signed}
    path = f"{API}/channels/{forged.get('id', channel['id'])}/messages"
    return await client.post(path, content=forged.get("body", body), headers=headers)


async def test_a_signed_message_is_the_same_ticket_and_a_replay_none(
    page: Opener, process: Process, clock: Clock
) -> None:
    channel = await given_channel(page, process, clock)
    async with page("") as program:
        first = await sent(program, channel, clock())
        assert (first.status_code, first.json()["again"]) == (201, False)
        replayed = await sent(program, channel, clock())
        clock.forward(hours=30)  # long after every other idempotency key is forgotten
        retried = await sent(program, channel, clock())
        for answer in (replayed, retried):
            assert (answer.status_code, answer.json()) == (200, {**first.json(), "again": True})
        other = await sent(program, channel, clock(), {**MESSAGE, "text": "别的话"})
        assert (other.status_code, other.json()["code"]) == (409, "message_id_reused")
    (ticket,) = await tickets(page)
    assert ticket["no"] == first.json()["ticket"]
    assert [row["text"] for row in ticket["slots"] if row["slot"] == "reply_to"] == ["oX3kQ5u0"]
    assert {entry["actor"] for entry in ticket["timeline"]} == {"微信公众号"}


async def test_one_message_sent_twice_at_once_is_one_ticket(page: Opener, process: Process, clock: Clock) -> None:
    channel = await given_channel(page, process, clock)
    async with page("") as program:
        both = await asyncio.gather(*(sent(program, channel, clock()) for _ in range(4)))
    assert sorted(answer.status_code for answer in both) == [200, 200, 200, 201]
    assert len(await tickets(page)) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "wrong"},
        {"id": "f" * 32},
        {"stamp": "1"},
        {"stamp": "x"},
        {"stamp": ""},
        {"body": b'{"text":""}'},
        {"signed": b""},
        {"signed": b"\xe9\xff"},
    ],
    ids=str,
)
async def test_forgeries_are_told_nothing(page: Opener, process: Process, clock: Clock, forged: dict[str, Any]) -> None:
    channel = await given_channel(page, process, clock)
    async with page("") as program:
        answer = await sent(program, channel, clock(), **forged)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_ours")
        assert answer.json()["detail"] == "签名不对，或时间相差超过 5 分钟"
    assert await tickets(page) == []


@pytest.mark.parametrize(("minutes", "status"), [(0, 201), (4.9, 201), (-4.9, 201), (5.1, 401), (-5.1, 401)])
async def test_the_replay_window(page: Opener, process: Process, clock: Clock, minutes: float, status: int) -> None:
    channel = await given_channel(page, process, clock)
    signed_at = clock()
    clock.forward(minutes=minutes)
    async with page("") as program:
        assert (await sent(program, channel, signed_at)).status_code == status


async def test_guessing_signatures_is_stopped_and_a_removed_channel_is_deaf(
    page: Opener, process: Process, clock: Clock
) -> None:
    channel = await given_channel(page, process, clock)
    async with page("") as program, page("7004") as admin:
        answers = [(await sent(program, channel, clock(), secret="x")).status_code for _ in range(21)]
        assert answers == [401] * 20 + [429]
        assert (await sent(program, channel, clock())).status_code == 201  # who signs rightly is not locked out
        assert (await admin.delete(f"{API}/channels/{channel['id']}")).status_code == 204
        clock.forward(minutes=16)
        assert (await sent(program, channel, clock(), {**MESSAGE, "message_id": "wx-2"})).status_code == 401
        log = [row["action"] for row in (await admin.get(f"{API}/audit?subject_kind=channel")).json()["items"]]
        assert log == ["channel_removed", "channel_added"]


async def test_an_erased_writer_is_gone_and_comes_not_back(page: Opener, process: Process, clock: Clock) -> None:
    channel = await given_channel(page, process, clock)
    async with page("") as program, page("7004") as admin:
        await sent(program, channel, clock())
        (ticket,) = await tickets(page)
        erased = await admin.post(f"{API}/customers/{ticket['customer']}/erase", json={"reason": "本人要求"})
        assert erased.is_success
        assert (await sent(program, channel, clock())).json()["again"]
    (ticket,) = await tickets(page)
    whole = json.dumps(ticket, ensure_ascii=False)
    assert [word for word in ("三天", "国强", "138****", "0013 8000", "oX3kQ5u0") if word in whole] == []


async def dangers_on_board(supervisor: httpx.AsyncClient) -> list[dict[str, Any]]:
    alarms = (await supervisor.get(f"{API}/board")).json()["alarms"]
    return [alarm for alarm in alarms if alarm["key"].startswith("emergency:")]


DANGERS = [
    ("请问安装收费吗？厨房里闻到煤气味", "gas", "repair"),
    ("安装费怎么算\n家里一氧化碳报警器一直响", "co", "repair"),
    ("炉子冒烟了，快来人", "fire", "repair"),
]


@pytest.mark.parametrize(("text", "danger", "kind"), DANGERS)
async def test_a_written_danger_is_an_emergency_like_a_spoken_one(
    page: Opener, process: Process, text: str, danger: str, kind: str
) -> None:
    async with page("") as visitor:
        await left(visitor, kind="consult", text=text)
        assert await left(visitor, kind="consult", text=text) == RECEIVED
    (ticket,) = await tickets(page)
    assert (ticket["priority"], ticket["safety"], ticket["kind"]) == ("urgent", danger, kind)
    assert ticket["safety_name"] in ticket["timeline"][1]["text"]
    assert [entry["kind"] for entry in ticket["timeline"]] == ["priority", "safety", "kind", "note", "opened"]
    async with page("8001") as agent, page("9001") as supervisor:
        assert [row["no"] for row in (await agent.get(f"{API}/tickets?view=urgent")).json()["items"]] == [ticket["no"]]
        (alarm,) = await dangers_on_board(supervisor)
        assert (alarm["key"], ticket["safety_name"] in alarm["text"]) == (f"emergency:{ticket['no']}", True)
        async with process.parts.work() as session:
            me = next(account.id for account in await accounts.everybody(session) if account.number == "8001")
        taken = await agent.patch(f"{API}/tickets/{ticket['no']}", json={"version": ticket["version"], "owner": me})
        assert taken.status_code == 200, taken.text
        assert await dangers_on_board(supervisor) == []


async def test_a_complaint_that_tells_of_a_danger_stays_a_complaint_and_is_urgent(page: Opener) -> None:
    async with page("") as visitor:
        await left(visitor, text="你们修完以后漏气，等了三天没有人来")
    (ticket,) = await tickets(page)
    assert (ticket["kind"], ticket["priority"], ticket["safety"]) == ("complaint", "urgent", "gas")


@pytest.mark.parametrize(
    "text", ["会不会漏煤气？", "没有漏气吧？", "不是漏气吧", "没有漏气，但屋里有股怪味", "屋里有股怪味"]
)
async def test_what_the_phone_would_ask_about_is_to_be_asked_first(page: Opener, text: str) -> None:
    async with page("") as visitor:
        await left(visitor, kind="consult", text=text)
    (ticket,) = await tickets(page)
    assert (ticket["priority"], ticket["safety"], ticket["kind"]) == ("high", "", "consult")
    assert "请先打电话核实" in ticket["timeline"][0]["text"]


@pytest.mark.parametrize(
    "text",
    [
        "没有漏气，只想问安装", "家里没有闻到煤气味，也没有头晕。安装要钱吗？",
        "点火不着火，打不着火", "燃气灶多少钱", "水管爆裂了，漏水",
    ],
)  # fmt: skip
async def test_look_alikes_of_danger_raise_nothing(page: Opener, text: str) -> None:
    async with page("") as visitor:
        await left(visitor, kind="consult", text=text)
    (ticket,) = await tickets(page)
    assert (ticket["priority"], ticket["safety"], len(ticket["timeline"])) == ("normal", "", 2)
