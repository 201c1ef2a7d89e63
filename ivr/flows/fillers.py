"""The closed registry of fillers that a document may name: known values kept without asking for them. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ivr.flows import advice_rules, callback_times, known_values
from ivr.flows import service_rules as service
from ivr.flows.program import Program
from ivr.flows.repair_rules import field
from ivr.flows.state import Slot, State

GAS_PHONE = "gas_phone"


class Fill(NamedTuple):
    """A slot's name and its value."""

    name: str
    slot: Slot


def _card_product(state: State) -> Fill:
    card = state.caller.card
    value = {
        "value": card.get("product_class", "unknown"),
        "product_id": card.get("product_id", ""),
        "spoken": card.get("product_spoken", ""),
    }
    return Fill("product", Slot(value, "crm_confirmed", "crm"))


def _card_address(state: State) -> Fill:
    card = state.caller.card
    value = {
        "address_id": card.get("address_id", ""),
        "region": card.get("address_region", ""),
        "road": card.get("address_road", ""),
    }
    return Fill("address", Slot(value, "crm_confirmed", "crm"))


def _own_number(state: State) -> Fill:
    return Fill("contact", Slot({"number": state.caller.e164}, "unverified", "caller_id"))


def _own_number_agreed(state: State) -> Fill:
    return Fill("contact", Slot({"number": state.caller.e164}, "voice_confirmed", "caller_id"))


def _own_number_if_any(state: State) -> Fill | None:
    return _own_number_agreed(state) if state.caller.e164 else None


def _lift(fill: Callable[[State], tuple[str, Slot] | None]) -> Callable[[State], Fill | None]:
    def lifted(state: State) -> Fill | None:
        made = fill(state)
        return None if made is None else Fill(*made)

    return lifted


def known_value(filler: str, program: Program, state: State) -> Fill | None:
    """Return the slot a filler keeps, None when the value is not known after all."""
    if filler in advice_rules.MADE:
        return Fill(*advice_rules.MADE[filler](program, state))
    return FILLERS[filler](state)


def _callback(made: Callable[[State], Slot | None]) -> Callable[[State], Fill | None]:
    def filled(state: State) -> Fill | None:
        slot = made(state)
        return None if slot is None else Fill(callback_times.SLOT, slot)

    return filled


def _gas_phone(state: State) -> Fill | None:
    """The gas company's number where the caller is, as far as the company has entered it for that city."""
    region = field(state, "address", "region") or state.caller.card.get("address_region", "")
    entered = (entry.partition("=") for entry in state.caller.card.get("gas_phones", "").split())
    number = next((number for city, _, number in entered if city in region), "")
    return Fill(GAS_PHONE, Slot({"number": number}, "unverified", "crm")) if number else None


FILLERS: Mapping[str, Callable[[State], Fill | None]] = MappingProxyType(
    {
        "card_product": _card_product,
        "card_address": _card_address,
        "own_number": _own_number,
        "own_number_agreed": _own_number_agreed,
        "own_number_if_any": _own_number_if_any,
        GAS_PHONE: _gas_phone,
        "callback_in_an_hour": _callback(callback_times.in_an_hour),
        "callback_tonight": _callback(callback_times.tonight),
        "callback_tomorrow": _callback(callback_times.tomorrow_morning),
        **{name: _lift(fill) for name, fill in {**known_values.FILLS, **advice_rules.FILLS, **service.FILLS}.items()},
    }
)

FILLER_NAMES = frozenset({*FILLERS, *advice_rules.MADE})
