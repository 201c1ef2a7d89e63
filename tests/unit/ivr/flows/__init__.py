"""Tests of the flow machine and its documents."""
