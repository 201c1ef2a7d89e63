"""Tests of the hotline (tests)."""
