"""Fakes that implement the ports of sessions: a Desk in memory, a PBX that remembers, queues, packs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ivr.contract.desk import (
    CallerCard,
    DeskFailed,
    DeskUnavailable,
    Draft,
    DraftSlot,
    FactsRefused,
    KnownProduct,
    NumberBlock,
    PastMatters,
    VisitCodeAnswer,
    VisitCodeVerdict,
    WarrantyAnswer,
    WarrantyLine,
    WarrantyQuestion,
)
from ivr.contract.envelope import Envelope
from ivr.contract.facts import TicketOpened
from ivr.contract.ids import ticket_number
from ivr.contract.tickets import FoundTicket, TicketLine, TicketStatus
from ivr.sessions.ports import PBXRefused, PBXUnavailable, QueueLine

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_PLACE = ("广东省佛山市顺德区容桂街道", "凤翔路")
CARD = CallerCard(True, "7", (KnownProduct("1", "壁挂炉", "boiler", "2025-03-10"),), *_PLACE, "9", elder=True)
TICKET = TicketStatus("10000016", "repair", TicketLine.SCHEDULED, "2026-11-22", "李强", "11月22日 17:00–19:00", urges=1)
REPORTED_PAST = PastMatters((TICKET.number,), ("repair",))
REPORTED_CARD = CallerCard(True, "8", (), *_PLACE, "10", past=REPORTED_PAST, open_ticket=TICKET.number)
DRAFT = Draft(
    "10000024", "repair", (DraftSlot("visit", {"value": "asap"}, "voice_confirmed", "speech", "c/visit.wav"),)
)
CUT_PAST = PastMatters((DRAFT.ticket,), ("repair",))
CUT_CARD = CallerCard(True, "11", past=CUT_PAST, open_ticket=DRAFT.ticket, draft=DRAFT)
CARDS = {"+8613800138000": CARD, "+8613800138005": REPORTED_CARD, "+8613800138009": CUT_CARD}
REPORTED = "+8613800138005"  # whose ticket TICKET is
DOOR_CODE, OWN_CODE = "447108", "308217"


@dataclass
class MemoryDesk:
    """Desk that keeps all in memory; tests/contract shows that crm answers the same.

    away: every call raises DeskUnavailable. refuses: kinds of facts it calls malformed.
    breaks_over: kinds of facts over which it breaks, and how often yet.
    """

    away: bool = False
    next_serial: int = 1_000_000
    size: int = 1000
    held: dict[str, dict[int, Envelope]] = field(default_factory=dict)
    deliveries: int = 0
    asked: list[tuple[str, ...]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    breaks_over: dict[str, int] = field(default_factory=dict)
    waiting_callbacks: set[str] = field(default_factory=set)
    tickets: dict[tuple[str, int], str] = field(default_factory=dict)  # contact and matter -> number

    async def identify(self, caller_e164: str, did: str) -> CallerCard:
        self._check()
        self.asked.append(("identify", caller_e164, did))
        return CARDS.get(caller_e164, CallerCard())

    async def lease_numbers(self, node: str) -> NumberBlock:
        self._check()
        self.asked.append(("lease", node))
        block = NumberBlock(self.next_serial, self.size)
        self.next_serial += self.size
        return block

    async def warranty(self, question: WarrantyQuestion) -> WarrantyAnswer:
        self._check()
        self.asked.append(("warranty", question.product_class, str(question.bought_on), question.precision))
        if question.has_proof == "no":
            return WarrantyAnswer(WarrantyLine.NO_PROOF, "", ("no_proof",))
        if question.bought_on is None or question.has_proof == "unknown":
            return WarrantyAnswer(WarrantyLine.UNKNOWN, "", ("no_date",))
        return WarrantyAnswer(WarrantyLine.IN, "2028-03-31", ("from_month",))  # a boiler of March 2026

    async def visit_code(self, code: str, caller_e164: str) -> VisitCodeAnswer:
        self._check()
        self.asked.append(("visit_code", code, caller_e164))
        if code == DOOR_CODE:
            return VisitCodeAnswer(VisitCodeVerdict.OK, "李强", "1026", "11月22日 17:00–19:00", "in")
        if code == OWN_CODE:
            return VisitCodeAnswer(VisitCodeVerdict.CALLBACK, date="2026-11-20")
        return VisitCodeAnswer(VisitCodeVerdict.BAD, reason="unknown" if code else "no_code")

    async def tickets_of(self, caller_e164: str) -> tuple[TicketStatus, ...]:
        self._check()
        self.asked.append(("tickets_of", caller_e164))
        return (TICKET,) if caller_e164 == REPORTED else ()

    async def find_ticket(self, number: str, tail: str) -> FoundTicket:
        self._check()
        self.asked.append(("find_ticket", number, tail))
        exists = number == TICKET.number
        return FoundTicket(exists, TICKET if exists and tail == REPORTED[-4:] else None)

    async def open_callback(self, number: str) -> bool:
        self._check()
        self.asked.append(("open_callback", number))
        return number in self.waiting_callbacks

    async def ship(self, facts: Sequence[Envelope]) -> int:
        self._check()
        self.deliveries += 1
        taken: dict[str, dict[int, Envelope]] = {}
        for envelope in facts:  # one transaction: a conflict undoes it, a malformed fact only ends it
            if left := self.breaks_over.get(envelope.fact.KIND, 0):
                self.breaks_over[envelope.fact.KIND] = left - 1
                raise DeskFailed("/internal/facts: status 500")
            if envelope.fact.KIND in self.refuses:
                self.held.update(taken)
                raise FactsRefused("422 malformed_fact")
            known = taken.setdefault(envelope.node, dict(self.held.get(envelope.node, {})))
            if known.setdefault(envelope.seq, envelope) != envelope:
                raise FactsRefused("409 journal_conflict", conflict=True, highest=max(known))
        self.held.update(taken)
        for envelope in facts:
            if isinstance(envelope.fact, TicketOpened):
                self._open(envelope.contact, envelope.fact)
        return max(self.held[facts[0].node]) if facts else 0

    def _open(self, contact: str, fact: TicketOpened) -> None:
        """Keep a matter's ticket; one that brings no number is given the next of a block of its own."""
        own = ticket_number(9_000_000 + len(self.tickets))
        self.tickets.setdefault((contact, fact.matter), fact.number or own)

    def _check(self) -> None:
        if self.away:
            raise DeskUnavailable("away")


