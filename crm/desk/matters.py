"""What is known of a matter of a call: its ticket, what was heard for it."""

from sqlalchemy.ext.asyncio import AsyncSession

from crm import phone
from crm.calls import repository as calls
from crm.calls.models import Contact, HeardSlot
from crm.tickets import repository as tickets
from crm.tickets.models import Ticket
from crm.tickets.service import Heard

CANCELLED = "cancelled_by_caller"  # outcome of a ticket whose caller gave it up


async def ticket_of(session: AsyncSession, contact: Contact, number: int) -> Ticket | None:
    """Return the matter's ticket, or the one that it is about."""
    matter = await calls.matter(session, contact.id, number)
    return await tickets.of_matter_or_asked(session, contact.id, number, matter.about if matter else "")


def heard_of(row: HeardSlot) -> Heard:
    """Return what a row holds."""
    return Heard(row.slot, row.value, row.status, row.source, row.candidates, row.clip, row.attempts)


def spoken_number(heard: list[Heard]) -> str:
    """Return the number to ring that the caller said, in E.164, "" when none."""
    given = next((item.value.get("number", "") for item in heard if item.slot == "contact"), "")
    return phone.to_e164(given) if given else ""
