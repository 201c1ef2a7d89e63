"""Sets of real clips, and corrections that become one."""

import stat
from datetime import datetime
from pathlib import Path

import pytest

from speech.contract import SlotKind
from speech.evaluation.clips import LabelledClip, SetUnusable, append_correction, clip_path, read_set
from speech.slots.calendar import CHINA


def test_corrections_come_back_as_a_set(tmp_path: Path) -> None:
    (tmp_path / "c1").mkdir()
    for name in ("a", "b"):
        (tmp_path / "c1" / f"{name}.wav").write_bytes(b"RIFF")
    first = LabelledClip(
        "c1/a.wav", SlotKind.FAULT_CODE, {"canonical": "E03"}, {"canonical": "E3"}, origin="correction",
        at=datetime(2026, 7, 24, 10, tzinfo=CHINA),
    )  # fmt: skip
    second = LabelledClip("c1/b.wav", SlotKind.MENU, {}, phrases={"repair": ("我要报修",)})
    append_correction(tmp_path / "corrections", first)  # another folder: its clip is not there
    with pytest.raises(SetUnusable, match="clip is missing"):
        list(read_set(tmp_path / "corrections"))
    append_correction(tmp_path, first)
    append_correction(tmp_path, second)
    assert list(read_set(tmp_path)) == [first, second]
    assert clip_path(tmp_path, first).exists()
    assert stat.S_IMODE((tmp_path / "corrections.jsonl").stat().st_mode) == 0o600


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
