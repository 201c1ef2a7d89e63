"""Errors of call-backs: NoCallback 404 · CallbackTaken, CallbackOver 409 · CallbackUnwanted 422."""

from crm.errors import Conflict, Invalid, NotFound


class NoCallback(NotFound):
    """There is no such task."""


class CallbackTaken(Conflict):
    """Somebody else has taken the task and is ringing now."""

    code = "callback_taken"


class CallbackOver(Conflict):
    """The task is done already."""

    code = "callback_over"


class CallbackUnwanted(Invalid):
    """The number is marked 勿呼 and its caller asked for no call, or it is marked wrong; nobody said why to ring it."""

    code = "do_not_call"
