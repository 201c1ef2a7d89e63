"""Intervals, counts, tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.evaluation.figures import Cell, percentile, table, wilson


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],  # E. B. Wilson, 1927
)
def test_wilson(right: int, total: int, low: float, high: float) -> None:
    found = wilson(right, total)
    assert found == pytest.approx((low, high), abs=2e-4)


@given(st.integers(1, 5000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_an_interval_holds_its_share(counts: tuple[int, int]) -> None:
    low, high = wilson(*counts)
    assert 0.0 <= low <= counts[0] / counts[1] <= high <= 1.0


def test_a_cell_counts() -> None:
    cell = Cell()
    cell.add(right=True, said="E1", got="E1", latency_ms=700)
    cell.add(right=False, said="E1", got="E7", latency_ms=900)
    cell.add(right=False, said="E1", got="", latency_ms=None)
    row = cell.row()
    assert (row["n"], row["same_sound"], row["other_value"], row["no_match"]) == (3, 0, 1, 1)
    assert (row["latency_p50_ms"], row["latency_p95_ms"]) == (700, 900)
    assert cell.confusions["E1", "E7"] == 1
    cell.add(right=False, alike=True, said="花园", got="花苑", latency_ms=800)
    row = cell.row()
    assert (row["right"], row["same_sound"], row["other_value"], row["no_match"]) == (0.25, 1, 1, 1)
    assert Cell().row()["right"] == 0.0


def test_percentiles_and_tables() -> None:
    assert percentile([], 0.5) == 0
    assert percentile([3, 1, 2], 0.5) == 2
    assert table(["a", "b"], [[1, "x"]]) == "| a | b |\n| --- | --- |\n| 1 | x |"
