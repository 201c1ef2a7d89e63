"""Rows become answers: what the pages are shown, through the eyes of who asks."""
