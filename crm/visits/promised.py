"""Until when the engineer must be there: the ticket's promise of coming, in words for his page."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from crm.clocks import repository as clocks
from crm.clocks.models import TicketClock
from crm.clocks.service import is_alive, is_late
from crm.policy.clock_rules import promise_of
from crm.policy.clocks import ClockState
from crm.visits.models import EngineerVisit

_NOT_THERE = ("planned", "on_the_way")


async def deadline(session: AsyncSession, visit: EngineerVisit, now: datetime, zone: ZoneInfo) -> str:
    """Return until when somebody must be there; "" = he is, or nothing of the kind is promised."""
    if visit.state not in _NOT_THERE:
        return ""
    rows = await clocks.of_ticket(session, visit.ticket_no)
    row = next((row for row in rows if promise_of(row.key) == "on_site" and is_alive(row)), None)
    return told(row, now, zone) if row else ""


def told(row: TicketClock, now: datetime, zone: ZoneInfo) -> str:
    """Return how a promise stands; what is left carries its time, for a phone keeps the page without a network."""
    if row.state == ClockState.PAUSED:
        return "暂停计时，请按约定时间到达"
    due, at = row.due_at.astimezone(zone), now.astimezone(zone)
    day = "" if due.date() == at.date() else f"{due.month}月{due.day}日 "
    if is_late(row, now):
        return f"应在 {day}{due:%H:%M} 前到达，已超 {_span(now - row.due_at)}（截至 {at:%H:%M}）"
    return f"须在 {day}{due:%H:%M} 前到达，剩 {_span(row.due_at - now)}（截至 {at:%H:%M}）"


def _span(length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return f"{hours}时{minutes:02}分" if hours else f"{minutes}分"
