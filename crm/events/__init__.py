"""Numbered events and the bell."""
