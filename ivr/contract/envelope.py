"""A fact on its way to crm: the envelope, its wire form, and the strict reading of both."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from ivr.contract.facts import FACTS, Fact
from ivr.contract.ids import ContactId


class InvalidFact(ValueError):
    """A fact that does not fit its class; the message names the kind and the field, never a value."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One fact on its way: node is the ivr's name, seq counts from 1 without gaps, at is UTC."""

    node: str
    seq: int
    at: datetime
    contact: ContactId
    fact: Fact

    def to_json(self) -> dict[str, Any]:
        """Return the wire form."""
        return {
            "node": self.node,
            "seq": self.seq,
            "at": self.at.isoformat(),
            "contact": self.contact,
            "kind": self.fact.KIND,
            "data": asdict(self.fact),
        }


def parse_envelope(raw: Mapping[str, Any]) -> Envelope:
    """Parse the wire form; raises InvalidFact on anything else (unknown kind, missing or foreign field, bad time)."""
    try:
        at = datetime.fromisoformat(raw["at"])
        node, seq, contact, kind, data = raw["node"], raw["seq"], raw["contact"], raw["kind"], raw["data"]
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidFact(f"envelope: {type(error).__name__}") from error
    if at.tzinfo is None or not isinstance(seq, int) or isinstance(seq, bool) or seq < 1:
        raise InvalidFact("envelope: at must have a zone and seq be a positive integer")
    if not isinstance(node, str) or not isinstance(contact, str) or not isinstance(kind, str):
        raise InvalidFact("envelope: node, contact and kind must be strings")
    return Envelope(node, seq, at, ContactId(contact), parse_fact(kind, data))


def parse_fact(kind: str, data: Any) -> Fact:
    """Parse one fact's data; see parse_envelope."""
    cls = FACTS.get(kind)
    if cls is None or not isinstance(data, dict):
        raise InvalidFact(f"unknown kind or no data: {kind[:40]!r}")
    known = {item.name for item in fields(cls)}
    if not data.keys() <= known:
        raise InvalidFact(f"{kind}: unknown field")
    values = {name: _typed(cls, kind, name, value) for name, value in data.items()}
    try:
        return cls(**values)
    except TypeError as error:
        raise InvalidFact(f"{kind}: missing field") from error


_SCALARS = {"str": str, "int": int, "bool": bool}


def _typed(cls: type[Fact], kind: str, name: str, value: Any) -> Any:
    declared = cls.__annotations__[name]
    scalar = _SCALARS.get(getattr(declared, "__name__", ""))
    if scalar is not None:
        if type(value) is not scalar:
            raise InvalidFact(f"{kind}.{name}: expected {scalar.__name__}")
        return value
    if name == "candidates":
        if not isinstance(value, list | tuple) or len(value) > 3:
            raise InvalidFact(f"{kind}.{name}: expected at most 3 objects")
        return tuple(_text_map(kind, name, item) for item in value)
    return _text_map(kind, name, value)


def _text_map(kind: str, name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise InvalidFact(f"{kind}.{name}: expected an object of strings")
    return value
