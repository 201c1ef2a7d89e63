"""Tests of the benchmarks (tests/unit/ops/bench)."""
