"""Webhooks: signed, in order, retried later and later, nothing lost, nothing twice without its number."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from crm.bootstrap import Process
from crm.policy.webhooks import delivery_state, failure_text, signature, wait_after
from crm.webhooks import service
from tests.unit.crm.conftest import Opener
from tests.unit.crm.fakes import Clock
from tests.unit.crm.tickets_by_hand import API, given_staff, moved, opened

HOOK = {"url": "https://erp.example/hotline", "kinds": ["ticket", "clock"]}


@dataclass
class Receiver:
    """A program elsewhere: notes what it is sent, answers as told."""

    answer: int = 204
    taken: list[httpx.Request] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.taken.append(request)
        if self.answer == 0:
            raise httpx.ConnectError("away", request=request)
        if self.meanwhile is not None:
            await self.meanwhile()
        return httpx.Response(self.answer)

    def numbers(self) -> list[int]:
        return [int(request.headers["X-Hotline-Event"]) for request in self.taken]


async def told(process: Process, receiver: Receiver, clock: Clock) -> int:
    async with httpx.AsyncClient(transport=httpx.MockTransport(receiver)) as client:
        return await service.tell(process.parts.work, client, clock())


async def test_events_are_told_signed_and_in_order(process: Process, page: Opener, clock: Clock) -> None:
    await given_staff(process, clock)
    receiver = Receiver()
    async with page("7004") as admin, page("8001") as agent:
        await opened(agent, "repair")  # before it was added: not told
        hook = (await admin.post(f"{API}/webhooks", json=HOOK)).json()
        assert hook["secret"]
        assert await told(process, receiver, clock) == 0
        ticket = await opened(agent, "repair")
        await moved(agent, ticket, "accept")
        count = await told(process, receiver, clock)
        assert count == len(receiver.taken) >= 2
        assert receiver.numbers() == sorted(set(receiver.numbers()))
        first = receiver.taken[0]
        stamp = int(first.headers["X-Hotline-Timestamp"])
        digest = hmac.new(hook["secret"].encode(), f"{stamp}.".encode() + first.content, hashlib.sha256).hexdigest()
        assert first.headers["X-Hotline-Signature"] == f"v1={digest}"
        body = json.loads(first.content)
        assert (body["kind"], body["ticket"], body["event"]) == ("ticket", ticket["no"], receiver.numbers()[0])
        assert await told(process, receiver, clock) == 0
        listed = (await admin.get(f"{API}/webhooks")).json()
        assert (listed[0]["secret"], listed[0]["told_to"], listed[0]["failures"]) == ("", receiver.numbers()[-1], 0)


@pytest.mark.parametrize("answer", [0, 500, 301, 404])
async def test_what_fails_is_told_again_later(process: Process, page: Opener, clock: Clock, answer: int) -> None:
    await given_staff(process, clock)
    receiver = Receiver(answer)
    async with page("7004") as admin, page("8001") as agent:
        await admin.post(f"{API}/webhooks", json=HOOK)
        await opened(agent, "repair")
        assert await told(process, receiver, clock) == 0
        assert await told(process, receiver, clock) == 0
        assert len(receiver.taken) == 1, "not before its time"
        clock.forward(seconds=5)
        assert await told(process, receiver, clock) == 0
        receiver.answer = 200
        clock.forward(seconds=30)
        assert await told(process, receiver, clock) >= 1
        assert receiver.numbers()[0] == receiver.numbers()[1] == receiver.numbers()[2], (
            "the same event, the same number"
        )
        assert (await admin.get(f"{API}/webhooks")).json()[0]["last_result"] == ""


async def test_webhooks_are_the_administrators(process: Process, page: Opener, clock: Clock) -> None:
    await given_staff(process, clock)
    async with page("7004") as admin:
        for url in ("ftp://erp.example/x", "https://name:word@erp.example/", "http:///nowhere", "http://[::1"):
            assert (await admin.post(f"{API}/webhooks", json=HOOK | {"url": url})).status_code == 422
        assert (await admin.post(f"{API}/webhooks", json=HOOK | {"kinds": ["moon"]})).status_code == 422
        hook = (await admin.post(f"{API}/webhooks", json=HOOK)).json()["id"]
        assert (await admin.delete(f"{API}/webhooks/{hook}")).status_code == 204
        assert (await admin.delete(f"{API}/webhooks/{hook}")).status_code == 404
        log = (await admin.get(f"{API}/audit?subject_kind=webhook")).json()["items"]
        assert [item["action_name"] for item in log] == ["删除推送地址", "添加推送地址"]
        for method, path, body in (
            ("PATCH", "", {"active": False}), ("POST", "/again", {"from_event": 1}), ("GET", "/deliveries", None),
        ):  # fmt: skip
            assert (await admin.request(method, f"{API}/webhooks/{hook}{path}", json=body)).status_code == 404


async def the_only(admin: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await admin.get(f"{API}/webhooks")).json()[0]
    return found


async def deliveries(admin: httpx.AsyncClient, hook: str, **asked: Any) -> dict[str, Any]:
    answer = await admin.get(f"{API}/webhooks/{hook}/deliveries", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_long_backlog_is_counted_no_further_than_a_list(process: Process, page: Opener, clock: Clock) -> None:
    await given_staff(process, clock)
    many = """
        INSERT INTO events (at, kind, contact, agent, ticket, customer)
        SELECT now(), :kind, '', '', '', '' FROM generate_series(1, :n)
    """
    async with page("7004") as admin:
        await admin.post(f"{API}/webhooks", json=HOOK | {"kinds": ["ticket"]})
        for kind, n, counted in (("customer", 5, 0), ("ticket", 1000, 1000), ("ticket", 5000, 1001)):
            async with process.parts.work() as session:
                await session.execute(text(many), {"kind": kind, "n": n})
            assert (await the_only(admin))["waiting"] == counted


async def test_deliveries_say_what_was_taken_what_fails_and_what_waits(
    process: Process, page: Opener, clock: Clock
) -> None:
    await given_staff(process, clock)
    receiver = Receiver()
    async with page("7004") as admin, page("8001") as agent:
        await opened(agent, "repair")  # before it was added: not listed
        hook = (await admin.post(f"{API}/webhooks", json=HOOK | {"kinds": ["ticket"]})).json()["id"]
        assert (await deliveries(admin, hook))["items"] == []
        first = await opened(agent, "repair")
        assert (await the_only(admin))["waiting"] >= 1
        taken = await told(process, receiver, clock)
        receiver.answer = 503
        second = await opened(agent, "repair")
        await moved(agent, second, "accept")
        assert await told(process, receiver, clock) == 0
        found = await deliveries(admin, hook)
        items = found["items"]
        assert [item["event"] for item in items] == sorted((item["event"] for item in items), reverse=True)
        states = [(item["ticket"], item["state"], item["state_name"]) for item in reversed(items)]
        assert states[:taken] == [(first["no"], "taken", "已送到")] * taken
        assert states[taken] == (second["no"], "failing", "没有送到")
        assert set(states[taken + 1 :]) == {(second["no"], "waiting", "待推送")}
        known = await the_only(admin)
        assert (known["waiting"], known["last_error"]) == (len(items) - taken, "对方的程序出错（HTTP 503）")
        part = await deliveries(admin, hook, size=1)
        rest = await deliveries(admin, hook, cursor=part["next"])
        assert part["items"] + rest["items"] == items
        assert (found["next"], rest["next"]) == ("", "")
        assert (await admin.get(f"{API}/webhooks/{hook}/deliveries?cursor=none")).status_code == 422


async def test_what_was_missed_while_off_is_told_once_on_again(process: Process, page: Opener, clock: Clock) -> None:
    await given_staff(process, clock)
    receiver = Receiver()
    async with page("7004") as admin, page("8001") as agent:
        hook = (await admin.post(f"{API}/webhooks", json=HOOK)).json()["id"]
        for _ in range(2):  # pressed twice, noted once
            assert (await admin.patch(f"{API}/webhooks/{hook}", json={"active": False})).status_code == 204
        await opened(agent, "repair")
        assert await told(process, receiver, clock) == 0
        known = await the_only(admin)
        assert (known["active"], known["waiting"] >= 1) == (False, True)
        assert (await admin.patch(f"{API}/webhooks/{hook}", json={"active": True})).status_code == 204
        assert await told(process, receiver, clock) == known["waiting"]
        log = (await admin.get(f"{API}/audit?subject_kind=webhook")).json()["items"]
        assert [(item["action_name"], item["detail"]) for item in log] == [
            ("启用推送地址", "erp.example"), ("停用推送地址", "erp.example"), ("添加推送地址", "erp.example"),
        ]  # fmt: skip


async def test_it_is_told_again_from_an_event_on_and_no_further_back(
    process: Process, page: Opener, clock: Clock
) -> None:
    await given_staff(process, clock)
    receiver = Receiver()
    async with page("7004") as admin, page("8001") as agent:
        await opened(agent, "repair")
        hook = (await admin.post(f"{API}/webhooks", json=HOOK)).json()["id"]
        await moved(agent, await opened(agent, "repair"), "accept")
        all_of_it = await told(process, receiver, clock)
        numbers = receiver.numbers()
        for from_event, expected in ((numbers[-1], numbers[-1:]), (1, numbers), (numbers[-1] + 1, [])):
            receiver.taken.clear()
            answer = await admin.post(f"{API}/webhooks/{hook}/again", json={"from_event": from_event})
            assert answer.status_code == 204
            assert await told(process, receiver, clock) == len(expected)
            assert receiver.numbers() == expected
        assert all_of_it == len(numbers) >= 2


async def test_asked_again_it_does_not_wait_for_the_next_try(process: Process, page: Opener, clock: Clock) -> None:
    await given_staff(process, clock)
    receiver = Receiver(500)
    async with page("7004") as admin, page("8001") as agent:
        hook = (await admin.post(f"{API}/webhooks", json=HOOK)).json()["id"]
        await opened(agent, "repair")
        await told(process, receiver, clock)
        receiver.answer = 204
        known = await the_only(admin)
        await admin.post(f"{API}/webhooks/{hook}/again", json={"from_event": known["told_to"] + 1})
        assert await told(process, receiver, clock) == known["waiting"]


async def test_asked_again_while_it_is_being_told_nothing_is_lost(process: Process, page: Opener, clock: Clock) -> None:
    await given_staff(process, clock)
    receiver = Receiver()
    async with page("7004") as admin, page("8001") as agent:
        hook = (await admin.post(f"{API}/webhooks", json=HOOK)).json()["id"]
        await opened(agent, "repair")
        await told(process, receiver, clock)
        numbers = receiver.numbers()

        async def again() -> None:
            receiver.meanwhile = None
            await admin.post(f"{API}/webhooks/{hook}/again", json={"from_event": numbers[0]})

        await opened(agent, "repair")
        receiver.meanwhile = again
        await told(process, receiver, clock)
        receiver.taken.clear()
        await told(process, receiver, clock)
        assert receiver.numbers()[: len(numbers)] == numbers
        assert len(receiver.numbers()) > len(numbers)


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("", ""),
        ("ConnectError", "连不上对方，请检查地址、网络和证书"),
        ("ReadTimeout", "对方没有按时回答"),
        ("CloseError", "没有送到（CloseError）"),
        ("HTTP 401", "对方要求登录（HTTP 401）"),
        ("HTTP 301", "对方转到别的地址，请直接填新地址（HTTP 301）"),
        ("HTTP 418", "对方没有接收（HTTP 418）"),
        ("HTTP 502", "对方的程序出错（HTTP 502）"),
    ],
)
def test_a_failure_is_said_in_words(result: str, text: str) -> None:
    assert failure_text(result) == text


def test_only_the_oldest_untaken_event_fails() -> None:
    assert [delivery_state(seq, 3, 4, 1) for seq in (3, 4, 5)] == ["taken", "failing", "waiting"]
    assert delivery_state(4, 3, 4, 0) == "waiting"


def test_the_wait_grows_to_an_hour() -> None:
    waits = [wait_after(failures) for failures in range(1, 9)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=5), timedelta(hours=1))
    assert signature("k", 1, b"x") != signature("k", 2, b"x")
