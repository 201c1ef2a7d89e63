"""Tests of fetching and configuring Asterisk."""
