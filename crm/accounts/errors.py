"""Errors of logging in and of rights.

TooManyAttempts 429 · WrongPassword 401
"""

from crm.errors import NotSignedIn, Refusal


class TooManyAttempts(Refusal):
    """Five wrong passwords; the detail says until when."""

    status = 429
    code = "locked"


class WrongPassword(NotSignedIn):
    """Number or password is wrong; which of them is not told."""

    code = "wrong_password"
