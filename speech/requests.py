"""Parses what ivr sends on the control socket: JSON lines into contract values; everything is hostile until parsed."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from speech.contract import Lexicon, RecordSpec, Turn

MAX_LINE_BYTES = 1024 * 1024

_TURN = TypeAdapter(Turn)
_RECORD = TypeAdapter(RecordSpec)
_LEXICON = TypeAdapter(Lexicon)


class RequestInvalid(ValueError):
    """A line that is no request. turn_id is set when it was a turn or recording whose id could be read."""

    def __init__(self, reason: str, turn_id: str = "") -> None:
        super().__init__(reason)
        self.turn_id = turn_id


@dataclass(frozen=True, slots=True)
class Open:
    """Announce a dialogue."""

    dialogue: UUID
    contact: str
    lexicon: Lexicon


@dataclass(frozen=True, slots=True)
class Perform:
    """SPEAK and RECOGNIZE."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Record:
    """Record the caller."""

    spec: RecordSpec


@dataclass(frozen=True, slots=True)
class End:
    """Give the channel back."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Health check."""


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to our ping."""


@dataclass(frozen=True, slots=True)
class Status:
    """Figures for the operator."""


Request = Open | Perform | Record | End | Ping | Pong | Status
_PLAIN: dict[str, Request] = {"end": End(), "ping": Ping(), "pong": Pong(), "status": Status()}


def parse_request(line: bytes) -> Request:
    """Return the request of one line; raises RequestInvalid."""
    try:
        data = json.loads(line)
    except ValueError as error:
        raise RequestInvalid("not JSON") from error
    if not isinstance(data, dict) or not isinstance(data.get("op"), str):
        raise RequestInvalid("no op")
    name = data["op"]
    if name in _PLAIN:
        return _PLAIN[name]
    try:
        match name:
            case "open":
                lexicon = _LEXICON.validate_python(data.get("lexicon") or {})
                return Open(UUID(data["dialogue"]), str(data["contact"])[:80], lexicon)
            case "turn":
                return Perform(_TURN.validate_python(data["turn"]))
            case "record":
                return Record(_RECORD.validate_python(data["spec"]))
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RequestInvalid(f"bad {name}: {_where(error)}", _turn_id(data)) from error
    raise RequestInvalid("unknown op")


def _where(error: Exception) -> str:
    """Return where a request is wrong, without its values."""
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['type']}"
    return type(error).__name__


def _turn_id(data: dict[str, Any]) -> str:
    for name in ("turn", "spec"):
        inner = data.get(name)
        if isinstance(inner, dict) and isinstance(inner.get("turn_id"), str):
            return str(inner["turn_id"])
    return ""
