"""Errors of messages: NotOurs 401 · TooMany 429 · MessageReused 409 · NoChannel 404."""

from crm.errors import Conflict, NotFound, NotSignedIn, Refusal


class NotOurs(NotSignedIn):
    """Unknown channel, wrong signature or stale timestamp: which of them is not told."""

    code = "not_ours"


class TooMany(Refusal):
    """Too many messages from one place."""

    status = 429
    code = "too_many"


class MessageReused(Conflict):
    """The channel sent another message under the same id before."""

    code = "message_id_reused"


class NoChannel(NotFound):
    """There is no such channel."""
