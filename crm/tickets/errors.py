"""Errors of tickets: NoTicket 404 · TicketChanged 409 · MoveNotAllowed 409 · NoSuchSlot 422."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.errors import Conflict, Invalid, NotFound, Outdated
from crm.tickets.models import Ticket


class NoTicket(NotFound):
    """There is no such ticket."""


class TicketChanged(Conflict):
    """Another changed the same field since the ticket was read; `ticket` is how it stands now."""

    def __init__(self, detail: str, ticket: Ticket, changed: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(detail, members={"changed": list(changed)})
        self.ticket = ticket


class TicketOutdated(Outdated):
    """If-Match names a version that is no more."""


class MoveNotAllowed(Conflict):
    """The table of states has no such move from here."""

    code = "move_not_allowed"


class NoSuchSlot(Invalid):
    """Something to confirm that the ticket does not hold."""


class AnotherTicket(Conflict):
    """The matter has a ticket of another number, or the number belongs to another matter."""
