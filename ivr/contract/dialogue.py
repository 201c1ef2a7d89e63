"""Inputs and effects of the flow machine: `step(state, input) -> (state, effects)`.

A step returns any number of `Save` effects and then exactly one effect that waits for an input (Perform, Record,
Lookup) or ends the dialogue (HandOver, End).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.contract.facts import Fact
from speech.contract import RecordSpec, Turn, TurnResult

# ---- inputs ----


@dataclass(frozen=True, slots=True)
class FollowUpAsk:
    """What the hotline asks the customer it rings: how a ticket of this kind (repair | install | complaint) turned out.

    visited: an engineer was there. first: nobody rang about it before. code: what the customer may ask 400 for.
    """

    kind: str
    visited: bool
    first: bool
    code: str


@dataclass(frozen=True, slots=True)
class Started:
    """The dialogue begins. caller holds the contact's facts the flow may branch on.

    at: the hotline's local time, "2026-11-22T20:30", "" when nobody says. demo: example rows may be spoken.
    busy: keys only because the recognizer has its hands full; the caller is told. follow_up: we rang, to ask this.
    """

    contact: str
    caller_e164: str
    did: str
    keys_only: bool = False  # speech is not there
    at: str = ""
    demo: bool = False
    busy: bool = False
    follow_up: FollowUpAsk | None = None


@dataclass(frozen=True, slots=True)
class TurnDone:
    """A Perform or Record effect ended (heard, pressed, silence, failed media or hung up: see the cause)."""

    result: TurnResult


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A Lookup effect came back. data is JSON; its shape belongs to the action."""

    action: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LookupFailed:
    """A Lookup effect failed or timed out."""

    action: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """A second AGI session of the same contact goes on (after ivr or media was lost)."""

    keys_only: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """The caller comes back from the queue. why: callback (asked for by key) | timeout (nobody answered in time)."""

    why: str
    keys_only: bool = False


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller is gone."""


Input = Started | TurnDone | LookedUp | LookupFailed | Resumed | Returned | HungUp

# ---- effects ----


@dataclass(frozen=True, slots=True)
class Perform:
    """Speak and listen; the answer is TurnDone."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Record:
    """Record the caller; the answer is TurnDone."""

    spec: RecordSpec


@dataclass(frozen=True, slots=True)
class Lookup:
    """Ask the outside: "identify", "ticket_number". The answer is LookedUp or LookupFailed."""

    action: str
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Save:
    """A fact for the journal; nothing comes back."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class HandOver:
    """The last effect: leave the dialogue for a queue or voicemail."""

    target: str  # queue | voicemail
    queue: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class End:
    """The last effect: hang up politely."""


Effect = Perform | Record | Lookup | Save | HandOver | End
