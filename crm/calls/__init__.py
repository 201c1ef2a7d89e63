"""Contacts: path, turns, matters, queue visits, recordings."""
