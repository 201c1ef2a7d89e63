"""Caller numbers as the trunk sends them, to E.164."""

import phonenumbers

_MAX = 32


def to_e164(raw: str) -> str:
    """Return the E.164 form of a caller number dialled in China, "" for anonymous, garbage and impossible numbers."""
    text = raw.strip()
    if not text or len(text) > _MAX or not text.isascii() or not any(char.isdigit() for char in text):
        return ""
    if not all(char.isdigit() or char in "+-() " for char in text):
        return ""
    digits = "".join(char for char in text if char.isdigit())
    if not text.startswith("+") and digits.startswith("86") and len(digits) in (12, 13):
        text = "+" + digits  # trunks send 8613..., which the library would read as a local number
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
