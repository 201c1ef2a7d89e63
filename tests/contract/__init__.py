"""Tests of the hotline (tests/contract)."""
