"""Agents' phones: signed in, ready, paused, ringing, talking."""
