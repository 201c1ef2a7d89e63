"""Tests of the hotline (tests/unit/ops/drill)."""
