"""The AMI client the rest of ivr uses: always reconnecting, never replaying, events in order."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import structlog

from ivr.telephony.ami.guarded import Fields, RawEvent
from ivr.telephony.ami.link import AMILink
from ivr.telephony.errors import AMIError, AMINotConnected, AMIRefused

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AMISettings:
    """Where Asterisk listens and as whom we log in. events is the Events header: on, or class names."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    events: str = "on"
    queue_size: int = 50_000


@dataclass(frozen=True, slots=True)
class AMITimings:
    """Seconds. A half-open connection is found after at most ping_interval_s + ping_misses * ping_timeout_s."""

    connect_s: float = 5.0
    login_s: float = 5.0
    ping_interval_s: float = 4.0
    ping_timeout_s: float = 5.0
    ping_misses: int = 2
    backoff_first_s: float = 0.5
    backoff_max_s: float = 15.0
    drain_s: float = 1.0


@dataclass(frozen=True, slots=True)
class AMIStatus:
    """For /status and metrics. last_error is "" while connected; login_refused survives until a login succeeds."""

    connected: bool
    connections: int
    failures: int
    last_error: str
    login_refused: bool
    queued: int
    dropped: int
    malformed: int
    pending: int


async def _nothing() -> None:
    """Stand in for a callback nobody gave."""


class AMIClient:
    """`async with AMIClient(settings) as ami:` (or a task of your own on `run()`).

    `on_connected` is awaited after every log-in and after events were dropped: take a snapshot and reconcile there. It
    runs beside `events()`, once what was queued before is consumed (or drain_s later).
    """

    def __init__(
        self,
        settings: AMISettings,
        *,
        on_connected: Callable[[], Awaitable[None]] = _nothing,
        timings: AMITimings | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._on_connected = on_connected
        self._timings = timings or AMITimings()
        self._sleep = sleep
        self._jitter = jitter
        self._link: AMILink | None = None
        self._queue: asyncio.Queue[RawEvent] = asyncio.Queue(settings.queue_size)
        self._resync = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._connections = self._failures = self._dropped = self._malformed = 0
        self._last_error = ""
        self._login_refused = False

    async def __aenter__(self) -> Self:
        self._runner = asyncio.create_task(self.run(), name="ami")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            self._runner.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._runner

    @property
    def connected(self) -> bool:
        """Whether a logged-in connection stands now."""
        return self._link is not None and not self._link.lost.is_set()

    def status(self) -> AMIStatus:
        """Return the figures of this moment."""
        link = self._link
        return AMIStatus(
            connected=self.connected,
            connections=self._connections,
            failures=self._failures,
            last_error="" if self.connected else self._last_error,
            login_refused=self._login_refused,
            queued=self._queue.qsize(),
            dropped=self._dropped,
            malformed=self._malformed + (link.malformed if link else 0),
            pending=link.pending if link else 0,
        )

    async def action(self, name: str, fields: Fields | None = None, timeout_s: float = 5.0) -> list[dict[str, str]]:
        """Send an action once; return the response, followed by every part when it is a list action.

        A field whose value is a sequence is sent once per item (Variable). Originate is made asynchronous unless told
        otherwise; its OriginateResponse comes through `events()` with `ActionID` equal to the response's.
        Raises UnsafeText and AMINotConnected (nothing was sent), AMITimeout (it may have run; never sent again),
        AMIRefused.
        """
        if self._link is None:
            raise AMINotConnected(name)
        fields = dict(fields or {})
        if name.lower() == "originate" and not any(key.lower() == "async" for key in fields):
            fields["Async"] = "true"
        return await self._link.request(name, fields, timeout_s)

    async def events(self) -> AsyncGenerator[RawEvent, None]:
        """Yield every event in the order Asterisk sent it, across reconnects; for one consumer."""
        while True:
            event = await self._queue.get()
            try:
                yield event
            finally:
                self._queue.task_done()

    async def run(self) -> None:
        """Connect, log in, watch, reconnect; until cancelled."""
        attempt = 0
        while True:
            before = self._connections
            try:
                await self._one_connection()
                self._failed("connection lost")
            except AMIRefused as error:
                self._login_refused = True
                self._failed(str(error))
            except (AMIError, OSError, TimeoutError) as error:
                self._failed(type(error).__name__)
            attempt = 0 if self._connections > before else attempt + 1
            delay = min(self._timings.backoff_first_s * 2 ** min(attempt, 20), self._timings.backoff_max_s)
            await self._sleep(delay * (0.5 + self._jitter() / 2))

    def _failed(self, reason: str) -> None:
        self._failures += 1
        self._last_error = reason
        peer = f"{self._settings.host}:{self._settings.port}"
        log.error("ami_disconnected", reason=reason, login_refused=self._login_refused, peer=peer)

    async def _one_connection(self) -> None:
        settings, timings = self._settings, self._timings
        link = await AMILink.open(settings.host, settings.port, self._enqueue, timings.connect_s)
        try:
            login = {"Username": settings.user, "Secret": settings.secret, "Events": settings.events}
            await link.request("Login", login, timings.login_s)
            self._link = link
            self._connections += 1
            self._login_refused = False
            self._resync.set()
            log.info("ami_connected", connections=self._connections)
            async with asyncio.TaskGroup() as group:
                announcer = group.create_task(self._announce())
                watchdog = group.create_task(
                    link.watch(timings.ping_interval_s, timings.ping_timeout_s, timings.ping_misses)
                )
                await link.lost.wait()
                announcer.cancel()
                watchdog.cancel()
        finally:
            self._link = None
            self._malformed += link.malformed
            link.abort()

    def _enqueue(self, event: RawEvent) -> None:
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self._dropped += 1
            if not self._resync.is_set():
                log.error("ami_events_dropped", queued=self._queue.qsize())
            self._resync.set()

    async def _announce(self) -> None:
        while True:
            await self._resync.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._timings.drain_s):
                    await self._queue.join()
            self._resync.clear()
            try:
                await self._on_connected()
            except AMIError as error:
                log.warning("ami_reconcile_failed", error=type(error).__name__)
                self._resync.set()  # an Asterisk that just starts answers before its modules are there
                await self._sleep(self._timings.backoff_first_s)
            except Exception:  # one job tick
                log.exception("ami_reconcile_failed")
