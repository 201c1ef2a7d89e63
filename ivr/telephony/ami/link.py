"""One logged-in AMI connection: actions with deadlines and a watchdog."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from typing import Self
from uuid import uuid4

import structlog

from ivr.telephony.ami.guarded import Fields, GuardedAction, GuardedManager, GuardedProtocol, RawEvent, checked_fields
from ivr.telephony.errors import AMINotConnected, AMIRefused, AMITimeout

log = structlog.get_logger(__name__)


class AMILink:
    """Made by `open`; dead for good once `lost` is set."""

    def __init__(self, protocol: GuardedProtocol, lost: asyncio.Event) -> None:
        self._protocol = protocol
        self.lost = lost
        self._ids = (f"{uuid4().hex}-{number}" for number in itertools.count(1))

    @classmethod
    async def open(cls, host: str, port: int, on_event: Callable[[RawEvent], None], timeout_s: float) -> Self:
        """Connect; raises OSError or TimeoutError."""
        lost = asyncio.Event()
        manager = GuardedManager(on_event)
        async with asyncio.timeout(timeout_s):
            _, protocol = await asyncio.get_running_loop().create_connection(
                lambda: GuardedProtocol(manager, lost.set), host, port
            )
        return cls(protocol, lost)

    @property
    def malformed(self) -> int:
        """How many messages could not be used."""
        return int(self._protocol.malformed)

    @property
    def pending(self) -> int:
        """How many actions wait for an answer."""
        return len(self._protocol.responses)

    def abort(self) -> None:
        """Drop the connection without waiting for the peer; safe to call twice."""
        self._protocol.close()

    async def request(self, name: str, fields: Fields, timeout_s: float) -> list[dict[str, str]]:
        """Send one action once; return its response and, for lists, every part. See AMIClient.action."""
        lines = checked_fields(name, fields)
        if self.lost.is_set() or self._protocol.closed:
            raise AMINotConnected(name)
        action = GuardedAction({**lines, "ActionID": next(self._ids)})
        self._protocol.send(action)
        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.wait([action.future])
        except TimeoutError:
            raise AMITimeout(f"{name}: no answer in {timeout_s:g} s") from None
        finally:
            self._protocol.responses.pop(action.id, None)
        if action.future.cancelled():
            raise AMITimeout(f"{name}: connection lost before the answer")
        parts: list[dict[str, str]] = action.future.result()
        if parts[0].get("Response") not in ("Success", "Goodbye", "Follows"):
            raise AMIRefused(f"{name}: {parts[0].get('Message', '')[:200]}")
        return parts

    async def watch(self, interval_s: float, timeout_s: float, misses: int) -> None:
        """Ping until `misses` in a row are unanswered, then abort; returns when the connection is dead."""
        missed = 0
        while not self.lost.is_set():
            try:
                await self.request("Ping", {}, timeout_s)
                missed = 0
            except AMITimeout:
                missed += 1
                if missed >= misses:
                    log.error("ami_dead_connection", misses=missed)
                    self.abort()
                    return
            except AMINotConnected:
                return
            if missed == 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(interval_s):
                        await self.lost.wait()
