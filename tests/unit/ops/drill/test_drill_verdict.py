"""A drill's verdict: what is judged, in which words; the recording it is judged by."""

import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ops.drill.faults import FAULTS
from ops.drill.verdict import Observed, judge
from ops.robots.hearing import heard_ms, longest_silence
from tests.e2e.calls import write_wav

GOOD = Observed(
    answered=True, kept=True, heard_after=True, silence_ms=900.0, outcome="missed", contact="c", wav="w", back_s=1.25
)
SPEECH, ASTERISK, DISK = FAULTS["speech"], FAULTS["asterisk"], FAULTS["disk-full-recordings"]


def test_every_row_of_the_table_has_its_drill() -> None:
    assert set(FAULTS) == {
        "decoder", "speech", "ivr", "crm", "database", "redis", "ami", "asterisk", "disk-full-recordings",
    }  # fmt: skip
    assert all(fault.title and fault.expect for fault in FAULTS.values())
    assert [fault.name for fault in FAULTS.values() if fault.cut] == ["asterisk"]


def test_a_fault_that_was_borne() -> None:
    verdict = judge(SPEECH, GOOD)
    assert verdict.ok
    assert verdict.words().splitlines()[0] == "演练“语音进程被杀”:通过。应当:同样的话,改按键,静音不超过 3 秒。"
    assert "最长静音 0.9 秒(上限 3 秒)" in verdict.words()
    assert "1.2 秒后全部恢复" in verdict.words()
    assert verdict.to_json()["ok"]


@pytest.mark.parametrize(
    ("change", "point"),
    [
        ({"answered": False}, "answered"),
        ({"kept": False}, "kept"),
        ({"heard_after": False}, "heard"),
        ({"silence_ms": 3001.0}, "silence"),
        ({"outcome": ""}, "outcome"),
        ({"outcome": "uncertain"}, "outcome"),
        ({"back_s": None}, "back"),
        ({"waiting_facts": 2}, "delivered"),
    ],
)
def test_each_thing_that_is_wrong_is_said(change: dict[str, object], point: str) -> None:
    verdict = judge(SPEECH, replace(GOOD, **change))  # type: ignore[arg-type]  # fields by name
    assert [item.name for item in verdict.points if not item.ok] == [point]
    assert not verdict.ok
    assert "不通过" in verdict.words()
    assert "✗" in verdict.words()


def test_with_asterisk_gone_the_call_must_be_cut_and_have_an_outcome() -> None:
    assert judge(ASTERISK, replace(GOOD, kept=False, heard_after=False, silence_ms=9000.0, outcome="cut")).ok
    assert not judge(ASTERISK, GOOD).ok


def test_a_missing_recording_must_be_an_alarm() -> None:
    assert not judge(DISK, GOOD).ok
    assert judge(DISK, replace(GOOD, alarms=("recording",))).ok


def test_silence_and_sound_are_read_from_the_recording(tmp_path: Path) -> None:
    tone = np.round(np.sin(np.arange(8000) / 4) * 8000).astype("<i2")
    silence = np.zeros(16000, dtype="<i2")
    heard = np.concatenate([tone, silence, tone])
    said = np.concatenate([silence[:12000], tone[:800], silence, silence])[: heard.size]
    both = np.stack([said, heard], axis=1)
    path = tmp_path / "call.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(both.astype("<i2").tobytes())
    length, at = longest_silence(path)
    assert length == pytest.approx(1400, abs=40)
    assert at == pytest.approx(1600, abs=40)
    assert longest_silence(path, 2000)[0] == pytest.approx(1000, abs=40)
    assert longest_silence(path, 2000)[1] == 2000
    assert longest_silence(path, to_ms=2200)[0] == pytest.approx(600, abs=40)
    assert heard_ms(path, 0, 1000) == pytest.approx(1000, abs=40)
    assert heard_ms(path, 1200, 2800) == 0
    write_wav(tmp_path / "mono.wav", tone.tobytes())
    with pytest.raises(ValueError, match="not 8 kHz"):
        longest_silence(tmp_path / "mono.wav")
