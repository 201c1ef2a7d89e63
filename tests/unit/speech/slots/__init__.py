"""Tests of the slots (tests/unit/speech/slots)."""
