"""Tests of the volume run (tests/unit/ops/volume)."""
