"""Notices (公告): what callers are told before the main menu while it lasts: trouble of a division, or many calls."""
