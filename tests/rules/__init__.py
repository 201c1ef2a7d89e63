"""Tests of the hotline (tests/rules)."""
