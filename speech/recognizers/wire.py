"""Sans-IO framing between the media process and a decoder worker: length, kind, session, payload."""

import struct
from dataclasses import dataclass
from enum import Enum

_HEADER = struct.Struct(">IcI")
MAX_PAYLOAD_BYTES = 16 * 1024 * 1024


class Kind(Enum):
    """Requests are capitals, the worker's answers small letters; A, F and P get exactly one answer each."""

    GRAMMAR = b"G"  # session: the grammar's number; payload: JSON list of phrases
    OPEN = b"O"  # payload: the grammar's number as text, "0" for open listening
    AUDIO = b"A"  # payload: s16le 8 kHz
    FINISH = b"F"
    CANCEL = b"C"
    PING = b"P"
    READY = b"r"  # payload: JSON about the model
    DROPPED = b"d"  # payload: JSON list of grammar words the model does not know
    PARTIAL = b"a"  # payload: JSON [grammar text, free text], empty when they are what they were
    FINAL = b"f"  # JSON [grammar text, free text]
    FAILED = b"e"  # payload: the error's name
    PONG = b"p"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of either direction."""

    kind: Kind
    session: int = 0
    payload: bytes = b""


class WireBroken(ValueError):
    """The stream cannot be followed any further."""


def encode_message(message: Message) -> bytes:
    """Return the message's bytes."""
    return _HEADER.pack(len(message.payload), message.kind.value, message.session) + message.payload


class Unpacker:
    """Cuts a byte stream into messages; any split of the bytes gives the same ones."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that `data` completes; raises WireBroken for an unknown kind or an absurd length."""
        self._buffer += data
        messages: list[Message] = []
        while len(self._buffer) >= _HEADER.size:
            length, raw_kind, session = _HEADER.unpack_from(self._buffer)
            try:
                kind = Kind(raw_kind)
            except ValueError as error:
                raise WireBroken(f"message kind {raw_kind!r}") from error
            if length > MAX_PAYLOAD_BYTES:
                raise WireBroken(f"payload of {length} bytes")
            end = _HEADER.size + length
            if len(self._buffer) < end:
                break
            messages.append(Message(kind, session, bytes(self._buffer[_HEADER.size : end])))
            del self._buffer[:end]
        return messages
