"""Errors of pops: NoPop 404."""

from crm.errors import NotFound


class NoPop(NotFound):
    """There is no such card, or it is another agent's."""
