"""Sans-IO codec of AudioSocket: bytes in, events out; used by the server and by whoever plays Asterisk's part.

Wire: 1 byte type, 2 bytes big-endian length, payload. PCM is little-endian s16 mono at 8 kHz; 20 ms is 320 bytes.
"""

from dataclasses import dataclass
from uuid import UUID

TYPE_HANGUP = 0x00
TYPE_UUID = 0x01
TYPE_DTMF = 0x03
TYPE_AUDIO = 0x10
TYPE_ERROR = 0xFF

HEADER_BYTES = 3
FRAME_MS = 20
SAMPLE_RATE = 8000
FRAME_BYTES = SAMPLE_RATE * 2 * FRAME_MS // 1000
SILENCE_FRAME = bytes(FRAME_BYTES)

# Asterisk sends one RTP packet's audio a message (60 ms is 960 bytes); more than this is not AudioSocket.
MAX_PAYLOAD_BYTES = 8192
DIGITS = frozenset("0123456789*#ABCD")


@dataclass(frozen=True, slots=True)
class Identified:
    """The peer said which dialogue it belongs to."""

    uuid: UUID


@dataclass(frozen=True, slots=True)
class AudioReceived:
    """pcm: s16le mono 8 kHz, any even number of bytes."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """digit: one of 0-9 * # A-D."""

    digit: str


@dataclass(frozen=True, slots=True)
class PeerHungUp:
    """The peer ended the dialogue politely."""


@dataclass(frozen=True, slots=True)
class PeerError:
    """The peer reported an error of its own; code is -1 when it named none."""

    code: int


@dataclass(frozen=True, slots=True)
class Malformed:
    """The bytes are not AudioSocket; nothing after them is read. reason never holds the bytes themselves."""

    reason: str


Event = Identified | AudioReceived | DigitPressed | PeerHungUp | PeerError | Malformed


class AudioSocketProtocol:
    """Decodes one direction of one connection. Any split of the bytes gives the same events."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._events: list[Event] = []
        self._broken = False

    def receive_data(self, data: bytes) -> None:
        """Take the next bytes of the stream; after Malformed further bytes are dropped."""
        if self._broken:
            return
        self._buffer += data
        while not self._broken and self._take_message():
            pass

    def events_received(self) -> list[Event]:
        """Return the events since the last call, oldest first."""
        events, self._events = self._events, []
        return events

    def _take_message(self) -> bool:
        if len(self._buffer) < HEADER_BYTES:
            return False
        kind = self._buffer[0]
        length = int.from_bytes(self._buffer[1:HEADER_BYTES], "big")
        if length > MAX_PAYLOAD_BYTES:
            self._break(f"payload of {length} bytes in a message of type {kind:#04x}")
            return False
        end = HEADER_BYTES + length
        if len(self._buffer) < end:
            return False
        payload = bytes(self._buffer[HEADER_BYTES:end])
        del self._buffer[:end]
        self._decode(kind, payload)
        return True

    def _decode(self, kind: int, payload: bytes) -> None:
        match kind:
            case 0x10:
                self._decode_audio(payload)
            case 0x03:
                self._decode_digit(payload)
            case 0x01:
                self._decode_uuid(payload)
            case 0x00:
                self._events.append(PeerHungUp())
            case 0xFF:
                self._events.append(PeerError(payload[0] if payload else -1))
            case _:
                pass  # later Asterisk versions may add types; a type we do not know carries nothing for us

    def _decode_audio(self, payload: bytes) -> None:
        if len(payload) % 2:
            self._break(f"audio of {len(payload)} bytes is no whole number of samples")
        elif payload:
            self._events.append(AudioReceived(payload))

    def _decode_digit(self, payload: bytes) -> None:
        digit = payload.decode("ascii", "replace").upper()
        if digit in DIGITS:
            self._events.append(DigitPressed(digit))
        else:
            self._break(f"digit message of {len(payload)} bytes holds no key")

    def _decode_uuid(self, payload: bytes) -> None:
        if len(payload) == 16:
            self._events.append(Identified(UUID(bytes=payload)))
        else:
            self._break(f"uuid of {len(payload)} bytes")

    def _break(self, reason: str) -> None:
        self._broken = True
        self._buffer.clear()
        self._events.append(Malformed(reason))


def _message(kind: int, payload: bytes) -> bytes:
    return bytes((kind,)) + len(payload).to_bytes(2, "big") + payload


def uuid_message(uuid: UUID) -> bytes:
    """Return the first message of a connection, 19 bytes."""
    return _message(TYPE_UUID, uuid.bytes)


def audio_message(pcm: bytes) -> bytes:
    """Return one audio message; pcm is s16le mono 8 kHz, 320 bytes for 20 ms.

    Raises ValueError for an odd length or more than MAX_PAYLOAD_BYTES.
    """
    if len(pcm) % 2 or len(pcm) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"audio message of {len(pcm)} bytes; expected an even number up to {MAX_PAYLOAD_BYTES}")
    return _message(TYPE_AUDIO, pcm)


def digit_message(digit: str) -> bytes:
    """Return one key press. Raises ValueError when digit is not one of 0-9 * # A-D."""
    if digit not in DIGITS:
        raise ValueError(f"{digit!r} is not a telephone key")
    return _message(TYPE_DTMF, digit.encode("ascii"))


def hangup_message() -> bytes:
    """Return the message that ends the dialogue."""
    return _message(TYPE_HANGUP, b"")
