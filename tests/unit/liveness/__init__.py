"""Tests of the hotline (tests/unit/liveness)."""
