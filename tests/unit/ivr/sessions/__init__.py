"""Tests of ivr.sessions: one call's shell around the flow machine."""
