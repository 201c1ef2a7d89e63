"""Tests of the hotline (tests/unit/divisions)."""
