"""The engineer's signed link: the visit's id and an HMAC of it; no log-in, one visit; pure."""

import hashlib
import hmac

_LENGTH = 32


def make(visit: str, secret: str) -> str:
    """Return the token of /v/<token>."""
    return f"{visit}{_sign(visit, secret)}"


def read(token: str, secret: str) -> str:
    """Return the visit's id, "" for a token that is not ours."""
    visit, signature = token[:_LENGTH], token[_LENGTH:]
    whole = token.isascii() and hmac.compare_digest(signature, _sign(visit, secret))
    return visit if whole else ""


def _sign(visit: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"visit-link {visit}".encode(), hashlib.sha256).hexdigest()[:_LENGTH]
