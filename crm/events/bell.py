"""The bell: Redis publishes the highest event number after commit. It may be silent; readers look once a second."""

import asyncio
import contextlib
from typing import Self

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

CHANNEL = "hotline:events"
LOOK_AGAIN_S = 1.0
REDIS_TIMEOUT_S = 1.0


class RedisBell:
    """Rings in this process at once and in others by Redis; both sides survive Redis' absence.

    Use as an async context manager; `wait` is for one reader, `ring` for everybody.
    """

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis
        self._rung = asyncio.Event()
        self._to_tell = asyncio.Event()
        self._newest = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.connected = False

    async def __aenter__(self) -> Self:
        if self._redis is not None:
            self._tasks = [asyncio.create_task(self._tell(self._redis)), asyncio.create_task(self._listen(self._redis))]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def ring(self, seq: int) -> None:
        """Tell readers that events up to `seq` are committed. Never blocks and never raises."""
        self._newest = max(self._newest, seq)
        self._rung.set()
        self._to_tell.set()

    async def wait(self) -> None:
        """Return when the bell rang since the last call, at the latest after LOOK_AGAIN_S."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), LOOK_AGAIN_S)
        self._rung.clear()

    async def _tell(self, redis: Redis) -> None:
        while True:
            await self._to_tell.wait()
            self._to_tell.clear()
            try:
                async with asyncio.timeout(REDIS_TIMEOUT_S):
                    await redis.publish(CHANNEL, str(self._newest))
            except (RedisError, OSError, TimeoutError) as error:
                self._lost(error)

    async def _listen(self, redis: Redis) -> None:
        while True:
            try:
                async with redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    async with asyncio.timeout(REDIS_TIMEOUT_S):
                        await pubsub.subscribe(CHANNEL)
                    self.connected = True
                    while True:
                        if await pubsub.get_message(timeout=LOOK_AGAIN_S) is not None:
                            self._rung.set()
            except (RedisError, OSError, TimeoutError) as error:
                self._lost(error)
                await asyncio.sleep(LOOK_AGAIN_S)

    def _lost(self, error: BaseException) -> None:
        if self.connected:
            log.warning("bell_lost", error=type(error).__name__)
        self.connected = False


def make_redis(url: str) -> Redis | None:
    """Return a client that connects when first used, None when no address is set."""
    if not url:
        return None
    return Redis.from_url(url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S)
