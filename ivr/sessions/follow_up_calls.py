"""Calls of ours that ask how completed work turned out: what crm orders, what the dialplan carries to the session."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.contract.dialogue import FollowUpAsk
from ivr.contract.ids import ContactId
from ivr.dialplan.numbers import LANDLINE
from ivr.dialplan.variables import HL_ASKS, HL_CALLER, HL_CONTACT, HL_DID
from ivr.sessions.outbound import InvalidPlacement, dialled

_CONTACT = re.compile(r"[0-9a-f]{32}", re.ASCII)
_SHAPES = {"attempt": r"[1-9]", "kind": r"repair|install|complaint", "visited": r"[01]", "code": r"[0-9]{6}"}
_ASKS = re.compile(":".join(f"({shape})" for shape in _SHAPES.values()), re.ASCII)


@dataclass(frozen=True, slots=True)
class FollowUpPlacement:
    """A call to a customer. number is as the trunk wants it dialled; asks has the shape that parse_asks reads."""

    contact: ContactId
    number: str
    asks: str

    def variables(self) -> dict[str, str]:
        """Return the channel variables that the dialplan and the session read."""
        return {HL_CONTACT: self.contact, HL_CALLER: self.number, HL_DID: LANDLINE, HL_ASKS: self.asks}


def parse_follow_up(args: Mapping[str, str]) -> FollowUpPlacement:
    """Parse the arguments of a follow_up command; raises InvalidPlacement."""
    for name, shape in _SHAPES.items():
        if not re.fullmatch(shape, args.get(name, ""), re.ASCII):
            raise InvalidPlacement(name)
    if not _CONTACT.fullmatch(args.get("contact", "")):
        raise InvalidPlacement("contact")
    asks = ":".join(args[name] for name in _SHAPES)
    return FollowUpPlacement(ContactId(args["contact"]), dialled(args.get("number", "")), asks)


def parse_asks(text: str) -> FollowUpAsk | None:
    """Return what is asked in a call that we placed, None for a caller who rang us."""
    found = _ASKS.fullmatch(text)
    if found is None:
        return None
    attempt, kind, visited, code = found.groups()
    return FollowUpAsk(kind, visited == "1", attempt == "1", code)
