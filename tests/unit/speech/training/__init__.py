"""Tests of the hotline (tests/unit/speech/training)."""
