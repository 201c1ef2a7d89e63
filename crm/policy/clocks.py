"""Arithmetic of clocks: when a promise falls due, with working hours and pauses, and how it stands; pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from crm.policy.clock_rules import WorkingHours

_LONGEST = timedelta(days=366 * 3)


class ClockState(StrEnum):
    """How a promise stands; running includes at risk, which is told by at_risk_at."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MET_LATE = "met_late"
    BREACHED = "breached"
    CANCELLED = "cancelled"  # the kind or place no longer has this promise, or the ticket is void


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise of one ticket. hours None = every minute counts. left: what remained when it was paused."""

    duration: timedelta
    at_risk: float
    hours: WorkingHours | None
    state: ClockState
    at_risk_at: datetime
    due_at: datetime
    left: timedelta = timedelta(0)


def begin(now: datetime, duration: timedelta, at_risk: float, hours: WorkingHours | None, zone: tzinfo) -> Clock:
    """Start a clock at `now`."""
    return _run(Clock(duration, at_risk, hours, ClockState.RUNNING, now, now), now, duration, zone)


def pause(clock: Clock, now: datetime, zone: tzinfo) -> Clock:
    """Stop a running clock; one that stands, is over or already due stays as it is."""
    if clock.state is not ClockState.RUNNING or now >= clock.due_at:
        return clock
    return replace(clock, state=ClockState.PAUSED, left=between(now, clock.due_at, clock.hours, zone))


def resume(clock: Clock, now: datetime, zone: tzinfo) -> Clock:
    """Let a paused clock run again with what was left."""
    return _run(clock, now, clock.left, zone) if clock.state is ClockState.PAUSED else clock


def meet(clock: Clock, now: datetime) -> Clock:
    """Keep the promise now, in time or late; a cancelled or kept one stays as it is."""
    if clock.state in (ClockState.MET, ClockState.MET_LATE, ClockState.CANCELLED):
        return clock
    late = clock.state is not ClockState.PAUSED and now > clock.due_at
    return replace(clock, state=ClockState.MET_LATE if late else ClockState.MET)


def _run(clock: Clock, now: datetime, left: timedelta, zone: tzinfo) -> Clock:
    calm = max(timedelta(0), left - clock.duration * (1 - clock.at_risk))
    return replace(
        clock,
        state=ClockState.RUNNING,
        at_risk_at=add(now, calm, clock.hours, zone),
        due_at=add(now, left, clock.hours, zone),
        left=timedelta(0),
    )


def add(start: datetime, duration: timedelta, hours: WorkingHours | None, zone: tzinfo) -> datetime:
    """Return the moment when `duration` of counted time has passed since `start`."""
    if hours is None or duration <= timedelta(0):
        return start + duration
    left = duration
    for begin_at, end_at in _windows(start, hours, zone):
        if left <= end_at - begin_at:
            return begin_at + left
        left -= end_at - begin_at
    return start + _LONGEST


def between(start: datetime, end: datetime, hours: WorkingHours | None, zone: tzinfo) -> timedelta:
    """Return how much counted time lies between two moments; nothing when the end is not after the start."""
    if end <= start:
        return timedelta(0)
    if hours is None:
        return end - start
    counted = timedelta(0)
    for begin_at, end_at in _windows(start, hours, zone):
        if begin_at >= end:
            break
        counted += min(end_at, end) - begin_at
    return counted


def _windows(start: datetime, hours: WorkingHours, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Give the working windows from `start` on, the first cut to it, for some years."""
    day = start.astimezone(zone).date()
    last = day + _LONGEST
    while day <= last:
        if hours.works(day):
            begin_at = max(start, datetime.combine(day, hours.begin, zone))
            end_at = datetime.combine(day, hours.end, zone)
            if begin_at < end_at:
                yield begin_at.astimezone(start.tzinfo), end_at.astimezone(start.tzinfo)
        day += timedelta(days=1)
