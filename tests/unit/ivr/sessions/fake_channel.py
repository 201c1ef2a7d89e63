"""Asterisk's side of one FastAGI session on a real socket, played by a script."""

import asyncio
import contextlib
import shlex
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

HANG_UP = "hang up"
_PAUSE_MS = 600  # waits up to here are pauses between segments, not questions

AudioSocketApp = Callable[[str, str], Awaitable[int]]  # uuid, address -> the application's result


class FakeChannel:
    """Answers AGI commands as res_agi does. `keys`: what the caller does at each question ("" = nothing)."""

    def __init__(
        self,
        keys: Sequence[str] = (),
        *,
        variables: dict[str, str] | None = None,
        during: dict[str, str] | None = None,
        audiosocket: AudioSocketApp | None = None,
        hang_up_at: int | None = None,
    ) -> None:
        self.variables = {"HL_CONTACT": "c" * 32, "HL_RECORDING": "r1", "HL_DID": "4001726011"}
        self.variables |= {"HL_CALLER": "13800138000", "HL_ATTEMPT": "1"} | (variables or {})
        self.keys = deque(keys)
        self.during = during or {}
        self.audiosocket = audiosocket
        self.hang_up_at = hang_up_at
        self.played: list[str] = []
        self.commands: list[str] = []
        self.set_order: list[str] = []
        self.recorded = ("dtmf", "#", 16000)
        self.hung_up = asyncio.Event()
        self.redirected = asyncio.Event()

    async def call(self, port: int) -> None:
        """Connect, run the session until the server leaves or the caller hangs up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        header = "agi_network: yes\nagi_channel: PJSIP/carrier-00000001\nagi_uniqueid: hotline-1.1\n\n"
        writer.write(header.encode())
        try:
            while line := (await reader.readline()).decode().rstrip("\n"):
                reply = await self._command(line)
                if reply is None:
                    break
                writer.write(f"{reply}\n".encode())
        except ConnectionError:
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _command(self, line: str) -> str | None:
        self.commands.append(line)
        if self.hang_up_at is not None and len(self.commands) > self.hang_up_at:
            self.hung_up.set()
        if self.hung_up.is_set():
            return None
        words = shlex.split(line)
        match words:
            case ["GET", "FULL", "VARIABLE", _]:
                return "200 result=1 (hotline-1.1)"
            case ["GET", "VARIABLE", name]:
                value = self.variables.get(name, "")
                return f"200 result=1 ({value})" if value else "200 result=0"
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value
                self.set_order.append(name)
                return "200 result=1"
            case ["STREAM", "FILE", path, escape]:
                return self._stream(path, escape)
            case ["WAIT", "FOR", "DIGIT", ms]:
                return self._digit(int(ms))
            case ["RECORD", "FILE", path, fmt, *_]:
                return self._record(path, fmt)
            case ["EXEC", "AudioSocket", args]:
                return await self._audiosocket(*args.split(",", 1))
        return "510 Invalid or unknown command"

    def _stream(self, path: str, escape: str) -> str:
        if not Path(f"{path}.wav").exists():
            return "200 result=-1 endpos=0"
        self.played.append(Path(path).name)
        key = self.during.pop(Path(path).name, "") if escape else ""
        if key == HANG_UP:
            return self._gone() or ""
        return f"200 result={ord(key) if key else 0} endpos=8000"

    def _digit(self, ms: int) -> str | None:
        if ms <= _PAUSE_MS or not self.keys:
            return "200 result=0"
        key = self.keys.popleft()
        if key == HANG_UP:
            return self._gone()
        return f"200 result={ord(key) if key else 0}"

    def _record(self, path: str, fmt: str) -> str:
        reason, key, samples = self.recorded
        Path(f"{path}.{fmt}").write_bytes(b"\0" * 44)
        result = {"dtmf": ord(key or "#"), "timeout": 0, "hangup": -1}.get(reason, -1)
        return f"200 result={result} ({reason}) endpos={samples}"

    def _gone(self) -> None:
        self.hung_up.set()

    async def _audiosocket(self, uuid: str, address: str) -> str | None:
        """Run the application until it ends, the caller hangs up, or a Redirect takes the channel away."""
        if self.audiosocket is None:
            return "200 result=-1"
        app = asyncio.ensure_future(self.audiosocket(uuid, address))
        ends = [asyncio.ensure_future(event.wait()) for event in (self.hung_up, self.redirected)]
        await asyncio.wait([app, *ends], return_when=asyncio.FIRST_COMPLETED)
        for task in ends:
            task.cancel()
        if self.hung_up.is_set() or self.redirected.is_set():
            app.cancel()
            await asyncio.gather(app, return_exceptions=True)
            return None
        return f"200 result={await app}"
