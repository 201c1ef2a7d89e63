"""The closed registry of checks that a document may name: digits to a value, None when they do not fit. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import phonenumbers

from ivr.contract.ids import is_ticket_number
from ivr.flows.state import State


def _check_phone(digits: str, _: State) -> dict[str, str] | None:
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 86 or not phonenumbers.is_valid_number(number):
        return None
    return {"number": phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}


def _check_code(digits: str, state: State) -> dict[str, str] | None:
    letter = state.slot("fault_letter")
    chosen = letter.value.get("spoken", "") if letter else ""
    code = f"{chosen}{digits}"
    return {"raw": code, "canonical": code, "catalogue_id": ""}


def _check_room(digits: str, _: State) -> dict[str, str] | None:
    return {"room_no": digits, "room": f"{digits}室"}


def _check_ticket(digits: str, _: State) -> dict[str, str] | None:
    return {"digits": digits} if is_ticket_number(digits) else None


def _exactly(length: int) -> Callable[[str, State], dict[str, str] | None]:
    return lambda digits, _: {"digits": digits} if len(digits) == length else None


CHECKS: Mapping[str, Callable[[str, State], dict[str, str] | None]] = MappingProxyType(
    {
        "phone": _check_phone,
        "code": _check_code,
        "room": _check_room,
        "ticket_no": _check_ticket,
        "tail": _exactly(4),
        "visit_code": _exactly(6),
    }
)
