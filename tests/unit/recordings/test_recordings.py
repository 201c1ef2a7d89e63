"""Recordings: names never leave the folder, the ledger's rules, stereo from two legs."""

import contextlib
import io
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.ledger import GRACE, Expected, RecordingStatus, status
from recordings.naming import InvalidName, clip_file, recording_files
from recordings.stereo import InvalidAudio, duration_ms, merge, read_leg

UUID = "11111111-2222-3333-4444-555555555555"
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
FOLDER = Path("/recordings")


def wav(samples: list[int], rate: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(b"".join(sample.to_bytes(width, "little", signed=width > 1) for sample in samples))
    return out.getvalue()


def test_a_uuid_names_the_files() -> None:
    files = recording_files(FOLDER, UUID)
    assert (files.rx.name, files.tx.name, files.mix.name) == (f"{UUID}-rx.wav", f"{UUID}-tx.wav", f"{UUID}-mix.wav")
    assert recording_files(FOLDER, UUID.replace("-", "")).stereo.parent == FOLDER


@given(st.text())
def test_no_other_name_is_a_path(name: str) -> None:
    try:
        files = recording_files(FOLDER, name)
    except InvalidName:
        return
    assert files.rx.parent == FOLDER


@given(st.text(), st.text())
def test_no_clip_leaves_its_folder(contact: str, name: str) -> None:
    try:
        path = clip_file(FOLDER, contact, name)
    except InvalidName:
        return
    assert path.resolve().is_relative_to(FOLDER)
    assert path.name.endswith(".wav")


def test_a_clip_has_one_ending() -> None:
    assert clip_file(FOLDER, "c", "a") == clip_file(FOLDER, "c", "a.wav")
    for bad in ("..", ".hidden", "a/b", ""):
        with pytest.raises(InvalidName):
            clip_file(FOLDER, "c", bad)


@pytest.mark.parametrize(
    ("recording", "ended_s", "finished_s", "on_disk", "expected"),
    [
        ("", None, None, False, RecordingStatus.NONE),
        (UUID, None, None, True, RecordingStatus.RECORDING),
        (UUID, 10, None, True, RecordingStatus.RECORDING),
        (UUID, GRACE.total_seconds(), None, True, RecordingStatus.READY),
        (UUID, GRACE.total_seconds(), None, False, RecordingStatus.MISSING),
        (UUID, 5, 1, True, RecordingStatus.READY),
        (UUID, 5, 1, False, RecordingStatus.MISSING),
    ],
)
def test_the_ledgers_rules(
    recording: str, ended_s: float | None, finished_s: float | None, on_disk: bool, expected: RecordingStatus
) -> None:
    ended = None if ended_s is None else NOW - timedelta(seconds=ended_s)
    finished = None if finished_s is None else NOW - timedelta(seconds=finished_s)
    entry = Expected(recording, ended, finished, present=on_disk)
    assert status(entry, on_disk=on_disk, now=NOW) is expected


samples = st.lists(st.integers(-32768, 32767), max_size=50)


@given(samples, samples)
def test_left_is_the_caller_right_the_agent(caller: list[int], agent: list[int]) -> None:
    with wave.open(io.BytesIO(merge(wav(caller), wav(agent)))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, max(len(caller), len(agent)))
        raw = file.readframes(file.getnframes())
    values = [int.from_bytes(raw[i : i + 2], "little", signed=True) for i in range(0, len(raw), 2)]
    assert values[0::2] == caller + [0] * (len(values) // 2 - len(caller))
    assert values[1::2] == agent + [0] * (len(values) // 2 - len(agent))


@pytest.mark.parametrize("bad", [b"", b"RIFF", b"x" * 100, wav([1], channels=1, width=1), wav([1, 2], channels=2)])
def test_other_audio_is_refused(bad: bytes) -> None:
    with pytest.raises(InvalidAudio):
        read_leg(bad)


def test_rates_must_agree() -> None:
    with pytest.raises(InvalidAudio, match="rates differ"):
        merge(wav([1]), wav([1], rate=16000))


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_read(data: bytes) -> None:
    with contextlib.suppress(InvalidAudio):
        read_leg(data)


def test_lengths() -> None:
    assert duration_ms(44 + 16_000) == 1000
    assert duration_ms(44 + 32_000, channels=2) == 1000
    assert duration_ms(10) == 0
