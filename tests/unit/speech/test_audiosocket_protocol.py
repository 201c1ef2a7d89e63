"""AudioSocket codec: any split of the bytes gives the same events, garbage never raises."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.audiosocket.protocol import (
    AudioReceived,
    AudioSocketProtocol,
    DigitPressed,
    Event,
    Identified,
    Malformed,
    PeerError,
    PeerHungUp,
    audio_message,
    digit_message,
    hangup_message,
    uuid_message,
)

UUIDS = st.uuids()
PCM = st.binary(min_size=1, max_size=480).map(lambda data: data * 2)
MESSAGES = st.one_of(
    UUIDS.map(lambda value: (uuid_message(value), [Identified(value)])),
    PCM.map(lambda value: (audio_message(value), [AudioReceived(value)])),
    st.sampled_from("0123456789*#ABCD").map(lambda key: (digit_message(key), [DigitPressed(key)])),
    st.just((hangup_message(), [PeerHungUp()])),
    st.just((b"\x42\x00\x02xx", [])),  # a type nobody knows
    st.just((b"\xff\x00\x01\x02", [PeerError(2)])),
    st.just((b"\xff\x00\x00", [PeerError(-1)])),
    st.just((b"\x10\x00\x00", [])),
)


def decode(*chunks: bytes) -> list[Event]:
    protocol = AudioSocketProtocol()
    events: list[Event] = []
    for chunk in chunks:
        protocol.receive_data(chunk)
        events += protocol.events_received()
    return events


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_a_whole_call_is_decoded_in_portions_of_any_size(size: int) -> None:
    who = uuid4()
    unknown, no_audio, failed, unexplained = b"\x42\x00\x02xx", b"\x10\x00\x00", b"\xff\x00\x01\x02", b"\xff\x00\x00"
    said = audio_message(b"\x01\x02\x03\x04")
    stream = b"".join(
        (uuid_message(who), said, unknown, digit_message("#"), no_audio, failed, unexplained, hangup_message())
    )
    assert decode(*(stream[at : at + size] for at in range(0, len(stream), size))) == [
        Identified(who),
        AudioReceived(b"\x01\x02\x03\x04"),
        DigitPressed("#"),
        PeerError(2),
        PeerError(-1),
        PeerHungUp(),
    ]


@settings(deadline=None)
@given(st.lists(MESSAGES, max_size=12), st.data())
def test_any_split_of_the_bytes_gives_the_same_events(
    messages: list[tuple[bytes, list[Event]]], data: st.DataObject
) -> None:
    stream = b"".join(raw for raw, _ in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert decode(*chunks) == [event for _, events in messages for event in events]


@settings(deadline=None)
@given(st.binary(max_size=400), st.binary(max_size=400))
def test_garbage_never_raises_and_the_split_does_not_matter(first: bytes, second: bytes) -> None:
    assert decode(first, second) == decode(first + second)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"GET / HTTP/1.1\r\n", "payload of 17748 bytes in a message of type 0x47"),
        (b"\x01\x00\x02ab", "uuid of 2 bytes"),
        (b"\x10\x00\x03abc", "audio of 3 bytes is no whole number of samples"),
        (b"\x03\x00\x01x", "digit message of 1 bytes holds no key"),
        (b"\x03\x00\x02\xff\xff", "digit message of 2 bytes holds no key"),
    ],
)
def test_malformed_is_the_last_event(raw: bytes, reason: str) -> None:
    assert decode(raw, hangup_message(), uuid_message(uuid4())) == [Malformed(reason)]


def test_wire_form_is_literally_asterisks() -> None:
    value = UUID("40325ec2-5efd-4bd3-805f-53576e581d13")
    assert uuid_message(value) == b"\x01\x00\x10" + value.bytes
    assert audio_message(b"\x01\x02") == b"\x10\x00\x02\x01\x02"
    assert digit_message("#") == b"\x03\x00\x01#"
    assert hangup_message() == b"\x00\x00\x00"


def test_encoders_refuse_what_the_wire_cannot_carry() -> None:
    with pytest.raises(ValueError, match="even"):
        audio_message(b"abc")
    with pytest.raises(ValueError, match="even"):
        audio_message(bytes(10_000))
    with pytest.raises(ValueError, match="telephone key"):
        digit_message("x")
