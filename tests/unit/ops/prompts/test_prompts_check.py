"""The prompt check finds what is wrong and nothing else; the script holds every prompt."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from ivr.dialplan.prompts import FALLBACK
from ops.prompts.check import check, problems
from ops.prompts.script import as_csv, as_markdown, script
from speech.contract import prompt_file, recorded_file
from speech.synthesizers.loudness import clipped, edge_silence_ms, even, loudness_db
from speech.wav import wav_bytes, write_wav
from tests.unit.ivr.flows.play import program


def voice(seconds: float = 2.0, level: float = 0.1) -> bytes:
    """A steady tone whose voiced samples have about -20 dBFS."""
    times = np.arange(int(8000 * seconds)) / 8000
    return even(bytes(np.round(np.sin(2 * np.pi * 300 * times) * level * 32767).astype("<i2").tobytes()))


def scaled(pcm: bytes, factor: float) -> bytes:
    samples = np.frombuffer(pcm, "<i2").astype(float) * factor
    return bytes(np.clip(np.round(samples), -32768, 32767).astype("<i2").tobytes())


GOOD = voice()


@pytest.mark.parametrize(
    ("pcm", "kinds"),
    [
        (GOOD, []),
        (voice(13.0), ["long"]),
        (scaled(GOOD, 1.5), ["loud"]),
        (scaled(GOOD, 0.5), ["quiet"]),
        (scaled(GOOD, 30.0), ["loud", "clipped"]),
        (bytes(16000), ["silent"]),
        (b"", ["silent"]),
        (bytes(16 * 400) + GOOD, ["edge"]),
        (GOOD + bytes(16 * 400), ["edge"]),
        (bytes(16 * 250) + GOOD + bytes(16 * 250), []),
    ],
)
def test_each_fault_is_named(pcm: bytes, kinds: list[str]) -> None:
    found = list(problems(pcm))
    assert [kind for kind, _what in found] == kinds
    assert all("/ " in what for _kind, what in found)


def test_files_are_looked_at_a_recording_instead_of_the_synthetic_one(tmp_path: Path) -> None:
    texts = [
        {"key": key, "text": text, "rate": 1.0} for key, text in (("a", "一"), ("b", "二"), ("c", "三"), ("d", "四"))
    ]
    for text in ("一", "二"):
        write_wav(prompt_file(tmp_path, text), GOOD)
    write_wav(recorded_file(tmp_path, "b"), scaled(GOOD, 2.0))
    wrong = recorded_file(tmp_path, "d")
    wrong.write_bytes(wav_bytes(GOOD).replace((8000).to_bytes(4, "little"), (16000).to_bytes(4, "little")))
    write_wav(recorded_file(tmp_path, "typo"), GOOD)
    write_wav(recorded_file(tmp_path, "later"), GOOD)
    count, findings = check(tmp_path, texts, ["a", "b", "c", "d", "later"])
    assert count == 4
    assert [(item.key, item.kind, item.recorded) for item in findings] == [
        ("b", "loud", True), ("c", "missing", False), ("d", "format", True), ("typo", "unknown", True),
    ]  # fmt: skip
    assert findings[0].to_json()["file"] == "recorded/b.wav"


def test_measures() -> None:
    assert loudness_db(bytes(1600)) is None
    assert loudness_db(GOOD) == pytest.approx(-20.0, abs=0.1)
    assert edge_silence_ms(bytes(16 * 100)) == (100, 100)
    assert edge_silence_ms(bytes(16 * 50) + GOOD)[0] in range(48, 60)
    assert not clipped(b"\0\0")
    assert not clipped(GOOD)


def test_the_script_holds_every_prompt_once_with_file_and_place() -> None:
    lines = script(program())
    keys = [line.key for line in lines]
    assert len(keys) == len(set(keys))
    assert {template.key for found in program().prompts.values() for template in found} <= set(keys)
    assert set(FALLBACK) <= set(keys)
    by_key = {line.key: line for line in lines}
    menu = by_key["main_menu.p.1"]
    assert (menu.record, menu.where, menu.file) == ("是", "main_menu/main_menu", "main_menu.p.1.wav")
    assert 0 < menu.target_s <= 12
    assert by_key["main_menu.p.1.slow2"].text.endswith("请按四。")
    assert "chong2" in by_key["record_review.p.1"].readings
    assert any(line.record == "否" and "{" in line.text for line in lines)
    assert all(line.where for line in lines)
    assert by_key["queue_offer.slow2"].where == "拨号方案(长者模式,慢读)"


def test_the_script_as_table_and_as_spreadsheet() -> None:
    lines = script(program())
    rows = list(csv.reader(io.StringIO(as_csv(lines).removeprefix("\ufeff"))))
    assert rows[0][:3] == ["键", "话", "文件名"]
    assert len(rows) == len(lines) + 1
    table = as_markdown(lines)
    assert sum(line.startswith("| ") for line in table.splitlines()) == len(lines) + 2  # and two of its head
