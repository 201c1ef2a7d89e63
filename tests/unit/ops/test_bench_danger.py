"""The benchmark of danger words: its table, its figures, its words."""

from pathlib import Path

import pytest

from ops.bench.cli import DANGER_PHRASES
from ops.bench.danger import TableUnusable, read_phrases, summed, written


def test_the_table_of_the_tests_is_the_table_of_the_benchmark() -> None:
    assert set(read_phrases(DANGER_PHRASES)) == {"gas", "co", "fire", "electric", "check", "none"}


@pytest.mark.parametrize("text", ["- a", "flood: [a]", "gas: [", ""])
def test_another_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "phrases.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableUnusable, match=r"phrases\.yaml"):
        read_phrases(path)
    with pytest.raises(TableUnusable, match="nothing"):
        read_phrases(tmp_path / "nothing")


def test_what_was_caught_missed_and_false_is_counted() -> None:
    heard = [
        ("gas", "gas"), ("gas", "check"), ("gas", "none"), ("fire", "gas"), ("check", "check"), ("check", "none"),
        ("none", "none"), ("none", "fire"), ("none", "check"), ("none", "none"),
    ]  # fmt: skip
    line = summed("clean", heard)
    assert (line["named"], line["doubtful"], line["harmless"]) == (4, 2, 4)
    assert line["caught"]["share"] == 0.75
    assert line["right_kind"]["share"] == 0.25
    assert line["doubtful_caught"]["share"] == 0.5
    assert (line["false_alarms"]["share"], line["false_questions"]["share"]) == (0.25, 0.25)
    missed = [{"said": "漏气", "class": "gas", "got": "none"}, {"said": "没气了", "class": "none", "got": "gas"}]
    text = written({"lines": [line], "missed": missed})
    assert "| clean | 4 | 75.0%" in text
    assert text.endswith("missed: 漏气 1")


def test_a_line_without_a_class_has_no_share() -> None:
    assert summed("10", [("gas", "gas")])["harmless"] == 0
