"""Rules of clocks: which a ticket has, what keeps, stops and resumes them. crm.clocks.tick tells what falls due."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from crm.clocks import repository
from crm.clocks.models import ClockPause, TicketClock
from crm.outlets import repository as outlets
from crm.policy import clocks as policy
from crm.policy.clock_rules import (
    ClockRules,
    Promise,
    key_of_round,
    promise_of,
    promises_for,
    rules_of_day,
    scope_of,
    with_outlets,
)
from crm.policy.clocks import Clock, ClockState
from crm.policy.processes import PAUSING
from crm.rules import service as rules
from crm.tickets.models import Ticket, TicketSlot

SYSTEM = "系统"
_ALIVE = frozenset({ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED})


async def refresh(session: AsyncSession, ticket: Ticket, held: Mapping[str, TicketSlot], now: datetime) -> None:
    """Bring a ticket's clocks in line with its kind, address and state; may be called as often as one likes."""
    rulebook = await rules_for(session, ticket)
    address = held.get("address")
    scope = scope_of(rulebook, address.value if address else {})
    wanted = {item.key: item for item in promises_for(rulebook, ticket.kind, scope)}
    clocks = list(await repository.of_ticket(session, ticket.no))
    over = ticket.state in ("closed", "void")
    for promise in () if over else wanted.values():
        rounds = [row for row in clocks if promise_of(row.key) == promise.key]
        if not rounds or (_runs_anew(rounds, ticket) and not _is_kept(promise, ticket, held)):
            clocks.append(await _begin(session, ticket, promise, rulebook, scope, len(rounds) + 1))
    for row in clocks:
        promise_now = wanted.get(promise_of(row.key))
        if promise_now is None or ticket.state == "void":
            await _cancel(session, row, now)
        elif _is_kept(promise_now, ticket, held):
            await _meet(session, row, now)
        elif ticket.state in PAUSING:
            await pause(session, row, rulebook, now, reason="waiting_customer", actor=SYSTEM)
        elif row.pause_reason == "waiting_customer":
            await resume(session, row, rulebook, now, actor=SYSTEM)
        elif row.state == ClockState.CANCELLED and not over and row.started_at >= _counts_from(ticket):
            row.state = ClockState.RUNNING.value  # the promise is back: the old due time stands


def _runs_anew(rounds: Sequence[TicketClock], ticket: Ticket) -> bool:
    """Tell whether a promise was over before the ticket was opened again: then it runs anew (0044)."""
    if ticket.reopened_at is None or any(is_alive(row) for row in rounds):
        return False
    return max(row.started_at for row in rounds) < ticket.reopened_at


def _counts_from(ticket: Ticket) -> datetime:
    return ticket.reopened_at or ticket.created_at


async def rules_for(session: AsyncSession, ticket: Ticket) -> ClockRules:
    """Return the rules in force when the ticket was opened, with 市区 as the outlets tell it today."""
    sets = await rules.clock_rules(session)
    rulebook = rules_of_day(sets, ticket.created_at.astimezone(sets[-1].zone).date())
    active = [outlet for outlet in await outlets.everything(session) if outlet.active]
    return with_outlets(rulebook, [area for outlet in active for area in outlet.areas])


async def complaint_reply_by(session: AsyncSession, now: datetime) -> datetime | None:
    """Return by when a complaint told now is answered, to the full hour; None while the company has set no time.

    What travels with the package is our proposal, and is promised to nobody.
    """
    own = await rules.own_days(session, "clocks")
    if not own:
        return None
    sets = await rules.clock_rules(session)
    rulebook = rules_of_day(sets, now.astimezone(sets[-1].zone).date())
    if rulebook.valid_from not in own:
        return None
    promise = next(
        (item for item in promises_for(rulebook, "complaint", "other") if item.key == "complaint_reply"), None
    )
    if promise is None:
        return None
    hours = rulebook.hours if promise.working else None
    due = policy.add(now, timedelta(hours=promise.hours), hours, rulebook.zone).astimezone(rulebook.zone)
    full = due.replace(minute=0, second=0, microsecond=0)
    return full if full == due else full + timedelta(hours=1)


async def newest_rules(session: AsyncSession) -> ClockRules:
    """Return the newest set of rules."""
    return (await rules.clock_rules(session))[-1]


