"""The one choke point for text that goes to Asterisk: control characters and over-long values are refused."""

import unicodedata

from ivr.telephony.errors import UnsafeText

MAX_VALUE_BYTES = 4000  # Asterisk cuts or discards longer AMI lines; an AGI command has 8 KB in all


def safe_text(field: str, value: str, *, max_bytes: int = MAX_VALUE_BYTES) -> str:
    """Return `value` unchanged, or raise UnsafeText naming `field`.

    Refused: every control character (a bare LF, CR or NUL ends a line or a value in Asterisk), characters that have no
    UTF-8 form, and more than `max_bytes` bytes of UTF-8.
    """
    for char in value:
        if unicodedata.category(char) in ("Cc", "Cs"):
            raise UnsafeText(f"{field}: control character U+{ord(char):04X}")
    if len(value.encode()) > max_bytes:
        raise UnsafeText(f"{field}: longer than {max_bytes} bytes")
    return value
