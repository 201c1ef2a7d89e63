"""Tests of the hotline (tests/unit/recordings)."""
