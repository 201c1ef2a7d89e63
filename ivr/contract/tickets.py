"""What crm tells a caller of a ticket: no name, number, address or fault of a customer."""

from dataclasses import dataclass
from enum import StrEnum


class TicketLine(StrEnum):
    """What may be said of a ticket's state; each is one prompt st_*."""

    NEW = "new"  # somebody will be sent
    REGISTERED = "registered"  # nobody is sent for such a ticket
    ASSIGNED = "assigned"
    SCHEDULED = "scheduled"
    ON_THE_WAY = "on_the_way"
    WAITING_PARTS = "waiting_parts"
    FACTORY = "factory"
    QUOTED = "quoted"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_RETURN = "waiting_return"
    SHIPPED = "shipped"
    DONE = "done"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class TicketStatus:
    """One ticket as its caller hears it. Dates are ISO, "" when there is none.

    engineer: name as it is spoken before 师傅, "" when nobody is named. window: the appointment,
    "11月22日 17:00–19:00". kind: ticket kind. urges: how often it was urged before.
    """

    number: str
    kind: str
    line: TicketLine
    reported_on: str
    engineer: str = ""
    window: str = ""
    done_on: str = ""
    urges: int = 0


@dataclass(frozen=True, slots=True)
class FoundTicket:
    """exists: there is an open ticket of that number. status: only when the telephone's last digits were right."""

    exists: bool
    status: TicketStatus | None = None
