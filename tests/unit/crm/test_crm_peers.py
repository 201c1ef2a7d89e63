"""crm's two servers and peers that are no clients; and clients that take their time, who must not suffer from it."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs
from websockets.asyncio.client import connect

from crm.bootstrap import Process
from crm.web.app import MOST_BYTES, make_desk_app, make_web_app
from tests.unit.crm.conftest import Opener, given_session
from tests.unit.crm.fakes import Clock
from tests.unit.crm.made import INTERNAL_TOKEN
from tests.unit.crm.server import running
from tests.unit.crm.visits.test_reporting import PNG
from tests.unit.crm.visits.world import given_visit
from tests.unit.crm.waiting import until
from tests.unit.liveness.hostile import BODIES, Good, besiege, exchange, grace_over, impatient

TABLE = "客户编号,姓名,电话\r\nC-1,陈国强,13900139001\r\n"
SLOW_UPLOADS = 25  # more than the database has connections for us


class Door:
    """One of the two servers: where a body goes, and who may send it."""

    def __init__(self, name: str, process: Process) -> None:
        web = name == "web"
        self.app: FastAPI = (make_web_app if web else make_desk_app)(process.parts)
        self.path = "/api/v1/session" if web else "/internal/identify"
        self.headers = {"X-Hotline": "1"} if web else {"Authorization": f"Bearer {INTERNAL_TOKEN}"}

    def client(self, port: int) -> httpx.AsyncClient:
        url = f"http://127.0.0.1:{port}"
        return httpx.AsyncClient(base_url=url, headers=self.headers, trust_env=False, timeout=30)

    def good(self, client: httpx.AsyncClient) -> Good:
        """Return a request that reaches the database and must be answered as always."""

        async def asked() -> None:
            if "X-Hotline" in self.headers:
                assert (await client.get("/api/v1/me", headers={"Cookie": "hotline_session=x"})).status_code == 401
            else:
                answer = await client.post(self.path, json={"caller_e164": "+8613800138000"})
                assert answer.json()["known"] is False

        return asked


@pytest.fixture(params=["web", "desk"])
def door(request: pytest.FixtureRequest, process: Process) -> Door:
    return Door(request.param, process)


async def test_whatever_peers_send_others_are_served(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    with capture_logs() as logs:
        async with running(door.app) as port, door.client(port) as client:
            await besiege(port, door.path, door.good(client))
            await until(lambda: any(line["event"] == "client_gone" for line in logs))
    assert not [line for line in logs if line["log_level"] == "error"]
    assert {"http_garbage", "http_peer_too_slow"} < {line["event"] for line in logs}


async def test_a_bad_body_is_refused_with_a_reason_and_nothing_else_harmed(door: Door) -> None:
    async with running(door.app) as port, door.client(port) as client:
        for body in BODIES:
            answer = await client.post(door.path, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in (400, 422), body
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"]
            await door.good(client)()


async def test_a_body_of_unknown_length_is_refused(door: Door) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"{"
        yield b"}"

    async with running(door.app) as port, door.client(port) as client:
        answer = await client.post(door.path, content=parts())
        assert (answer.status_code, answer.json()["code"]) == (411, "length_required")
        assert answer.json()["detail"] == "请求没有说明长度"
        await door.good(client)()


async def test_a_body_that_is_too_long_is_refused_before_it_comes(door: Door) -> None:
    async with running(door.app) as port, door.client(port) as client:
        head = f"POST {door.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {MOST_BYTES + 1}\r\n\r\n"
        assert (await exchange(port, head.encode())).startswith(b"HTTP/1.1 413")
        await door.good(client)()


async def halting(port: int, body: bytes) -> AsyncIterator[bytes]:
    """Give the first half, and the second when the time for a head has passed twice."""
    yield body[: len(body) // 2]
    await grace_over(port)
    await grace_over(port)
    yield body[len(body) // 2 :]


@pytest.mark.parametrize("what", ["table", "photo"])
async def test_an_upload_by_a_slow_line_arrives(
    process: Process, page: Opener, clock: Clock, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    async with page("9001") as client:
        visit = await given_visit(client)
    path, body = f"/visits/{visit['id']}/photos", PNG + bytes(500)
    if what == "table":
        path, body = "/imports/customers/check", TABLE.encode()
    impatient(monkeypatch, bytes_a_second=1)
    door = Door("web", process)
    async with running(door.app) as port, door.client(port) as slow:
        slow.cookies.set("hotline_session", await given_session(process, "9001", clock))
        ask = slow.post if what == "table" else slow.put
        length = {"Content-Length": str(len(body))}
        answer = await ask(f"/api/v1{path}", content=halting(port, body), headers=length)
        assert answer.status_code == (200 if what == "table" else 201), answer.text


async def test_slow_uploads_hold_no_connection_to_the_database(process: Process, page: Opener, clock: Clock) -> None:
    async with page("9001") as client:
        visit = await given_visit(client)
    cookie = await given_session(process, "9001", clock)
    path = f"/api/v1/visits/{visit['id']}/photos"
    head = f"PUT {path} HTTP/1.1\r\nHost: x\r\nX-Hotline: 1\r\nCookie: hotline_session={cookie}\r\n"
    door = Door("web", process)
    async with running(door.app) as port, door.client(port) as client:
        uploads = [await asyncio.open_connection("127.0.0.1", port) for _ in range(SLOW_UPLOADS)]
        for _, writer in uploads:
            writer.write(f"{head}Content-Length: 100\r\n\r\n".encode() + PNG[:10])
        await door.good(client)()
        for _, writer in uploads:
            writer.close()


async def test_a_live_stream_outlasts_the_time_for_a_request(
    process: Process, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    hub = asyncio.create_task(process.hub.run())
    await until(lambda: process.hub.database_ok)
    cookie = await given_session(process, "8001", clock)
    async with running(make_web_app(process.parts)) as port:
        address = f"ws://127.0.0.1:{port}/api/v1/live"
        async with connect(address, additional_headers={"Cookie": f"hotline_session={cookie}"}) as socket:
            await grace_over(port)
            await grace_over(port)
            async with asyncio.timeout(120):
                while json.loads(await socket.recv())["type"] != "heartbeat":
                    pass
    hub.cancel()
    await asyncio.gather(hub, return_exceptions=True)
