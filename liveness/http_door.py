"""The door of our HTTP servers: on loopback, for so many at once, with a deadline for whoever has something to say.

uvicorn itself waits for ever for a request that a peer has begun, or has yet to begin, and counts it among those it
serves: some silent peers, and nobody else is served. Imports none of ours but peers.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import h11
import structlog
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from liveness.peers import peer_name

log = structlog.get_logger(__name__)

_HOST = "127.0.0.1"
_PARTS: Mapping[Any, str] = MappingProxyType({h11.IDLE: "head", h11.SEND_BODY: "body"})  # what is still to come


@dataclass(frozen=True, slots=True)
class Patience:
    """A head comes whole within grace_s. A body may take longer: a second more for every bytes_a_second that came."""

    grace_s: float = 5.0
    bytes_a_second: int = 8_000  # a photo from a telephone with one bar


class PatientProtocol(H11Protocol):
    """One connection. The deadline is only for what a peer sends: answers, streams and WebSockets have none here."""

    patience = Patience()

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._part = ""  # head | body | "" = it has said all
        self._since = 0.0
        self._came = 0  # bytes of this part
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn does
        """Wait for the first head."""
        super().connection_made(transport)
        self._expect("head")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._expect("")
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; another part has a deadline of its own."""
        super().data_received(data)
        if self.transport.get_protocol() is not self:  # a WebSocket now, with pings of its own
            return
        part = "" if self.transport.is_closing() else _PARTS.get(self.conn.their_state, "")
        if part != self._part:
            self._expect(part)
        self._came += len(data)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the connection to the WebSocket."""
        self._expect("")
        super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, and tell who sent it."""
        log.warning("http_garbage", peer=peer_name(self.transport), reason=msg)
        super().send_400_response(msg)

    def _expect(self, part: str) -> None:
        self._part, self._since, self._came = part, self.loop.time(), 0
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(self.patience.grace_s, self._look) if part else None

    def _look(self) -> None:
        """Cut a peer whose time is over; what it sends while we do not read is not its fault."""
        if self._part == "body" and (self.flow.read_paused or self.cycle.waiting_for_100_continue):
            self._expect("body")
            return
        more = self._came / self.patience.bytes_a_second if self._part == "body" else 0.0
        left = self._since + self.patience.grace_s + more - self.loop.time()
        if left > 0:
            self._timer = self.loop.call_later(left, self._look)
        else:
            self._cut()

    def _cut(self) -> None:
        told = log.warning if self._part == "body" or self._came else log.debug  # a probe is no news
        told("http_peer_too_slow", peer=peer_name(self.transport), part=self._part, bytes=self._came)
        if (self._part == "body" or self._came) and self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            if self.cycle is not None:
                self.cycle.disconnected = True  # what the application still says goes nowhere
            headers = [("Connection", "close"), ("Content-Length", "0")]
            late = h11.Response(status_code=408, headers=headers, reason=b"Request Timeout")
            for event in (late, h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: a process has one place that ends it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def http_server(
    app: Any, port: int, *, connections: int, ws: Literal["none", "websockets-sansio"] = "none", grace_s: int = 3
) -> uvicorn.Server:
    """Return a server; one more than `connections` at a time is answered 503. grace_s: for requests at the end."""
    config = uvicorn.Config(
        app,
        host=_HOST,
        port=port,
        http=PatientProtocol,
        ws=ws,
        ws_max_size=4096,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=connections + 1,  # uvicorn counts the one that asks
        timeout_graceful_shutdown=grace_s,
    )
    return _Server(config)
