"""Errors of logging in and of rights.

TooManyAttempts 429 · WrongPassword 401 · NoAccount 404 · AccountChanged 409
"""

from crm.errors import Conflict, NotFound, NotSignedIn, Refusal


class TooManyAttempts(Refusal):
    """Five wrong passwords; the detail says until when."""

    status = 429
    code = "locked"


class WrongPassword(NotSignedIn):
    """Number or password is wrong; which of them is not told."""

    code = "wrong_password"


class NoAccount(NotFound):
    """There is no account of this 工号."""


class AccountChanged(Conflict):
    """Somebody else changed the account, or made one of this 工号, meanwhile."""
