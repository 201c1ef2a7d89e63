"""Parts that are away: the database, ivr, Redis."""

import asyncio
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from crm.bootstrap import build
from crm.events import bell
from crm.settings import Settings
from crm.telephone import HTTPTelephone, TelephonyRefused, TelephonyUnavailable
from crm.web.app import make_desk_app, make_web_app
from crm.web.throttle import RedisThrottle
from ivr.contract.commands import CommandName
from tests.unit.crm.fakes import NOON, Clock, FakeTelephone
from tests.unit.crm.waiting import until


@pytest.fixture
def without_database(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"database_url": f"postgresql+psycopg://x@/x?host={tmp_path}"})


async def test_every_request_answers_503_in_chinese(without_database: Settings, clock: Clock) -> None:
    async with build(without_database, now=clock, telephone=FakeTelephone()) as process:
        web = httpx.ASGITransport(make_web_app(process.parts), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=web, base_url="http://page", cookies={"hotline_session": "x"}) as page:
            answer = await page.get("/api/v1/me")
            assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
            assert "连不上数据库" in answer.json()["detail"]
            await process.health.look()
            assert (await page.get("/api/v1/status")).json()["status"] == "degraded"
        private = httpx.ASGITransport(make_desk_app(process.parts), raise_app_exceptions=False)
        headers = {"Authorization": "Bearer internal"}
        async with httpx.AsyncClient(transport=private, base_url="http://desk", headers=headers) as desk:
            assert (await desk.post("/internal/numbers", json={"node": "ivr-1"})).status_code == 503


async def test_the_hub_waits_for_the_database(without_database: Settings, clock: Clock) -> None:
    async with build(without_database, now=clock, telephone=FakeTelephone()) as process:
        running = asyncio.create_task(process.hub.run())
        await asyncio.wait({running}, timeout=0.3)
        assert not running.done()
        assert not process.hub.database_ok
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_log_in_attempts_are_counted_without_redis(tmp_path: Path) -> None:
    redis = Redis.from_url(f"unix://{tmp_path}/none.sock")
    throttle = RedisThrottle(redis)
    counts = [(await throttle.attempt("k", NOON))[0] for _ in range(3)]
    await throttle.clear("k")
    assert [*counts, (await throttle.attempt("k", NOON))[0]] == [1, 2, 3, 1]
    await redis.aclose()


@pytest.fixture
async def redis_url(tmp_path: Path) -> str:
    return f"unix://{tmp_path}/redis.sock"


async def test_log_in_attempts_are_counted_in_redis_and_its_bell_rings(
    settings: Settings, redis_url: str, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await asyncio.create_subprocess_exec(
        "redis-server", "--port", "0", "--unixsocket", f"{tmp_path}/redis.sock", "--save", "",
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await until((tmp_path / "redis.sock").exists)
        with_redis = settings.model_copy(update={"redis_url": redis_url})
        async with build(with_redis, now=clock, telephone=FakeTelephone()) as one:
            async with build(with_redis, now=clock, telephone=FakeTelephone()) as other:
                await until(lambda: one.bell.connected and other.bell.connected)
                await other.bell.wait()
                monkeypatch.setattr(bell, "LOOK_AGAIN_S", 600.0)  # only the bell itself can end the wait
                one.bell.ring(5)
                async with asyncio.timeout(120):
                    await other.bell.wait()
            counts = [(await one.parts.throttle.attempt("k", NOON))[0] for _ in range(2)]
            _, until_when = await one.parts.throttle.attempt("k", NOON)
            assert counts == [1, 2]
            assert 800 < (until_when - NOON).total_seconds() <= 900
            redis = Redis.from_url(redis_url)
            await redis.set("hotline:throttle:endless", 7)  # Redis went away before its time was set
            assert (await one.parts.throttle.attempt("endless", NOON))[0] == 8
            assert 800 < await redis.ttl("hotline:throttle:endless") <= 900
            await redis.aclose()
            await one.parts.throttle.clear("k")
            assert (await one.parts.throttle.attempt("k", NOON))[0] == 1
    finally:
        server.terminate()
        await server.wait()


def telephone(answer: httpx.Response | Exception) -> HTTPTelephone:
    def handle(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer internal"
        if isinstance(answer, Exception):
            raise answer
        return answer

    return HTTPTelephone(1, "internal", httpx.MockTransport(handle))


async def test_a_command_is_done() -> None:
    phone = telephone(httpx.Response(200, json={"id": "x", "status": "done", "detail": ""}))
    await phone.command(CommandName.AGENT_READY, {"agent": "8001"}, NOON)
    assert await phone.reachable()
    await phone.close()


@pytest.mark.parametrize("status", ["refused", "failed"])
async def test_a_refused_command_says_why(status: str) -> None:
    phone = telephone(httpx.Response(200, json={"id": "x", "status": status, "detail": "话机没有注册"}))
    with pytest.raises(TelephonyRefused) as refused:
        await phone.command(CommandName.AGENT_READY, {"agent": "8001"}, NOON)
    assert refused.value.detail == "话机没有注册"
    await phone.close()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500), httpx.Response(200, text="no"), httpx.Response(200, json=[]),
        httpx.Response(200, json={"id": "x", "status": "odd"}), httpx.ConnectError("away"),
        httpx.Response(200, json={"id": "x", "status": "expired"}),
    ],
)  # fmt: skip
async def test_a_telephone_that_makes_no_sense_is_away(answer: httpx.Response | Exception) -> None:
    phone = telephone(answer)
    with pytest.raises(TelephonyUnavailable):
        await phone.command(CommandName.AGENT_READY, {"agent": "8001"}, NOON)
    if isinstance(answer, Exception):
        assert not await phone.reachable()
    await phone.close()
