"""JSON forms of dialogue inputs, turn results and caller cards; pure, strict on the way in."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from ivr.contract.desk import (
    CallerCard,
    Draft,
    DraftSlot,
    GasPhone,
    KnownProduct,
    PastMatters,
    VisitCodeAnswer,
    VisitCodeVerdict,
    WarrantyAnswer,
    WarrantyLine,
)
from ivr.contract.dialogue import (
    FollowUpAsk,
    HungUp,
    Input,
    LookedUp,
    LookupFailed,
    Resumed,
    Returned,
    Started,
    TurnDone,
)
from speech.contract import Captured, Cause, Interpretation, Mode, TurnResult, encode


class InvalidMessage(ValueError):
    """A message that does not fit its shape; the text names the field, never a value."""


INPUTS: Mapping[str, type[Input]] = MappingProxyType(
    {
        "started": Started,
        "turn_done": TurnDone,
        "looked_up": LookedUp,
        "lookup_failed": LookupFailed,
        "resumed": Resumed,
        "returned": Returned,
        "hung_up": HungUp,
    }
)
_NAMES = {cls: name for name, cls in INPUTS.items()}


def input_to_json(item: Input) -> dict[str, Any]:
    """Return the journal's form of an input."""
    return {"in": _NAMES[type(item)], "data": encode(item)}


def input_from_json(raw: Any) -> Input:
    """Parse what input_to_json made; raises InvalidMessage on anything else."""
    name, data = _text(raw, "in"), _object(raw, "data")
    match name:
        case "started":
            return _started(data)
        case "turn_done":
            return TurnDone(turn_result_from_json(_object(data, "result")))
        case "looked_up":
            return LookedUp(_text(data, "action"), _object(data, "data"))
        case "lookup_failed":
            return LookupFailed(_text(data, "action"))
        case "resumed":
            return Resumed(_flag(data, "keys_only"))
        case "returned":
            return Returned(_text(data, "why"), _flag(data, "keys_only"))
        case "hung_up":
            return HungUp()
    raise InvalidMessage("input: unknown name")


def _started(data: Mapping[str, Any]) -> Started:
    return Started(
        _text(data, "contact"),
        _text(data, "caller_e164"),
        _text(data, "did"),
        _flag(data, "keys_only"),
        _text(data, "at", ""),
        _flag(data, "demo"),
        _flag(data, "busy"),
        _follow_up(data.get("follow_up")),
    )


def _follow_up(raw: Any) -> FollowUpAsk | None:
    if raw is None:
        return None
    _known(raw, FollowUpAsk)
    return FollowUpAsk(_text(raw, "kind"), _flag(raw, "visited"), _flag(raw, "first"), _text(raw, "code"))


def turn_result_from_json(raw: Any) -> TurnResult:
    """Parse a TurnResult; raises InvalidMessage. Absent fields take their defaults, foreign ones are refused."""
    _known(raw, TurnResult)
    mode = raw.get("mode")
    try:
        return TurnResult(
            turn_id=_text(raw, "turn_id"),
            cause=Cause(_text(raw, "cause")),
            mode=None if mode is None else Mode(mode),
            digits=_text(raw, "digits", ""),
            interpretation=_interpretation(raw.get("interpretation", {})),
            clip=_text(raw, "clip", ""),
            speech_ms=_number(raw, "speech_ms"),
            wait_ms=_number(raw, "wait_ms"),
            barged_in=_flag(raw, "barged_in"),
            degraded=_flag(raw, "degraded"),
            noticed=_text_map(raw.get("noticed", {})),
        )
    except ValueError as error:
        if isinstance(error, InvalidMessage):
            raise
        raise InvalidMessage("result: unknown cause or mode") from error


def _interpretation(raw: Any) -> Interpretation:
    _known(raw, Interpretation)
    candidates = raw.get("candidates", [])
    if not isinstance(candidates, list | tuple) or len(candidates) > 3:
        raise InvalidMessage("interpretation.candidates")
    return Interpretation(
        text=_text(raw, "text", ""),
        status=_text(raw, "status", "no_match"),
        meaning=_text(raw, "meaning", ""),
        value=_text_map(raw.get("value", {})),
        candidates=tuple(_text_map(item) for item in candidates),
        command=_text(raw, "command", ""),
        safety=_text(raw, "safety", ""),
        captured=_captured(raw.get("captured", {})),
    )


def _captured(raw: Any) -> dict[str, Captured]:
    if not isinstance(raw, Mapping):
        raise InvalidMessage("interpretation.captured")
    found = {}
    for name, item in raw.items():
        _known(item, Captured)
        candidates = item.get("candidates", [])
        if not isinstance(name, str) or not isinstance(candidates, list | tuple) or len(candidates) > 3:
            raise InvalidMessage("interpretation.captured")
        sure = item.get("sure", True)
        if not isinstance(sure, bool):
            raise InvalidMessage("interpretation.captured.sure")
        found[name] = Captured(_text_map(item.get("value", {})), sure, tuple(_text_map(row) for row in candidates))
    return found


