"""An Asterisk that speaks FastAGI, and one call of it: connects, sends the header, answers commands as it is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from ivr.telephony.agi import AGILimits, AGIServer, AGISession

HEADER = {
    "agi_network": "yes",
    "agi_network_script": "call",
    "agi_channel": "PJSIP/trunk-00000001",
    "agi_uniqueid": "hotline-1700000000.1",
    "agi_callerid": "unknown",
}
VARIABLES = {
    "HL_CONTACT": "0123456789abcdef0123456789abcdef",
    "HL_RECORDING": "11111111-2222-3333-4444-555555555555",
    "HL_DID": "4001726011",
    "HL_CALLER": "anonymous",
    "HL_ATTEMPT": "1",
    "${CHANNEL(linkedid)}": "hotline-1700000000.1",
}

Answer = Callable[[str], Awaitable[bytes] | bytes]
Script = Callable[[AGISession], Awaitable[object]]


class FakeAsterisk:
    """Answers variable reads from `variables` and gives every other command line to `answer` (bytes as sent)."""

    def __init__(
        self,
        port: int,
        answer: Answer | None = None,
        variables: Mapping[str, str] | None = None,
        uniqueid: str = HEADER["agi_uniqueid"],
    ) -> None:
        self.port = port
        self.header = {**HEADER, "agi_uniqueid": uniqueid}
        self.answer = answer or (lambda _line: b"200 result=0\n")
        self.variables = dict(VARIABLES if variables is None else variables)
        self.commands: list[str] = []
        self.closed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.send("".join(f"{key}: {value}\n" for key, value in self.header.items()).encode() + b"\n")
        self._task = asyncio.create_task(self._serve())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.hang()

    @property
    def name(self) -> str:
        """What the server calls this end of the connection."""
        host, port = self.writer.get_extra_info("sockname")
        return f"{host}:{port}"

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        if not self.writer.is_closing():
            self.writer.write(data)

    def hang(self) -> None:
        """End the connection, as AGIEXITONHANGUP does."""
        self.writer.close()

    async def _serve(self) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await self.reader.readline():
                self.send(await self._reply(line.decode().removesuffix("\n")))
        self.closed.set()

    async def _reply(self, line: str) -> bytes:
        for prefix in ("GET VARIABLE ", "GET FULL VARIABLE "):
            if line.startswith(prefix):
                value = self.variables.get(line[len(prefix) + 1 : -1])
                return b"200 result=0\n" if value is None else f"200 result=1 ({value})\n".encode()
        self.commands.append(line)
        result = self.answer(line)
        return result if isinstance(result, bytes) else await result


@asynccontextmanager
async def call(
    script: Script, answer: Answer | None = None
) -> AsyncIterator[tuple[FakeAsterisk, asyncio.Future[object]]]:
    """Run `script` as the handler of one call; the future holds its result or exception."""
    done: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    async def handler(session: AGISession) -> None:
        try:
            result = await script(session)
        except Exception as error:
            done.set_exception(error)
            raise
        done.set_result(result)

    limits = AGILimits(send_s=0.2, hangup_grace_s=0.2, stop_s=0.2)
    async with AGIServer("127.0.0.1", 0, handler, limits) as server, FakeAsterisk(server.port, answer) as asterisk:
        async with asyncio.timeout(60):
            yield asterisk, done


async def run(script: Script, *replies: bytes) -> tuple[object, list[str]]:
    """Run a script against an Asterisk that gives `replies` in turn."""
    left = list(replies)
    async with call(script, lambda _line: left.pop(0)) as (asterisk, done):
        return await done, asterisk.commands
