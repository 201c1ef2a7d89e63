"""Identities that travel between the parts."""

from typing import NewType

ContactId = NewType("ContactId", str)  # ours: one caller's contact from ring to hang-up, survives resume; uuid4 hex
Linkedid = NewType("Linkedid", str)  # Asterisk's, "<systemname>-<epoch>.<n>"
Uniqueid = NewType("Uniqueid", str)  # Asterisk's id of one channel
TicketNumber = NewType("TicketNumber", str)  # 8 digits, the last a check digit


def check_digit(seven: str) -> str:
    """Return the Luhn check digit (ISO/IEC 7812-1 annex B) of seven digits."""
    if len(seven) != 7 or not seven.isascii() or not seven.isdigit():
        raise ValueError(f"expected 7 digits, got {len(seven)} characters")
    total = 0
    for index, char in enumerate(reversed(seven)):
        digit = int(char)
        if index % 2 == 0:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return str(-total % 10)


def ticket_number(serial: int) -> TicketNumber:
    """Return the 8-digit ticket number of serial 0..9_999_999."""
    if not 0 <= serial <= 9_999_999:
        raise ValueError(f"serial out of range: {serial}")
    seven = f"{serial:07d}"
    return TicketNumber(seven + check_digit(seven))


def is_ticket_number(text: str) -> bool:
    """Tell whether `text` is 8 digits with a right check digit."""
    return len(text) == 8 and text.isascii() and text.isdigit() and check_digit(text[:7]) == text[7]
