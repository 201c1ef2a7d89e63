"""Tests of the built dialplan."""
