"""An Asterisk manager on a real socket, with the quirks that matter (one EOL banner, lists, silence, refusals), and a
client that is linked to it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Self

from ivr.telephony.ami import AMIClient, AMISettings, AMITimings, RawEvent

Action = dict[str, str]
Responder = Callable[[Action], str | None]
FAST = AMITimings(ping_interval_s=0.05, ping_timeout_s=0.1, backoff_first_s=0.02, backoff_max_s=0.05, drain_s=0.05)


def block(*lines: str) -> str:
    """Return one AMI message."""
    return "\r\n".join(lines) + "\r\n\r\n"


def success(action: Action, *lines: str) -> str:
    """Return Response: Success to an action."""
    return block("Response: Success", f"ActionID: {action['ActionID']}", *lines)


class FakeAMI:
    """Answers Login and Ping; other actions go to `responders[name]` (text to send, None = no answer)."""

    def __init__(self) -> None:
        self.responders: dict[str, Responder] = {}
        self.actions: list[Action] = []
        self.raw = b""
        self.logins = 0
        self.refuse_login = False
        self.banner = b"Asterisk Call Manager/9.0.0\r\n"
        self.silent = False  # reads, but never answers: a frozen Asterisk, or a half-open connection
        self.logged_in = asyncio.Event()
        self.changed = asyncio.Condition()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the same port as before when started again."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Go away like a stopped Asterisk."""
        self._server.close()
        self.drop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def drop(self) -> None:
        """Reset every connection."""
        self.logged_in.clear()
        for writer in self._writers:
            writer.transport.abort()

    def send(self, data: str | bytes) -> None:
        """Send to every connection, as one write."""
        for writer in self._writers:
            if not writer.is_closing():
                writer.write(data if isinstance(data, bytes) else data.encode())

    async def send_split(self, data: bytes, at: int) -> None:
        """Send in two segments that arrive one after the other."""
        for part in (data[:at], data[at:]):
            self.send(part)
            await self.flush()

    async def flush(self) -> None:
        """Let the peer read what was sent."""
        for writer in self._writers:
            with contextlib.suppress(ConnectionError):
                await writer.drain()
        for _ in range(3):
            await asyncio.sleep(0)

    def names(self) -> Sequence[str]:
        """Names of the actions received, Ping left out."""
        return [action["Action"] for action in self.actions if action["Action"] != "Ping"]

    async def wait_for(self, name: str, count: int = 1) -> None:
        """Wait until an action came `count` times."""
        async with self.changed:
            await self.changed.wait_for(lambda: sum(item["Action"] == name for item in self.actions) >= count)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        writer.write(self.banner)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                self.raw += raw
                action = dict(line.split(": ", 1) for line in raw.decode().split("\r\n") if line)
                async with self.changed:
                    self.actions.append(action)
                    self.changed.notify_all()
                answer = None if self.silent else self._answer(action)
                if answer is not None:
                    writer.write(answer.encode())
        self._writers.discard(writer)
        writer.close()
        self._tasks.discard(task)

    def _answer(self, action: Action) -> str | None:
        name = action["Action"]
        if name == "Login":
            self.logins += 1
            if self.refuse_login:
                return block("Response: Error", f"ActionID: {action['ActionID']}", "Message: Authentication failed")
            self.logged_in.set()
            booted = block("Event: FullyBooted", "Privilege: system,all", "Status: Fully Booted")
            return success(action, "Message: Authentication accepted") + booted
        if name in self.responders:
            return self.responders[name](action)
        return success(action, *(["Ping: Pong"] if name == "Ping" else []))


class Linked:
    """A client with a fake behind it; `connected` is set by on_connected."""

    def __init__(self, fake: FakeAMI, timings: AMITimings, queue_size: int) -> None:
        self.fake = fake
        self.connects = 0
        self.connected = asyncio.Event()
        settings = AMISettings("127.0.0.1", fake.port, "ivr", "s3cret", queue_size=queue_size)
        self.client = AMIClient(settings, on_connected=self._on_connected, timings=timings)

    async def _on_connected(self) -> None:
        self.connects += 1
        self.connected.set()

    async def next_event(self, name: str) -> RawEvent:
        """Return the next event of that name."""
        async with aclosing(self.client.events()) as events:
            async for event in events:
                if event["Event"] == name:
                    return event
        raise AssertionError("events ended")


@asynccontextmanager
async def linked(timings: AMITimings = FAST, queue_size: int = 50_000) -> AsyncIterator[Linked]:
    async with FakeAMI() as fake, asyncio.timeout(20):
        pair = Linked(fake, timings, queue_size)
        async with pair.client:
            await pair.connected.wait()
            yield pair
