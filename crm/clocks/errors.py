"""Errors of clocks: NoClock 404 · ClockNotRunning 409."""

from crm.errors import Conflict, NotFound


class NoClock(NotFound):
    """The ticket has no such clock."""


class ClockNotRunning(Conflict):
    """A clock that does not run cannot be paused, one that does not stand cannot be resumed."""

    code = "clock_not_running"
