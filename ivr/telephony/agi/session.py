"""One call's AGI session: Asterisk's commands as methods, each with a deadline."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.telephony.agi.connection import AGIConnection
from ivr.telephony.agi.protocol import Reply
from ivr.telephony.errors import CommandFailed, CommandRefused

_PROMPT_S = 60.0  # longest single prompt we would ever wait for
_MARGIN_S = 5.0  # Asterisk's own time on top of what was asked
_SETTLE_S = 0.5  # a result of -1 and its hang-up come within milliseconds of each other
_SAFE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")


@dataclass(frozen=True, slots=True)
class CallVariables:
    """What the dialplan hands over, read once. contact is "" when absent or no plain id; the rest is as sent."""

    contact: str
    recording: str
    did: str
    caller: str
    attempt: int
    linkedid: str
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """End of RECORD FILE, samples at 8 kHz. reason: dtmf | timeout (also silence) | hangup | failed."""

    reason: str
    digit: str
    samples: int


class AGISession:
    """Commands to one channel, one at a time.

    Every method raises CallerHungUp when the channel is gone (once per session, record_file excepted), SessionOver
    after that when the connection ended, CommandTimedOut, CommandRefused (510, 520; 511 after the hang-up was told),
    ProtocolBroken, and UnsafeText for text with control characters. None waits longer than its deadline.
    """

    def __init__(self, connection: AGIConnection, environment: Mapping[str, str], variables: CallVariables) -> None:
        self._connection = connection
        self.environment = environment
        self.variables = variables

    @classmethod
    async def open(cls, connection: AGIConnection, environment: Mapping[str, str]) -> Self:
        """Read the dialplan's variables and return the session."""
        session = cls(connection, environment, CallVariables("", "", "", "", 1, ""))

        async def read(name: str) -> str:
            return await session.get_variable(name) or ""

        contact, recording = await read("HL_CONTACT"), await read("HL_RECORDING")
        session.variables = CallVariables(
            contact=contact if _SAFE_ID.fullmatch(contact) else "",
            recording=recording if _SAFE_ID.fullmatch(recording) else "",
            did=await read("HL_DID"),
            caller=await read("HL_CALLER"),
            asks=await read("HL_ASKS"),
            attempt=2 if await read("HL_ATTEMPT") == "2" else 1,
            linkedid=await session.get_full_variable("${CHANNEL(linkedid)}") or environment.get("agi_uniqueid", ""),
        )
        return session

    @property
    def contact(self) -> str:
        """Our id of this contact; "" when the dialplan gave none."""
        return self.variables.contact

    @property
    def recording(self) -> str:
        """The uuid that names the recording."""
        return self.variables.recording

    @property
    def attempt(self) -> int:
        """1, or 2 for a session that resumes."""
        return self.variables.attempt

    @property
    def linkedid(self) -> str:
        """Asterisk's id of the whole call."""
        return self.variables.linkedid

    @property
    def uniqueid(self) -> str:
        """Asterisk's id of the caller's channel."""
        return self.environment.get("agi_uniqueid", "")

    @property
    def channel(self) -> str:
        """Asterisk's name of the caller's channel."""
        return self.environment.get("agi_channel", "")

    @property
    def hung_up(self) -> bool:
        """Whether the channel is known to be gone."""
        return self._connection.hung_up

    async def wait_hung_up(self) -> None:
        """Return when the channel is gone; for tasks that run beside a command in flight."""
        await self._connection.wait_hung_up()

    async def answer(self) -> None:
        """Answer the channel."""
        await self._ask("ANSWER", timeout_s=_MARGIN_S)

    async def exec(self, app: str, *args: str, timeout_s: float = 10.0) -> Reply:
        """Run a dialplan application; its arguments are joined by commas, as res_agi passes only one.

        The reply's value is the application's result, -2 when Asterisk has no such application; -1 comes back only
        while the caller is still there.
        """
        reply = await self._request("EXEC", args=(app, ",".join(args)), timeout_s=timeout_s)
        if reply.value == -1:
            await self._connection.settle(_SETTLE_S)
        return reply

    async def get_variable(self, name: str) -> str | None:
        """Return a channel variable or function, None when it is not set."""
        return _value(await self._request("GET", "VARIABLE", args=(name,), timeout_s=_MARGIN_S))

    async def get_full_variable(self, expression: str) -> str | None:
        """Return an evaluated expression such as `${CHANNEL(linkedid)}`; what is not set evaluates to ""."""
        return _value(await self._request("GET", "FULL", "VARIABLE", args=(expression,), timeout_s=_MARGIN_S))

    async def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable or function."""
        await self._ask("SET", "VARIABLE", args=(name, value), timeout_s=_MARGIN_S)

    async def stream_file(self, path: str, escape_digits: str = "", *, timeout_s: float = _PROMPT_S) -> tuple[str, int]:
        """Play a sound file (no extension); return the key that stopped it ("" = none) and the position in samples.

        Raises CommandFailed for a file that cannot be opened.
        """
        reply = await self._ask("STREAM", "FILE", args=(path, escape_digits), timeout_s=timeout_s)
        return _digit(reply), max(reply.endpos, 0)

    async def wait_for_digit(self, timeout_ms: int) -> str:
        """Wait for one key; "" when none came."""
        deadline = timeout_ms / 1000 + _MARGIN_S
        return _digit(await self._ask("WAIT", "FOR", "DIGIT", args=(str(int(timeout_ms)),), timeout_s=deadline))

    async def record_file(
        self, path: str, fmt: str, escape_digits: str, timeout_ms: int, *, beep: bool = True, silence_s: int = 0
    ) -> Recorded:
        """Record the caller to path.fmt until a key, timeout_ms or silence_s of silence (0 = off).

        A hang-up is how messages usually end, so here it is a result; the next method raises CallerHungUp.
        """
        options = [*(["BEEP"] if beep else []), *([f"s={int(silence_s)}"] if silence_s > 0 else [])]
        reply = await self._request(
            "RECORD",
            "FILE",
            args=(path, fmt, escape_digits, str(int(timeout_ms)), *options),
            timeout_s=timeout_ms / 1000 + 2 * _MARGIN_S,
        )
        reason = reply.data if reply.data in ("dtmf", "timeout", "hangup") else "failed"
        return Recorded(reason, _digit(reply) if reason == "dtmf" else "", max(reply.endpos, 0))

    async def hangup(self) -> None:
        """Hang the channel up."""
        await self._ask("HANGUP", timeout_s=_MARGIN_S)

    async def _request(self, *words: str, args: tuple[str, ...] = (), timeout_s: float) -> Reply:
        reply = await self._connection.request(*words, args=args, timeout_s=timeout_s)
        if reply.code != 200:
            raise CommandRefused(" ".join(words), reply.code)
        return reply

    async def _ask(self, *words: str, args: tuple[str, ...] = (), timeout_s: float) -> Reply:
        """Send a command whose result of -1 means hang-up or failure."""
        reply = await self._request(*words, args=args, timeout_s=timeout_s)
        if reply.value == -1:
            await self._connection.settle(_SETTLE_S)
            raise CommandFailed(" ".join(words))
        return reply


def _value(reply: Reply) -> str | None:
    return reply.data if reply.value == 1 else None


def _digit(reply: Reply) -> str:
    """Turn an ASCII code into its key; 0 is none."""
    value = reply.value
    if value is None or not 0 < value < 128:
        return ""
    char = chr(value)
    return char if char in "0123456789*#ABCD" else ""
