"""Sets of real clips, and corrections that become one."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from speech.contract import SlotKind
from speech.evaluation.clips import LabelledClip, SetUnusable, clip_path, read_set
from speech.slots.calendar import CHINA


def write(folder: Path, *rows: Mapping[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    (folder / "corrections.jsonl").write_text("".join(lines), "utf-8")


def test_corrections_come_back_as_a_set(tmp_path: Path) -> None:
    (tmp_path / "c1").mkdir()
    for name in ("a", "b"):
        (tmp_path / "c1" / f"{name}.wav").write_bytes(b"RIFF")
    first = LabelledClip(
        "c1/a.wav", SlotKind.FAULT_CODE, {"canonical": "E03"}, {"canonical": "E3"}, origin="correction",
        at=datetime(2026, 7, 24, 10, tzinfo=CHINA),
    )  # fmt: skip
    second = LabelledClip("c1/b.wav", SlotKind.MENU, {}, phrases={"repair": ("我要报修",)})
    corrected = {
        "clip": "c1/a.wav", "kind": "fault_code", "truth": {"canonical": "E03"}, "heard": {"canonical": "E3"},
        "at": "2026-07-24T10:00:00+08:00", "origin": "correction",
    }  # fmt: skip
    chosen = {"clip": "c1/b.wav", "kind": "menu", "truth": {}, "phrases": {"repair": ["我要报修"]}}
    write(tmp_path / "corrections", corrected)  # another folder: its clip is not there
    with pytest.raises(SetUnusable, match="clip is missing"):
        list(read_set(tmp_path / "corrections"))
    write(tmp_path, corrected, chosen)
    assert list(read_set(tmp_path)) == [first, second]
    assert clip_path(tmp_path, first).exists()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "line 1"),
        ('{"clip": "x.wav", "kind": "colour", "truth": {}}', "kind"),
        ('{"clip": "../x.wav", "kind": "menu", "truth": {}}', "outside"),
        ('{"clip": "no.wav", "kind": "menu", "truth": {}}', "missing"),
        ('{"clip": "x.wav", "kind": "menu", "truth": {}, "at": "2026-07-24T10:00:00"}', "zone"),
    ],
)
def test_what_is_wrong_with_a_line_is_named_without_its_values(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "x.wav").write_bytes(b"")
    (tmp_path / "set.jsonl").write_text(f"{line}\n", "utf-8")
    with pytest.raises(SetUnusable, match=problem) as caught:
        list(read_set(tmp_path))
    assert "colour" not in str(caught.value)


def test_a_folder_without_a_set_and_a_file_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(SetUnusable, match=r"no \*\.jsonl"):
        list(read_set(tmp_path))
    (tmp_path / "set.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(SetUnusable, match="UnicodeDecodeError"):
        list(read_set(tmp_path))
    (tmp_path / "set.jsonl").write_text("\n\n", "utf-8")
    assert list(read_set(tmp_path)) == []
