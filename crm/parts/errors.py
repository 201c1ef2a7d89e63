"""Errors of parts: NoPart 422 · NotAPartRequest 409."""

from crm.errors import Conflict, Invalid


class NoPart(Invalid):
    """There is no such part."""


class NotAPartRequest(Conflict):
    """The ticket holds no parts, or its lines are fixed by now."""

    code = "not_a_part_request"
