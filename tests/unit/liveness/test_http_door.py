"""The door of our HTTP servers on a real socket: who may take how long, how many at once, and what is told of whom."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from structlog.testing import capture_logs

from liveness.http_door import http_server
from tests.unit.ivr.sessions.desk_server import web_server
from tests.unit.liveness.hostile import GARBAGE, SLOW, besiege, exchange, grace_over, impatient


class World:
    """An application that answers when it is told to, and its address."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.go = asyncio.Event()
        self.gone = asyncio.Event()
        self.app = FastAPI()
        self.app.add_api_route("/length", self.length, methods=["POST"])
        self.app.add_api_route("/late", self.late, methods=["POST"])
        self.app.add_api_route("/stream", self.stream)
        self.app.add_api_route("/", self.root)
        self.port = 0

    async def root(self) -> str:
        return "here"

    async def length(self, request: Request) -> int:
        try:
            return len(await request.body())
        except ClientDisconnect:
            self.gone.set()
            raise

    async def late(self, request: Request) -> int:
        self.asked.set()
        await self.go.wait()
        return await self.length(request)

    async def stream(self) -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            yield "one\n"
            await self.go.wait()
            yield "two\n"

        return StreamingResponse(lines())

    async def served(self) -> None:
        """Show that a request is answered as always."""
        async with self.client() as client:
            assert (await client.get("/")).json() == "here"

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=30)


@contextlib.asynccontextmanager
async def running(connections: int = 50) -> AsyncIterator[World]:
    world = World()
    async with web_server(http_server(world.app, 0, connections=connections)) as world.port:
        yield world


def head(path: str, length: int) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n".encode()


async def test_whatever_comes_others_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    async with running() as world:
        await besiege(world.port, "/length", world.served)


@pytest.mark.parametrize("name", ["bytes", "an endless path"])
async def test_garbage_is_told_with_its_peer(name: str) -> None:
    async with running() as world:
        with capture_logs() as logs:
            reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
            host, port = writer.get_extra_info("sockname")
            writer.write(GARBAGE[name])
            await asyncio.gather(reader.read(), return_exceptions=True)
            writer.close()
    assert [(line["event"], line["peer"]) for line in logs] == [("http_garbage", f"{host}:{port}")]


async def test_who_is_too_slow_is_told_and_a_probe_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    async with running() as world:
        with capture_logs() as logs:
            await grace_over(world.port)
            for raw in SLOW.values():
                await exchange(world.port, raw)
            await exchange(world.port, head("/length", 100), b"ab")
            await world.gone.wait()  # the application need not wait for the rest
    told = [(line["event"], line["log_level"], line["part"]) for line in logs]
    late = "http_peer_too_slow"
    heads = [(late, "warning", "head")] * len(SLOW)
    assert told == [(late, "debug", "head"), *heads, (late, "warning", "body")]


async def test_a_head_that_drips_has_no_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch, bytes_a_second=1)
    async with running() as world:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")

        async def drip() -> None:
            while True:
                writer.write(b"a")
                await asyncio.sleep(0.01)

        dripping = asyncio.create_task(drip())
        assert (await asyncio.wait_for(reader.readline(), 30)).startswith(b"HTTP/1.1 408")
        dripping.cancel()
        writer.close()


async def test_the_second_request_of_a_connection_has_its_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    async with running() as world:
        told = await exchange(world.port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHo")
        assert told.startswith(b"HTTP/1.1 200")
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readuntil(b'"here"')).startswith(b"HTTP/1.1 200")
        writer.write(b"GET / HTTP/1.1\r\nHo")
        assert (await asyncio.wait_for(reader.readline(), 30)).startswith(b"HTTP/1.1 408")
        writer.close()


async def test_an_upload_that_goes_on_has_all_the_time_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch, bytes_a_second=100)
    async with running() as world:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        writer.write(head("/length", 20_000) + b"x" * 10_000)
        await grace_over(world.port)
        await grace_over(world.port)
        writer.write(b"x" * 10_000)
        assert (await asyncio.wait_for(reader.read(), 30)).endswith(b"\r\n\r\n20000")
        writer.close()


async def test_a_body_that_we_do_not_read_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch, bytes_a_second=10_000_000)
    async with running() as world:
        sending = asyncio.create_task(exchange(world.port, head("/late", 3_000_000), b"x" * 3_000_000))
        await world.asked.wait()
        await grace_over(world.port)
        await grace_over(world.port)
        world.go.set()
        assert (await sending).endswith(b"\r\n\r\n3000000")


async def test_who_waits_for_our_word_to_go_on_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    async with running() as world:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        writer.write(head("/late", 3).replace(b"Content", b"Expect: 100-continue\r\nContent"))
        await world.asked.wait()
        await grace_over(world.port)
        world.go.set()
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(b"abc")
        assert (await reader.read()).endswith(b"\r\n\r\n3")
        writer.close()


async def test_an_answer_may_take_as_long_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    async with running() as world, world.client() as client, client.stream("GET", "/stream") as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "one"
        await grace_over(world.port)
        await grace_over(world.port)
        world.go.set()
        assert await anext(lines) == "two"


async def test_one_more_than_the_limit_is_refused_until_there_is_room() -> None:
    async with running(connections=2) as world:
        waiting = [asyncio.create_task(exchange(world.port, head("/late", 1), b"x")) for _ in range(2)]
        async with world.client() as client:
            await world.asked.wait()
            while (await client.get("/")).status_code != 503:  # until both are there
                pass
        world.go.set()
        for told in await asyncio.gather(*waiting):
            assert told.startswith(b"HTTP/1.1 200")
        await world.served()
