"""Business errors: each carries its HTTP status, a constant code and a Chinese detail ready to be shown.

Refusal
├── NotFound            404
├── Forbidden           403
├── NotSignedIn         401
├── Conflict            409
├── Outdated            412
├── Invalid             422
└── Unavailable         503

The nouns' own errors (`crm/<noun>/errors.py`) derive from these.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class Refusal(Exception):
    """A request that is refused for a reason the user can understand. Rolls its transaction back."""

    status = 400
    code = "refused"

    def __init__(
        self,
        detail: str,
        *,
        code: str = "",
        fields: Sequence[Mapping[str, str]] = (),
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code or self.code)
        self.detail = detail
        self.code = code or self.code
        self.fields = list(fields)
        self.members = dict(members or {})


class NotFound(Refusal):
    """There is no such thing, or not for this user."""

    status = 404
    code = "not_found"


class Forbidden(Refusal):
    """The user's roles do not allow it."""

    status = 403
    code = "forbidden"


class NotSignedIn(Refusal):
    """No valid session or token."""

    status = 401
    code = "not_signed_in"


class Conflict(Refusal):
    """The state of things does not allow it."""

    status = 409
    code = "conflict"


class Outdated(Refusal):
    """The version that If-Match names is no more."""

    status = 412
    code = "outdated"


class Invalid(Refusal):
    """The request is well-formed but a value makes no sense."""

    status = 422
    code = "invalid"


class Unavailable(Refusal):
    """A part that is needed is away; trying again is safe."""

    status = 503
    code = "unavailable"
