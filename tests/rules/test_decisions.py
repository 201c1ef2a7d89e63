"""Decisions are found by their number."""

from pathlib import Path

DECISIONS = Path(__file__).parents[2] / "docs" / "decisions"


def test_every_decision_has_a_number_of_its_own_and_says_it() -> None:
    files = sorted(DECISIONS.glob("*.md"))
    assert [file.name[:4] for file in files] == [f"{number:04d}" for number in range(1, len(files) + 1)]
    for file in files:
        first = file.read_text("utf-8").splitlines()[0]
        assert first.startswith(f"# {file.name[:4]} "), first