def caller_card_from_json(raw: Any) -> CallerCard:
    """Parse crm's answer to identify; raises InvalidMessage."""
    _known(raw, CallerCard)
    return CallerCard(
        known=_flag(raw, "known"),
        customer_id=_text(raw, "customer_id", ""),
        products=tuple(_product(item) for item in _list(raw, "products")),
        address_region=_text(raw, "address_region", ""),
        address_road=_text(raw, "address_road", ""),
        address_id=_text(raw, "address_id", ""),
        elder=_flag(raw, "elder"),
        past=_past(raw.get("past", {})),
        open_ticket=_text(raw, "open_ticket", ""),
        notice_area=_text(raw, "notice_area", ""),
        notice_event=_text(raw, "notice_event", ""),
        surge=_flag(raw, "surge"),
        complaint_reply_by=_text(raw, "complaint_reply_by", ""),
        draft=None if raw.get("draft") is None else _draft(raw["draft"]),
        gas_phones=tuple(_gas_phone(item) for item in _list(raw, "gas_phones")),
    )


def _list(raw: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = raw.get(name, [])
    if not isinstance(value, list | tuple):
        raise InvalidMessage(f"card.{name}")
    return value


def _gas_phone(raw: Any) -> GasPhone:
    _known(raw, GasPhone)
    return GasPhone(_text(raw, "city"), _text(raw, "number"))


def _past(raw: Any) -> PastMatters:
    _known(raw, PastMatters)
    return PastMatters(*(_words(raw, name) for name in ("tickets", "kinds", "machines")))


def _words(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = raw.get(name, [])
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise InvalidMessage(name)
    return tuple(value)


def _draft(raw: Any) -> Draft:
    _known(raw, Draft)
    slots = raw.get("slots", [])
    if not isinstance(slots, list | tuple):
        raise InvalidMessage("draft.slots")
    return Draft(_text(raw, "ticket"), _text(raw, "kind"), tuple(_draft_slot(item) for item in slots))


def _draft_slot(raw: Any) -> DraftSlot:
    _known(raw, DraftSlot)
    value = _text_map(raw.get("value"))
    return DraftSlot(_text(raw, "slot"), value, _text(raw, "status"), _text(raw, "source"), _text(raw, "clip", ""))


def _product(raw: Any) -> KnownProduct:
    _known(raw, KnownProduct)
    return KnownProduct(
        _text(raw, "product_id"), _text(raw, "spoken"), _text(raw, "product_class"), _text(raw, "bought_on", "")
    )


def warranty_answer_from_json(raw: Any) -> WarrantyAnswer:
    """Parse crm's answer to warranty; raises InvalidMessage."""
    _known(raw, WarrantyAnswer)
    reasons = raw.get("reasons", [])
    if not isinstance(reasons, list | tuple) or not all(isinstance(item, str) for item in reasons):
        raise InvalidMessage("warranty.reasons")
    try:
        return WarrantyAnswer(WarrantyLine(_text(raw, "line")), _text(raw, "until", ""), tuple(reasons))
    except ValueError as error:
        raise InvalidMessage("warranty.line") from error


def visit_code_from_json(raw: Any) -> VisitCodeAnswer:
    """Parse crm's answer to visit_code; raises InvalidMessage."""
    _known(raw, VisitCodeAnswer)
    told = {field.name: _text(raw, field.name, "") for field in fields(VisitCodeAnswer) if field.name != "verdict"}
    try:
        return VisitCodeAnswer(VisitCodeVerdict(_text(raw, "verdict")), **told)
    except ValueError as error:
        raise InvalidMessage("visit_code.verdict") from error


# ---- one field each ----


def _known(raw: Any, cls: type[Any]) -> None:
    if not isinstance(raw, Mapping) or not set(raw) <= {item.name for item in fields(cls)}:
        raise InvalidMessage(f"{cls.__name__}: not an object of its fields")


def _object(raw: Any, name: str) -> Mapping[str, Any]:
    value = raw.get(name) if isinstance(raw, Mapping) else None
    if not isinstance(value, Mapping):
        raise InvalidMessage(f"{name}: expected an object")
    return value


def _text(raw: Any, name: str, default: str | None = None) -> str:
    value = raw.get(name, default) if isinstance(raw, Mapping) else None
    if not isinstance(value, str):
        raise InvalidMessage(f"{name}: expected a string")
    return value


def _flag(raw: Mapping[str, Any], name: str) -> bool:
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise InvalidMessage(f"{name}: expected true or false")
    return value


def _number(raw: Mapping[str, Any], name: str) -> int:
    value = raw.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidMessage(f"{name}: expected an integer")
    return value


def _text_map(raw: Any) -> dict[str, str]:
    if not isinstance(raw, Mapping) or not all(isinstance(k, str) and isinstance(v, str) for k, v in raw.items()):
        raise InvalidMessage("expected an object of strings")
    return dict(raw)
