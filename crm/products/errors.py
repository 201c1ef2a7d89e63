"""Errors of products: NoProduct 404 · SerialTaken, ProductChanged 409."""

from crm.errors import Conflict, NotFound


class NoProduct(NotFound):
    """There is no such machine."""


class SerialTaken(Conflict):
    """Another machine has this serial."""

    code = "serial_taken"


class ProductChanged(Conflict):
    """Another changed the card since it was read."""
