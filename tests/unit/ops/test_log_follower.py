"""Showing and following the logs."""

from pathlib import Path

import pytest

from ops.logs import TAIL_BYTES, Follower


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "ivr.log"
    path.write_text("one\n", encoding="utf-8")
    return path


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def test_lines_come_once_and_only_whole(log: Path) -> None:
    follower = Follower(log, "> ")
    assert follower.new_lines() == ["> one"]
    append(log, "tw")
    assert follower.new_lines() == []
    append(log, "o\nthree\n")
    assert follower.new_lines() == ["> two", "> three"]
    follower.close()


def test_a_rotated_log_is_followed_into_the_new_file(log: Path) -> None:
    follower = Follower(log, "")
    follower.new_lines()
    append(log, "last\n")
    log.rename(log.with_suffix(".log.1"))
    assert follower.new_lines() == ["last"]
    assert follower.new_lines() == []
    log.write_text("fresh\n", encoding="utf-8")
    assert follower.new_lines() == []  # notices the new file
    assert follower.new_lines() == ["fresh"]
    follower.close()


def test_a_long_log_starts_at_a_whole_line_near_its_end(log: Path) -> None:
    log.write_text("".join(f"line {number:05d}\n" for number in range(5000)), encoding="utf-8")
    follower = Follower(log, "")
    lines = follower.new_lines()
    assert lines[-1] == "line 04999"
    assert all(line.startswith("line ") for line in lines)
    assert sum(len(line) + 1 for line in lines) <= TAIL_BYTES
    follower.close()
