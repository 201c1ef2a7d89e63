"""Tests with the real Asterisk: two instances, real calls, no Python of the hotline running."""
