"""Tests of the evaluation (tests/unit/speech/evaluation)."""
