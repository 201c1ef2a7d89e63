"""Errors of follow-ups: NoFollowUp 404 · FollowUpOver, FollowUpTaken, NotNow 409."""

from crm.errors import Conflict, NotFound


class NoFollowUp(NotFound):
    """There is no such follow-up."""


class FollowUpOver(Conflict):
    """It has ended already."""

    code = "follow_up_over"


class FollowUpTaken(Conflict):
    """Somebody else has taken it and is ringing now."""

    code = "follow_up_taken"


class NotNow(Conflict):
    """Customers are not rung at this time, or this one not today any more."""

    code = "not_now"
