"""Errors of visits: NoVisit 404 · VisitChanged, NotNow, Late 409 · StepsMissing 422 · LinkDead 404."""

from crm.errors import Conflict, Invalid, NotFound


class NoVisit(NotFound):
    """There is no such visit."""


class VisitChanged(Conflict):
    """Another changed the visit since it was read."""


class NotNow(Conflict):
    """The visit's state does not allow it."""

    code = "not_now"


class Late(Conflict):
    """The appointment is after the promise: it needs a reason."""

    code = "late"


class StepsMissing(Invalid):
    """Lines of the checklist that are not done."""

    code = "steps_missing"


class LinkDead(NotFound):
    """The signed link is forged, or its visit is long over."""

    code = "link_dead"
