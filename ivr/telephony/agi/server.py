"""The FastAGI server: accepts Asterisk's connections and runs one handler per call."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from ivr.telephony.agi.connection import AGIConnection
from ivr.telephony.agi.session import AGISession
from ivr.telephony.errors import AGIError, CallerHungUp, ProtocolBroken
from liveness.peers import peer_name

log = structlog.get_logger(__name__)

Handler = Callable[[AGISession], Awaitable[None]]

_MAX_ID = 64  # of what the peer calls itself, in the log


@dataclass(frozen=True, slots=True)
class AGILimits:
    """Seconds and counts. header_s is for the whole header, so a peer that drips bytes does not stay."""

    header_s: float = 5.0
    connections: int = 200
    send_s: float = 5.0
    hangup_grace_s: float = 5.0
    stop_s: float = 5.0


class AGIServer:
    """`async with AGIServer(host, port, handler)` listens; on leaving, calls get `stop_s` to end, then are cancelled.

    When the handler returns, raises or is cancelled the AGI connection is closed and the dialplan goes on.
    """

    def __init__(self, host: str, port: int, handler: Handler, limits: AGILimits | None = None) -> None:
        self._host = host
        self._port = port
        self._handler = handler
        self._limits = limits or AGILimits()
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port that is listened on (also when 0 was asked for)."""
        if self._server is None:
            return self._port
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def calls(self) -> int:
        """How many connections are open."""
        return len(self._calls)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._accept, self._host, self._port)
        log.info("agi_listening", port=self.port)

    async def stop(self) -> None:
        """Stop listening and end the calls; safe to call twice."""
        if self._server is None:
            return
        self._server.close()
        calls = set(self._calls)
        if calls:
            _, late = await asyncio.wait(calls, timeout=self._limits.stop_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task, peer = asyncio.current_task(), peer_name(writer)
        if task is None or len(self._calls) >= self._limits.connections:
            log.error("agi_connection_refused", open=len(self._calls), peer=peer)
            writer.close()
            return
        self._calls.add(task)
        try:
            connection = AGIConnection(
                reader, writer, send_timeout_s=self._limits.send_s, hangup_grace_s=self._limits.hangup_grace_s
            )
            await self._converse(connection, peer)
        finally:
            self._calls.discard(task)

    async def _converse(self, connection: AGIConnection, peer: str) -> None:
        async with asyncio.TaskGroup() as group:
            pump = group.create_task(connection.pump(), name="agi-pump")
            try:
                session = await self._open(connection, peer)
                if session is not None:
                    await self._run(session, connection, peer)
            finally:
                pump.cancel()
                await connection.close()

    async def _open(self, connection: AGIConnection, peer: str) -> AGISession | None:
        """Read the header and the call's variables; None when there is no call (port probe, slow or foreign peer)."""
        ids = {"peer": peer}
        try:
            environment = await connection.environment(self._limits.header_s)
            if environment is None:
                log.debug("agi_probe", **ids)
                return None
            ids["call"] = environment.get("agi_uniqueid", "")[:_MAX_ID]
            return await AGISession.open(connection, environment)
        except TimeoutError:
            log.warning("agi_header_timeout", **ids)
        except CallerHungUp:
            log.info("agi_hung_up_at_once", **ids)
        except AGIError as error:
            log.warning("agi_open_failed", error=type(error).__name__, reason=str(error), **ids)
        return None

    async def _run(self, session: AGISession, connection: AGIConnection, peer: str) -> None:
        ids = {"call": session.uniqueid[:_MAX_ID], "contact": session.contact, "attempt": session.attempt}
        with structlog.contextvars.bound_contextvars(**ids):
            log.info("agi_call_started")
            try:
                await self._handler(session)
            except CallerHungUp as gone:
                log.info("agi_caller_hung_up", how=gone.how)
            except ProtocolBroken:
                pass  # told below, as it is when the handler knows what to do without its channel
            except Exception:  # the one-call boundary: one broken call must not end the others
                log.exception("agi_call_failed", **ids)
            else:
                log.info("agi_call_left")
            if connection.broken:
                log.error("agi_garbage", reason=connection.broken, peer=peer, **ids)
