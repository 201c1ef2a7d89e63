"""Keeping accounts."""
