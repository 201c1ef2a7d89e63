"""A danger that a machine heard in a message on the mailbox: its ticket presses, and its caller is rung back first.

Nobody was asked and nobody has listened yet: the ticket is not called an emergency before somebody has.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm.policy import ticket_states as policy
from crm.slots import danger_text
from crm.tickets.models import Ticket
from crm.tickets.service import Heard, raise_priority, record
from crm.words import SAFETY

ACTOR = "机器听留言"
_MOST = "urgent"


async def press(session: AsyncSession, ticket: Ticket, heard: Sequence[Heard], at: datetime) -> bool:
    """Make the ticket of a message with a danger urgent; False when there is none, or the ticket is urgent already."""
    dangers = [item.value.get("danger", "") for item in heard if item.slot == "voicemail"]
    danger = next((kind for kind in dangers if kind in SAFETY), "")
    if not danger or policy.higher_priority(ticket.priority, _MOST) == ticket.priority:
        return False
    text = f"{danger_text(danger)}。还没有人核实，请先打电话问清楚有没有危险"
    await record(session, ticket, at, kind="note", actor=ACTOR, text=text)
    await raise_priority(session, ticket, _MOST, at, ACTOR)
    return True
