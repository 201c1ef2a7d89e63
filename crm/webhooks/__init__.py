"""Webhooks: numbered events told to other programs, signed, in order, again until they are taken."""
