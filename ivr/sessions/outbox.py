"""The facts that crm does not hold: those to be shipped, in order, and those kept back because it refused one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.contract.envelope import Envelope, parse_envelope


@dataclass(slots=True)
class Outbox:
    """Every fact is in `ready`, in `held`, or with crm.

    acked: crm holds every fact up to here that is neither ready nor held. held: refused facts, and the later ones of
    their contacts, for a contact's facts arrive in order or not at all. refused: seq -> why, of those in held.
    """

    acked: int = 0
    ready: dict[int, Envelope] = field(default_factory=dict)  # in order of seq
    held: dict[int, Envelope] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)

    def add(self, envelope: Envelope) -> None:
        """Take a new fact; one that crm holds already is left out."""
        if envelope.seq <= self.acked or envelope.seq in self.held:
            return
        blocked = envelope.contact and any(other.contact == envelope.contact for other in self.held.values())
        (self.held if blocked else self.ready)[envelope.seq] = envelope

    def ack(self, seq: int) -> None:
        """Crm holds every ready fact up to `seq`."""
        self.acked = max(self.acked, seq)
        for done in [number for number in self.ready if number <= seq]:
            del self.ready[done]

    def behind(self, seq: int) -> list[Envelope]:
        """Return a ready fact and the later ready ones of its contact: what must wait when crm refuses it."""
        refused = self.ready[seq]
        later = [
            envelope
            for number, envelope in self.ready.items()
            if number > seq and refused.contact and envelope.contact == refused.contact
        ]
        return [refused, *later]

    def hold(self, envelopes: Sequence[Envelope], seq: int, reason: str) -> None:
        """Keep facts back, `seq` of them because crm refused it."""
        for envelope in envelopes:
            self.ready.pop(envelope.seq, None)
            self.held[envelope.seq] = envelope
        self.refused[seq] = reason

    def release(self) -> None:
        """Ship everything that was kept back, each in its place."""
        self.ready = dict(sorted({**self.ready, **self.held}.items()))
        self.held, self.refused = {}, {}

    def renumber(self, old: int, envelope: Envelope) -> None:
        """Give a ready fact another number."""
        self.ready.pop(old, None)
        self.add(envelope)

    def head(self) -> dict[str, Any]:
        """Return what a journal's head must tell of facts whose records may be gone."""
        late = [envelope.to_json() for envelope in self.ready.values() if envelope.seq <= self.acked]
        held = [envelope.to_json() for envelope in self.held.values()]
        refused = {str(seq): reason for seq, reason in self.refused.items()}
        return {"acked": self.acked, "late": late, "held": held, "refused": refused}

    def read_head(self, head: Mapping[str, Any], acked: int) -> None:
        """Take a head in; raises InvalidFact, KeyError, TypeError or ValueError with nothing changed."""
        late = [parse_envelope(raw) for raw in head.get("late", ())]  # heads of the first version have none
        held = [parse_envelope(raw) for raw in head.get("held", ())]
        refused = {int(seq): str(reason) for seq, reason in head.get("refused", {}).items()}
        self.ack(acked)
        self.ready = dict(sorted({**self.ready, **{envelope.seq: envelope for envelope in late}}.items()))
        for envelope in held:
            self.ready.pop(envelope.seq, None)
            self.held[envelope.seq] = envelope
        self.refused |= refused
