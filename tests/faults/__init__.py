"""Tests of the hotline (tests/faults)."""
