"""Asterisk's side of one FastAGI session on a real socket, played by a script."""

import asyncio
import contextlib
import shlex
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

HANG_UP = "hang up"
WAIT = "wait"  # the caller does nothing, and Asterisk answers only when the server leaves
_PAUSE_MS = 400  # waits up to here are pauses between segments, not questions

AudioSocketApp = Callable[[str, str], Awaitable[int]]  # uuid, address -> the application's result


class FakeChannel:
    """Answers AGI commands as res_agi does. `acts`: the keys the caller presses at each question, "" for silence;

    in order, or by the name of the sound that was played last.
    """

    def __init__(
        self,
        acts: Sequence[str] | dict[str, str] = (),
        *,
        variables: dict[str, str] | None = None,
        during: dict[str, str] | None = None,
        audiosocket: AudioSocketApp | None = None,
        hang_up_at: int | None = None,
    ) -> None:
        self.variables = {"HL_CONTACT": "c" * 32, "HL_RECORDING": "r1", "HL_DID": "4001726011"}
        self.variables |= {"HL_CALLER": "13800138000", "HL_ATTEMPT": "1"} | (variables or {})
        self.by_sound = acts if isinstance(acts, dict) else {}
        self.acts = deque(() if isinstance(acts, dict) else acts)
        self._keys: deque[str] | None = None  # what is left of the present act; None until the question's first wait
        self.during = during or {}
        self.audiosocket = audiosocket
        self.hang_up_at = hang_up_at
        self.played: list[str] = []
        self.commands: list[str] = []
        self.set_order: list[str] = []
        self.recorded = ("dtmf", "#", 16000)
        self.hung_up = asyncio.Event()
        self.redirected = asyncio.Event()
        self.stuck = asyncio.Event()
        self._reader: asyncio.StreamReader | None = None

    def start(self, port: int) -> asyncio.Task[None]:
        """Begin the call in a task."""
        return asyncio.create_task(self.call(port))

    async def call(self, port: int) -> None:
        """Connect, run the session until the server leaves or the caller hangs up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        self._reader = reader
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
                return await self._digit(int(ms))
            case ["RECORD", "FILE", path, fmt, *_]:
                return self._record(path, fmt)
            case ["EXEC", "AudioSocket", args]:
                return await self._audiosocket(*args.split(",", 1))
        return "510 Invalid or unknown command"

    def _stream(self, path: str, escape: str) -> str | None:
        if not Path(f"{path}.wav").exists():
            return "200 result=-1 endpos=0"
        self.played.append(Path(path).name)
        self._keys = None
        key = self.during.pop(Path(path).name, "") if escape else ""
        if key == HANG_UP:
            self.hung_up.set()
            return None
        return f"200 result={ord(key) if key else 0} endpos=8000"

    async def _digit(self, ms: int) -> str | None:
        if ms <= _PAUSE_MS:
            return "200 result=0"
        if self._keys is None:
            asked = self.played[-1] if self.played else ""
            act = self.acts.popleft() if self.acts else self.by_sound.get(asked, "")
            if act == HANG_UP:
                self.hung_up.set()
                return None
            if act == WAIT:
                self.stuck.set()
                await self._left()
                return None
            self._keys = deque(act)
        return f"200 result={ord(self._keys.popleft()) if self._keys else 0}"

    async def _left(self) -> None:
        """Return when the server has ended the connection."""
        if self._reader is not None:
            await self._reader.read(1)

    def _record(self, path: str, fmt: str) -> str:
        reason, key, samples = self.recorded
        Path(f"{path}.{fmt}").write_bytes(b"\0" * 44)
        result = {"dtmf": ord(key or "#"), "timeout": 0, "hangup": -1}.get(reason, -1)
        return f"200 result={result} ({reason}) endpos={samples}"

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
