"""Counting attempts (log-ins, messages) in Redis, and in this process while Redis is away."""

import asyncio
from datetime import datetime, timedelta

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from crm.accounts.service import LOCK

log = structlog.get_logger(__name__)

_REDIS_TIMEOUT_S = 0.5


class MemoryThrottle:
    """Counts in this process."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, datetime]] = {}

    async def attempt(self, key: str, now: datetime) -> tuple[int, datetime]:
        """Count one attempt; returns how many there were and when the count begins anew."""
        self._counts = {other: entry for other, entry in self._counts.items() if entry[1] > now}
        count, until = self._counts.get(key, (0, now + LOCK))
        self._counts[key] = (count + 1, until)
        return self._counts[key]

    async def clear(self, key: str) -> None:
        """Forget the attempts."""
        self._counts.pop(key, None)


class RedisThrottle:
    """Counts in Redis, so that a restart forgets nothing; falls back to this process."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._memory = MemoryThrottle()

    async def attempt(self, key: str, now: datetime) -> tuple[int, datetime]:
        """Count one attempt; returns how many there were and when the count begins anew."""
        name = _name(key)
        try:
            async with asyncio.timeout(_REDIS_TIMEOUT_S):
                count = int(await self._redis.incr(name))
                left_s = int(await self._redis.ttl(name))
                if left_s < 0:  # the first, or one whose time was not set because Redis went away in between
                    await self._redis.expire(name, LOCK)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("throttle_without_redis", error=type(error).__name__)
            return await self._memory.attempt(key, now)
        return count, now + (timedelta(seconds=left_s) if left_s > 0 else LOCK)

    async def clear(self, key: str) -> None:
        """Forget the attempts."""
        await self._memory.clear(key)
        try:
            async with asyncio.timeout(_REDIS_TIMEOUT_S):
                await self._redis.delete(_name(key))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("throttle_without_redis", error=type(error).__name__)


def _name(key: str) -> str:
    return f"hotline:throttle:{key}"
