"""FastAGI's bytes to events and commands to bytes, without any I/O (Asterisk 22, res_agi)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ivr.telephony.errors import UnsafeText
from ivr.telephony.wire_text import safe_text

MAX_LINE_BYTES = 16_384
MAX_HEADER_BYTES = 65_536
MAX_HEADER_LINES = 256
MAX_USAGE_BYTES = 65_536
MAX_COMMAND_BYTES = 8_000  # res_agi's buffer is 8192 since 22.6
MAX_COMMAND_WORDS = 127


@dataclass(frozen=True, slots=True)
class Environment:
    """The header is complete: agi_* names to values."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the oldest unanswered command.

    code is 200, 510, 511 or 520. result is what follows `result=` ("" if nothing does). data is the text in
    parentheses, of a 520 the usage text. endpos counts samples, -1 when absent.
    """

    code: int
    result: str = ""
    data: str = ""
    endpos: int = -1

    @property
    def value(self) -> int | None:
        """The result as a number, None when it is not one."""
        try:
            return int(self.result)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class HangupNotice:
    """Asterisk's HANGUP line: out of band, the reply in flight still comes."""


@dataclass(frozen=True, slots=True)
class ProtocolError:
    """The peer broke the protocol; nothing more is read. reason is constant text, never the peer's."""

    reason: str


Event = Environment | Reply | HangupNotice | ProtocolError

_REPLY = re.compile(r"(\d{3})(?:[ -](.*))?", re.DOTALL)
_RESULT = re.compile(r"result=(\S*)\s*(.*)", re.DOTALL)
_TAIL = re.compile(r"(?:\((.*)\))?\s*(?:endpos=(\d{1,18}))?", re.DOTALL)
_HEADER = re.compile(r"(agi_[A-Za-z0-9_]{1,64}):(?: (.*))?", re.DOTALL)
_KNOWN_CODES = frozenset({200, 510, 511, 520})


class AGIProtocol:
    """One AGI connection. Feed bytes, take events; ask for a command's bytes and then send them.

    Replies carry no id, so order is all there is: every command counts, also one whose caller no longer waits.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._header: dict[str, str] | None = {}
        self._header_bytes = 0
        self._usage: list[str] | None = None
        self._usage_bytes = 0
        self._unanswered = 0
        self._broken = False

    @property
    def unanswered(self) -> int:
        """How many commands still wait for their reply."""
        return self._unanswered

    @property
    def broken(self) -> bool:
        """Whether a ProtocolError was reported; everything after it is ignored."""
        return self._broken

    def command(self, *words: str, args: tuple[str, ...] = ()) -> bytes:
        """Return one command line; `words` are ours and sent bare, every item of `args` is quoted.

        Raises UnsafeText when an item holds a control character or the line is too long; nothing is counted then.
        """
        line = encode_command(*words, args=args)
        self._unanswered += 1
        return line

    def receive_data(self, data: bytes) -> list[Event]:
        """Take bytes in any portions and return the events they complete, in order."""
        if self._broken:
            return []
        events: list[Event] = []
        self._buffer += data
        while not self._broken and (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            event = self._oversize() if end > MAX_LINE_BYTES else self._line(line.removesuffix(b"\r"))
            if event is not None:
                events.append(event)
        if not self._broken and len(self._buffer) > MAX_LINE_BYTES:
            events.append(self._oversize())
        return events

    def _oversize(self) -> ProtocolError:
        return self._error("line too long")

    def _error(self, reason: str) -> ProtocolError:
        self._broken = True
        self._buffer.clear()
        return ProtocolError(reason)

    def _line(self, raw: bytes) -> Event | None:
        text = raw.decode("utf-8", errors="replace")
        if self._header is not None:
            return self._header_line(self._header, text)
        if self._usage is not None:
            return self._usage_line(self._usage, text)
        if text == "HANGUP":
            return HangupNotice()
        if not text.strip():
            return None
        return self._reply_line(text)

    def _header_line(self, header: dict[str, str], text: str) -> Event | None:
        self._header_bytes += len(text) + 1
        if not text and header:
            self._header = None
            return Environment(MappingProxyType(header))
        match = _HEADER.fullmatch(text)
        if match is None or match[1] in header:
            return self._error("bad header line")
        if self._header_bytes > MAX_HEADER_BYTES or len(header) >= MAX_HEADER_LINES:
            return self._error("header too long")
        header[match[1]] = match[2] or ""
        return None

    def _reply_line(self, text: str) -> Event | None:
        match = _REPLY.fullmatch(text)
        if match is None:
            return self._error("not a reply")
        code, rest = int(match[1]), match[2] or ""
        if code == 100:  # "100 result=0 Trying...": the real reply follows
            return None
        if code not in _KNOWN_CODES:
            return self._error("unknown reply code")
        if self._unanswered == 0:
            return self._error("reply without a command")
        if code == 520 and text[3:4] == "-":
            self._usage, self._usage_bytes = [], 0
            return None
        self._unanswered -= 1
        return parse_reply(code, rest)

    def _usage_line(self, usage: list[str], text: str) -> Event | None:
        if text == "HANGUP":
            return HangupNotice()
        if text.startswith("520 End"):
            self._usage = None
            self._unanswered -= 1
            return Reply(520, data="\n".join(usage))
        self._usage_bytes += len(text) + 1
        if self._usage_bytes > MAX_USAGE_BYTES:
            return self._error("usage text too long")
        usage.append(text)
        return None


def parse_reply(code: int, rest: str) -> Reply:
    """Parse what follows the code: `result=49 (dtmf) endpos=800`; a value in parentheses may hold parentheses."""
    match = _RESULT.fullmatch(rest)
    if match is None:
        return Reply(code, data=rest)
    result, tail = match[1], match[2].strip(" ")
    parts = _TAIL.fullmatch(tail)
    if parts is None:
        return Reply(code, result, tail.removeprefix("("))
    return Reply(code, result, parts[1] or "", int(parts[2]) if parts[2] else -1)


def encode_command(*words: str, args: tuple[str, ...] = ()) -> bytes:
    """Encode one command line with its line end; see AGIProtocol.command."""
    if len(words) + len(args) > MAX_COMMAND_WORDS:
        raise UnsafeText("command: too many words")
    for word in words:
        if not word or not word.isascii() or not all(char.isalnum() or char in "_-=." for char in word):
            raise UnsafeText("command: bad word")
    parts = [*words, *(_quoted(index, arg) for index, arg in enumerate(args, 1))]
    line = " ".join(parts).encode()
    if len(line) > MAX_COMMAND_BYTES:
        raise UnsafeText(f"command: longer than {MAX_COMMAND_BYTES} bytes")
    return line + b"\n"


def _quoted(index: int, arg: str) -> str:
    safe = safe_text(f"argument {index}", arg, max_bytes=MAX_COMMAND_BYTES)
    escaped = safe.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