@dataclass
class MemoryPBX:
    """PBX that remembers what it was asked."""

    connected: bool = False
    redirects: list[tuple[str, str]] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    actions: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    error: Exception | None = None
    refuses: dict[str, str] = field(default_factory=dict)  # action -> what Asterisk says

    async def redirect(self, channel: str, context: str, exten: str = "s", priority: int = 1) -> None:
        self._check()
        self.redirects.append((channel, f"{context},{exten},{priority}"))

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        self._check()
        self.variables[f"{channel} {name}"] = value

    async def action(self, name: str, fields: Mapping[str, str]) -> None:
        self._check()
        self.actions.append((name, dict(fields)))
        if name in self.refuses:
            raise PBXRefused(self.refuses[name])

    async def originate(self, fields: Mapping[str, str], variables: Mapping[str, str]) -> str:
        self._check()
        self.actions.append(("Originate", {**fields, **variables}))
        return f"action-{len(self.actions)}"

    async def channels(self) -> Sequence[Mapping[str, str]]:
        self._check()
        return self.rows

    def _check(self) -> None:
        if self.error is not None:
            raise self.error
        if not self.connected:
            raise PBXUnavailable("not connected")


class OpenQueues:
    """Staffing: every queue has somebody."""

    async def line(self, queue: str) -> QueueLine:
        return QueueLine(1 if queue else 0, ())


class OneCode:
    """A catalogue of one code."""

    def find(self, code: str) -> Mapping[str, str]:
        return {"catalogue_id": "E01", "meaning_zh": "", "severity": "normal"} if code == "E01" else {}


class OneArticle:
    """A pack with one changed article."""

    def find(self, keys: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
        row = {"segments": ["整机保修三年。"], "source": "新规", "version": "7"}
        return {key: row for key in keys if key == "ans_period"}
