"""Errors of call-backs: NoCallback 404."""

from crm.errors import NotFound


class NoCallback(NotFound):
    """There is no such task."""
