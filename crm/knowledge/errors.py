"""Errors of knowledge: NoEntry 404 · EntryChanged, EntryTaken, WrongStep, OwnReview 409 · Unfit 422."""

from crm.errors import Conflict, Invalid, NotFound


class NoEntry(NotFound):
    """There is no such entry or version."""


class EntryTaken(Conflict):
    """An entry of this key exists."""

    code = "entry_taken"


class EntryChanged(Conflict):
    """Another changed the entry since it was read."""


class WrongStep(Conflict):
    """The entry's state does not allow this step."""

    code = "wrong_step"


class OwnReview(Conflict):
    """Nobody reviews what they wrote."""

    code = "own_review"


class Unfit(Invalid):
    """The content cannot be published: no source, too long to be spoken, or unsafe."""

    code = "unfit"
