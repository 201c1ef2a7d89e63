"""Events: numbers follow commits; the bell may be silent."""

import asyncio
from contextlib import suppress

import pytest

from crm.bootstrap import Process
from crm.events import repository
from crm.events.bell import LOOK_AGAIN_S, RedisBell, make_redis
from crm.events.service import EventKind, append
from tests.unit.crm.fakes import NOON


async def visible(process: Process, after: int = 0) -> list[int]:
    async with process.parts.work.snapshot() as session:
        return [event.seq for event in await repository.after(session, after, 100)]


async def test_numbers_follow_commits_though_a_transaction_is_held_open(process: Process) -> None:
    work = process.parts.work
    first_appended, release, committed = asyncio.Event(), asyncio.Event(), []

    async def held_open() -> None:
        async with work() as session:
            await append(session, EventKind.ALARM, NOON)
            first_appended.set()
            await release.wait()
        committed.append("held")

    async def second() -> None:
        await first_appended.wait()
        async with work() as session:
            await append(session, EventKind.ALARM, NOON)
        committed.append("second")

    async with asyncio.TaskGroup() as group:
        group.create_task(held_open())
        waiting = group.create_task(second())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.3)
        assert committed == []
        assert await visible(process) == []
        release.set()
    assert committed == ["held", "second"]
    assert len(await visible(process)) == 2


async def test_a_reader_that_only_moves_forward_misses_nothing(process: Process) -> None:
    seen: list[int] = []
    done = asyncio.Event()

    async def write(count: int) -> None:
        for _ in range(count):
            async with process.parts.work() as session:
                await append(session, EventKind.CONTACT, NOON)
                await append(session, EventKind.TICKET, NOON)

    async def read() -> None:
        while not done.is_set() or await visible(process, seen[-1] if seen else 0):
            seen.extend(await visible(process, seen[-1] if seen else 0))

    async with asyncio.TaskGroup() as group:
        reading = group.create_task(read())
        async with asyncio.TaskGroup() as writers:
            for _ in range(3):
                writers.create_task(write(10))
        done.set()
        await reading
    assert seen == sorted(set(seen))
    assert len(seen) == 60


async def test_a_rolled_back_event_does_not_ring(process: Process) -> None:
    class Undone(Exception):
        pass

    async def fail() -> None:
        async with process.parts.work() as session:
            await append(session, EventKind.ALARM, NOON)
            raise Undone

    with pytest.raises(Undone):
        await fail()
    assert await visible(process) == []
    async with asyncio.timeout(LOOK_AGAIN_S * 3):
        await process.bell.wait()  # silent, so it returns by itself


async def test_a_ring_wakes_the_reader_at_once_without_redis() -> None:
    async with RedisBell(None) as bell:
        bell.ring(7)
        async with asyncio.timeout(LOOK_AGAIN_S / 2):
            await bell.wait()


async def test_the_bell_lives_without_redis() -> None:
    redis = make_redis("unix:///nonexistent/redis.sock")
    assert redis is not None
    async with RedisBell(redis) as bell:
        bell.ring(1)
        async with asyncio.timeout(LOOK_AGAIN_S / 2):
            await bell.wait()
        async with asyncio.timeout(LOOK_AGAIN_S * 2):
            await bell.wait()
        assert not bell.connected
    await redis.aclose()
