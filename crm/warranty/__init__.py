"""Asking for the warranty on the page and by program."""
