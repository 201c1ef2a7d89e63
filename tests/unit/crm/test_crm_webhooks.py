"""Webhooks: signed, in order, retried later and later, nothing lost, nothing twice without its number."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest

from crm.bootstrap import Process
from crm.policy.webhooks import signature, wait_after
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

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.taken.append(request)
        if self.answer == 0:
            raise httpx.ConnectError("away", request=request)
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


def test_the_wait_grows_to_an_hour() -> None:
    waits = [wait_after(failures) for failures in range(1, 9)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=5), timedelta(hours=1))
    assert signature("k", 1, b"x") != signature("k", 2, b"x")
