"""Tests of the robots (tests/unit/ops/robots)."""
