"""Errors of parts: NoPart 422 · PartNotThere 404 · PartChanged 409 · NotAPartRequest 409."""

from crm.errors import Conflict, Invalid, NotFound


class NoPart(Invalid):
    """What was sent names a part that there is not."""


class PartNotThere(NotFound):
    """The address names a part that there is not."""


class PartChanged(Conflict):
    """Somebody changed the part since it was read."""

    code = "part_changed"


class NotAPartRequest(Conflict):
    """The ticket holds no parts, or its lines are fixed by now."""

    code = "not_a_part_request"
