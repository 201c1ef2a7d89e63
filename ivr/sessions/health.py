"""Watches the speech process: a frozen one must never mean silence, so its calls are taken to keys."""

import asyncio
import contextlib
import json
from pathlib import Path

import structlog

from ivr.sessions.calls import Calls
from ivr.sessions.ports import PBX
from ivr.sessions.rescue import rescue

log = structlog.get_logger(__name__)

INTERVAL_S = 0.5
_MISSES = 2


class SpeechHealth:
    """`run` as a task. `alive` is what new dialogues go by; two pings without a pong and every call in speech moves."""

    def __init__(self, socket: Path, calls: Calls, pbx: PBX, *, interval_s: float = INTERVAL_S) -> None:
        self._socket = socket
        self._calls = calls
        self._pbx = pbx
        self._interval_s = interval_s
        self._misses = 0
        self.alive = False

    async def run(self) -> None:
        """Ping for ever, at a steady pace whether or not there is an answer."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await self.check()
            await asyncio.sleep(max(0.0, began + self._interval_s - loop.time()))

    async def check(self) -> None:
        """Ping once and act on what comes of it."""
        if await self._ping():
            if not self.alive:
                log.info("speech_alive")
            self._misses, self.alive = 0, True
            return
        self._misses += 1
        if self._misses < _MISSES:
            return
        if self.alive or self._misses == _MISSES:
            log.error("speech_lost", calls=len(self._calls.in_speech()))
        self.alive = False
        for call in self._calls.in_speech():
            await rescue(self._pbx, call)

    async def _ping(self) -> bool:
        try:
            async with asyncio.timeout(self._interval_s):
                reader, writer = await asyncio.open_unix_connection(self._socket)
                try:
                    writer.write(b'{"op":"ping"}\n')
                    answer = json.loads(await reader.readline())
                finally:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()
        except (OSError, TimeoutError, ValueError, RecursionError):
            return False
        return isinstance(answer, dict) and "pong" in (answer.get("ev"), answer.get("op"))
