"""Tests of ivr.contract (tests/unit/ivr/contract)."""
