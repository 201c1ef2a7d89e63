"""Signature and patience of webhooks; pure."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta

KINDS: Mapping[str, str] = {
    "ticket": "工单",
    "contact": "来电",
    "callback": "回拨",
    "customer": "客户",
    "clock": "时限",
    "alarm": "报警",
}
_WAITS_S = (5, 30, 120, 600, 3600)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return "v1=" and the hex HMAC-SHA256 over "<timestamp>.<body>"; the receiver computes the same and compares."""
    signed = f"{timestamp}.".encode() + body
    return f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row; an hour at most, for ever."""
    return timedelta(seconds=_WAITS_S[min(failures, len(_WAITS_S)) - 1])