async def pause(
    session: AsyncSession,
    row: TicketClock,
    rulebook: ClockRules,
    now: datetime,
    *,
    reason: str,
    actor: str,
    note: str = "",
    until: datetime | None = None,
) -> bool:
    """Stop a clock and write down why; False when it does not run, or is due already."""
    paused = policy.pause(_clock(row, rulebook), now, rulebook.zone)
    if row.state != ClockState.RUNNING or paused.state is not ClockState.PAUSED:
        return False
    _store(row, paused)
    row.pause_reason, row.paused_until = reason, until
    entry = ClockPause(
        id=uuid4().hex,
        ticket_no=row.ticket_no,
        key=row.key,
        from_at=now,
        reason=reason,
        note=note,
        paused_by=actor,
        resumed_by="",
    )
    await repository.add(session, entry)
    return True


async def resume(session: AsyncSession, row: TicketClock, rulebook: ClockRules, now: datetime, *, actor: str) -> bool:
    """Let a clock run again with what was left; False when it does not stand."""
    if row.state != ClockState.PAUSED:
        return False
    _store(row, policy.resume(_clock(row, rulebook), now, rulebook.zone))
    await _end_pause(session, row, now, actor)
    return True


def is_at_risk(row: TicketClock, now: datetime) -> bool:
    """Tell whether a running clock is near its end."""
    return row.state == ClockState.RUNNING and row.at_risk_at <= now < row.due_at


def is_alive(row: TicketClock) -> bool:
    """Tell whether the promise is still to be kept, in time or not."""
    return row.state in _ALIVE


def is_late(row: TicketClock, now: datetime) -> bool:
    """Tell whether the promise is broken, told yet or not."""
    return row.state == ClockState.BREACHED or (row.state == ClockState.RUNNING and row.due_at <= now)


async def _begin(
    session: AsyncSession, ticket: Ticket, promise: Promise, rulebook: ClockRules, scope: str, nth: int
) -> TicketClock:
    """Start from the ticket's opening, whenever its place became known (dialogues: 时钟从开单起算), or from when it was
    opened again. nth: which time the promise runs."""
    hours = rulebook.hours if promise.working else None
    duration = timedelta(hours=promise.hours)
    start = _counts_from(ticket)
    clock = policy.begin(start, duration, rulebook.at_risk, hours, rulebook.zone)
    row = TicketClock(
        ticket_no=ticket.no,
        key=key_of_round(promise.key, nth),
        label=promise.label if nth == 1 else f"{promise.label}（第 {nth} 次）",
        place=promise.place,
        sentence=promise.sentence,
        scope=scope,
        rules_from=rulebook.valid_from,
        started_at=start,
        duration_s=round(duration.total_seconds()),
        pause_reason="",
    )
    _store(row, clock)
    await repository.add(session, row)
    return row


async def _cancel(session: AsyncSession, row: TicketClock, now: datetime) -> None:
    if row.state in _ALIVE:
        row.state = ClockState.CANCELLED.value
        await _end_pause(session, row, now, SYSTEM)


async def _meet(session: AsyncSession, row: TicketClock, now: datetime) -> None:
    if row.state in _ALIVE:
        late = row.state == ClockState.BREACHED or (row.state == ClockState.RUNNING and now > row.due_at)
        row.state = (ClockState.MET_LATE if late else ClockState.MET).value
        row.met_at = now
        await _end_pause(session, row, now, SYSTEM)


async def _end_pause(session: AsyncSession, row: TicketClock, now: datetime, actor: str) -> None:
    lasting = await repository.open_pause(session, row.ticket_no, row.key)
    if lasting is not None:
        lasting.to_at, lasting.resumed_by = now, actor
    row.pause_reason, row.paused_until, row.left_s = "", None, 0


def _is_kept(promise: Promise, ticket: Ticket, held: Mapping[str, TicketSlot]) -> bool:
    if ticket.state in promise.met_by:
        return True
    slot = held.get(promise.slot_verified) if promise.slot_verified else None
    return slot is not None and slot.status in ("verified", "voice_confirmed", "dtmf", "crm_confirmed")


def _clock(row: TicketClock, rulebook: ClockRules) -> Clock:
    working = next((item.working for item in rulebook.promises if item.key == promise_of(row.key)), False)
    return Clock(
        duration=timedelta(seconds=row.duration_s),
        at_risk=rulebook.at_risk,
        hours=rulebook.hours if working else None,
        state=ClockState(row.state),
        at_risk_at=row.at_risk_at,
        due_at=row.due_at,
        left=timedelta(seconds=row.left_s),
    )


def _store(row: TicketClock, clock: Clock) -> None:
    row.state, row.at_risk_at, row.due_at = clock.state.value, clock.at_risk_at, clock.due_at
    row.left_s = round(clock.left.total_seconds())
