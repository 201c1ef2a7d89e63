"""Tests of the hotline (tests/e2e)."""
