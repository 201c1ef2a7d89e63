"""Builds Asterisk's extensions.conf and queues.conf and owns the list of channel variables."""
