"""Errors of corrections: NoSample 404."""

from crm.errors import NotFound


class NoSample(NotFound):
    """The slot is none that a person corrected after the caller said it."""
