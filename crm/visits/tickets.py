"""What a visit does to its ticket: the moves of its table, and lines in its timeline."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.accounts.schemas import Role, Viewer
from crm.engineers.models import Engineer
from crm.policy import ticket_states as policy
from crm.tickets import service as tickets
from crm.tickets.changing import change
from crm.tickets.models import Ticket
from crm.tickets.schemas import TicketChange
from crm.wire import Values


def as_viewer(engineer: Engineer) -> Viewer:
    """Return the engineer as the one who acts by the signed link; field moves are the dispatcher's."""
    roles = frozenset({Role.DISPATCHER.value})
    return Viewer(id="", number=engineer.badge_no, name=f"{engineer.name}师傅", roles=roles)


async def move(
    session: AsyncSession, ticket: Ticket, name: str, viewer: Viewer, now: datetime, zone: ZoneInfo
) -> Ticket:
    """Make this move of the ticket if its table has it from where it stands; what forbids it is raised as it is."""
    if policy.find_move(ticket.kind, ticket.state, name) is None:
        return ticket
    wanted = TicketChange(version=ticket.version, move=name)
    changed, _ = await change(session, ticket.no, wanted, viewer, now, zone)
    return changed


async def set_time(
    session: AsyncSession, ticket: Ticket, starts_at: datetime, ends_at: datetime, viewer: Viewer, now: datetime,
    zone: ZoneInfo,
) -> Ticket:  # fmt: skip
    """Write the appointment into the ticket's slot of the visit's time."""
    begin, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    value = {"date": begin.date().isoformat(), "from": f"{begin:%H:%M}", "to": f"{end:%H:%M}",
             "window": f"{begin:%H:%M}–{end:%H:%M}", "text": window(starts_at, ends_at, zone)}  # fmt: skip
    wanted = TicketChange(version=ticket.version, slots={"visit": Values(value=value)})
    changed, _ = await change(session, ticket.no, wanted, viewer, now, zone)
    return changed


async def note(session: AsyncSession, ticket: Ticket, text: str, actor: str, now: datetime) -> None:
    """Add a line to the ticket's timeline."""
    await tickets.record(session, ticket, now, kind="visit", actor=actor, text=text)


def window(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """Return how an appointment is told: 「11月22日 17:00–19:00」."""
    begin, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return f"{begin.month}月{begin.day}日 {begin:%H:%M}–{end:%H:%M}"
