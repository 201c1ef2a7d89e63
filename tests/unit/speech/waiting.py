"""Waiting for a condition in tests, with a clear failure."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return once `condition()` holds; raise TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the condition is another program's or the wire's, no event tells
            await asyncio.sleep(0.01)
