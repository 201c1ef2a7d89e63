"""Errors of customers: NoCustomer 404 · CustomerChanged 409."""

from crm.errors import Conflict, NotFound


class NoCustomer(NotFound):
    """There is no such customer."""


class CustomerChanged(Conflict):
    """Another changed the file since it was read."""
