"""One FastAGI connection: a reader that never stops, commands with deadlines, the hang-up out of band."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping

from ivr.telephony.agi.protocol import AGIProtocol, Environment, Event, HangupNotice, Reply
from ivr.telephony.errors import CallerHungUp, CommandTimedOut, ProtocolBroken, SessionOver

_CHUNK = 65_536


class AGIConnection:
    """Couples AGIProtocol with a stream. `pump` must run for the connection's whole life."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        send_timeout_s: float = 5.0,
        hangup_grace_s: float = 5.0,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = AGIProtocol()
        self._send_timeout_s = send_timeout_s
        self._hangup_grace_s = hangup_grace_s
        self._waiting: deque[asyncio.Future[Reply | None]] = deque()
        self._environment: asyncio.Future[Mapping[str, str] | None] = asyncio.get_running_loop().create_future()
        self._gone = asyncio.Event()
        self._how = ""
        self._told = False
        self._ended = False
        self._broken = ""
        self._grace: asyncio.TimerHandle | None = None

    @property
    def hung_up(self) -> bool:
        """Whether the channel is known to be gone."""
        return self._gone.is_set()

    @property
    def broken(self) -> str:
        """Why the peer's bytes could not be read ("" when they could)."""
        return self._broken

    async def wait_hung_up(self) -> None:
        """Return when the channel is gone (HANGUP line, 511 or end of the connection)."""
        await self._gone.wait()

    async def environment(self, timeout_s: float) -> Mapping[str, str] | None:
        """Return the header; None when the peer went away first. Raises TimeoutError, ProtocolBroken."""
        async with asyncio.timeout(timeout_s):
            values = await asyncio.shield(self._environment)
        if values is None and self._broken:
            raise ProtocolBroken(self._broken)
        return values  # also when what follows the header is broken: the first command will say so

    async def pump(self) -> None:
        """Read until the connection ends; never raises for what the peer does."""
        try:
            while not self._protocol.broken:
                data = await self._reader.read(_CHUNK)
                if not data:
                    break
                for event in self._protocol.receive_data(data):
                    self._on_event(event)
        except OSError:
            pass  # a reset is an end like any other
        finally:
            self._end()

    def _on_event(self, event: Event) -> None:
        match event:
            case Reply():
                future = self._waiting.popleft()
                if not future.done():  # else its caller no longer waits: the reply is discarded, order is kept
                    future.set_result(event)
            case HangupNotice():
                self._hang_up("notice")
                if self._grace is None:
                    loop = asyncio.get_running_loop()
                    self._grace = loop.call_later(self._hangup_grace_s, self._release)
            case Environment():
                if not self._environment.done():
                    self._environment.set_result(event.values)
            case _:
                self._broken = event.reason

    def _hang_up(self, how: str) -> None:
        self._how = self._how or how
        self._gone.set()

    def _release(self) -> None:
        """Let every waiting command go: its reply is not expected any more."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def _end(self) -> None:
        self._ended = True
        if self._grace is not None:
            self._grace.cancel()
        self._hang_up("eof")
        self._release()
        if not self._environment.done():
            self._environment.set_result(None)

    def _failure(self) -> Exception:
        if self._broken:
            return ProtocolBroken(self._broken)
        if not self._told:
            self._told = True
            return CallerHungUp(self._how)
        return SessionOver("the AGI session is over")

    def raise_if_gone(self) -> None:
        """Raise CallerHungUp once when the channel is gone; afterwards SessionOver when the connection ended too."""
        if (self.hung_up and not self._told) or self._ended:
            raise self._failure()

    async def settle(self, wait_s: float) -> None:
        """After a result of -1: give the hang-up `wait_s` to arrive and raise it; return when there is none."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._gone.wait()
        self.raise_if_gone()

    async def request(self, *words: str, args: tuple[str, ...] = (), timeout_s: float) -> Reply:
        """Send one command and return its reply.

        Raises UnsafeText (nothing sent), CommandTimedOut, CallerHungUp, SessionOver, ProtocolBroken. A hang-up that is
        announced while the command runs does not lose its reply.
        """
        self.raise_if_gone()
        line = self._protocol.command(*words, args=args)
        future: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._writer.write(line)
        try:
            async with asyncio.timeout(self._send_timeout_s):
                await self._writer.drain()
            async with asyncio.timeout(timeout_s):
                reply = await future
        except TimeoutError:
            future.cancel()
            raise CommandTimedOut(f"{' '.join(words)}: no reply in {timeout_s:g} s") from None
        except OSError:
            future.cancel()
            self._hang_up("eof")
            raise self._failure() from None
        if reply is None:
            raise self._failure()
        if reply.code == 511:
            self._hang_up("dead")
            self.raise_if_gone()
        return reply

    async def close(self) -> None:
        """End the connection; safe to call twice. Asterisk goes on in the dialplan."""
        self._end()
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()
