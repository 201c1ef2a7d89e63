"""The live stream over a real WebSocket."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from crm.bootstrap import Process
from crm.web import live
from crm.web.app import make_web_app
from ivr.contract import facts
from tests.unit.crm.conftest import given_session
from tests.unit.crm.fakes import Clock, Story, dialogue, waiting, wire
from tests.unit.crm.server import running
from tests.unit.crm.waiting import until


@pytest.fixture
async def port(process: Process) -> AsyncIterator[int]:
    hub = asyncio.create_task(process.hub.run())
    await until(lambda: process.hub.database_ok)
    async with running(make_web_app(process.parts)) as number:
        yield number
    hub.cancel()
    await asyncio.gather(hub, return_exceptions=True)


async def opened(port: int, cookie: str, origin: str = "") -> ClientConnection:
    headers = {"Cookie": f"hotline_session={cookie}"} | ({"Origin": origin} if origin else {})
    return await connect(f"ws://127.0.0.1:{port}/api/v1/live", additional_headers=headers)


async def receive(socket: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            message: dict[str, Any] = json.loads(await socket.recv())
            if message["type"] == kind:
                return message


async def closed_with(socket: ClientConnection) -> int:
    async with asyncio.timeout(60):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code is not None
    return socket.close_code


async def test_snapshot_then_cards_then_heartbeats(
    port: int, process: Process, desk: httpx.AsyncClient, clock: Clock
) -> None:
    socket = await opened(port, await given_session(process, "8001", clock), f"http://127.0.0.1:{port}")
    async with socket:
        first = json.loads(await socket.recv())
        assert (first["type"], first["n"], first["cards"]) == ("snapshot", 1, [])
        await desk.post("/internal/facts", json=wire(Story().tell(*dialogue(), *waiting())))
        card = await receive(socket, "card")
        assert card["card"]["state"] == "ringing"
        assert card["seq"] > first["seq"]
        beat = await receive(socket, "heartbeat")
        assert beat["time"] == "2026-11-22T04:00:00.123Z"
        assert beat["n"] > card["n"]

    async def sent() -> Any:
        async with process.parts.work() as session:
            return (await session.execute(text("SELECT sent_at FROM pops"))).scalar_one()

    assert await sent() == clock()


async def test_the_board_goes_to_the_supervisor_when_something_changes(
    port: int, process: Process, desk: httpx.AsyncClient, clock: Clock
) -> None:
    async with await opened(port, await given_session(process, "9001", clock)) as socket:
        assert (await receive(socket, "snapshot"))["board"]["queues"]
        await desk.post("/internal/facts", json=wire(Story().tell(facts.AgentPhoneChanged("8001", "ready"))))
        board = await receive(socket, "board")
        assert board["board"]["agents"][0]["state"] == "ready"


async def test_a_stranger_is_closed(port: int, process: Process, clock: Clock) -> None:
    async with await opened(port, "nonsense") as nobody:
        assert await closed_with(nobody) == 4401
    cookie = await given_session(process, "8001", clock)
    async with await opened(port, cookie, "http://evil.example") as stranger:
        assert await closed_with(stranger) == 4403


async def test_a_slow_page_is_closed(port: int, process: Process, clock: Clock) -> None:
    async with await opened(port, await given_session(process, "8001", clock)) as socket:
        await receive(socket, "snapshot")
        for browser in process.hub.browsers:
            browser.too_slow.set()
        assert await closed_with(socket) == 4408
    await until(lambda: not process.hub.browsers)


async def test_a_stream_has_a_maximum_life(
    port: int, process: Process, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MAXIMUM_LIFE_S", 0.2)
    async with await opened(port, await given_session(process, "8001", clock)) as socket:
        assert await closed_with(socket) == 4410


async def test_a_page_that_goes_is_forgotten(port: int, process: Process, clock: Clock) -> None:
    async with await opened(port, await given_session(process, "8001", clock)) as socket:
        await receive(socket, "snapshot")
        await socket.send("ignored")
    await until(lambda: not process.hub.browsers)
