"""Builds extensions.conf and queues.conf from data; the one list of channel variables; the dialplan's own prompts."""
