"""Synthesizers: text into content-addressed prompt files, behind one port."""
