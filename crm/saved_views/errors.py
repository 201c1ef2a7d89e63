"""Errors of saved views: NoSavedView 404 · TooManyViews 409."""

from crm.errors import Conflict, NotFound


class NoSavedView(NotFound):
    """This person has no such view."""


class TooManyViews(Conflict):
    """This person has as many views as may be."""
