"""Tests of the hotline (tests/integration)."""
