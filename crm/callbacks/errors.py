"""Errors of call-backs: NoCallback 404 · CallbackTaken, CallbackOver 409."""

from crm.errors import Conflict, NotFound


class NoCallback(NotFound):
    """There is no such task."""


class CallbackTaken(Conflict):
    """Somebody else has taken the task and is ringing now."""

    code = "callback_taken"


class CallbackOver(Conflict):
    """The task is done already."""

    code = "callback_over"
