"""The Desk port: what ivr asks and tells crm (HTTP, private). A miss is never an error for the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from ivr.contract.envelope import Envelope
from ivr.contract.tickets import FoundTicket, TicketStatus


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product on file. spoken is how it is named to the caller ("壁挂炉")."""

    product_id: str
    spoken: str
    product_class: str  # boiler | other | unknown
    bought_on: str = ""  # ISO date on file, never spoken


@dataclass(frozen=True, slots=True)
class DraftSlot:
    """What was said for a slot, as in SlotFilled."""

    slot: str
    value: Mapping[str, str]
    status: str
    source: str
    clip: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A report of this very number that a hang-up cut less than ten minutes ago; its ticket goes on being its ticket.

    An address that was not confirmed comes without the room.
    """

    ticket: str
    kind: str
    slots: tuple[DraftSlot, ...] = ()


@dataclass(frozen=True, slots=True)
class PastMatters:
    """What a caller rang about of late, for who rings about the same again goes before others of the queue.

    tickets and kinds: of seven days; machines: product ids of the repairs of thirty days.
    """

    tickets: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GasPhone:
    """The gas company's emergency number in a city ("佛山市"), digits as dialled there."""

    city: str
    number: str


@dataclass(frozen=True, slots=True)
class CallerCard:
    """Who calls. By the number alone only partial values are given: region and road, never room or full name.

    notice_area, notice_event: what is wrong in the caller's district now ("容桂街道", "今天停气"), both or none.
    surge: many call now, reporting here is fastest. complaint_reply_by: local time by which a complaint of this call is
    answered ("2026-11-23T12:00"), "" while the company has set none. gas_phones: of all cities for which the company
    has entered one, for the caller may be elsewhere than at the known address.
    """

    known: bool = False
    customer_id: str = ""
    products: tuple[KnownProduct, ...] = ()
    address_region: str = ""
    address_road: str = ""
    address_id: str = ""
    elder: bool = False
    past: PastMatters = PastMatters()
    open_ticket: str = ""
    notice_area: str = ""
    notice_event: str = ""
    surge: bool = False
    complaint_reply_by: str = ""
    draft: Draft | None = None
    gas_phones: tuple[GasPhone, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """Ticket serials leased to one ivr: first .. first+size-1."""

    first: int
    size: int


class WarrantyLine(StrEnum):
    """What the phone may say of a warranty; each is one prompt wv_*."""

    DAYS_7 = "7d"
    DAYS_15 = "15d"
    IN = "in"
    OUT = "out"
    NO_PROOF = "no_proof"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class WarrantyQuestion:
    """What a caller said of a machine. bought_on None = not known; of a month any of its days serves.

    product_class: boiler | other | unknown. precision: day | month | unknown. has_proof: yes | no | unknown (a card or
    a receipt, one is enough). cause: "" on the phone, else quality | misuse | damage | dismantled | force_majeure.
    """

    product_class: str
    bought_on: date | None
    precision: str = "day"
    has_proof: str = "unknown"
    cause: str = ""


@dataclass(frozen=True, slots=True)
class WarrantyAnswer:
    """until: last day, included, of what line says (ISO, "" = none). reasons: codes of crm.policy.warranty."""

    line: WarrantyLine
    until: str = ""
    reasons: tuple[str, ...] = ()


class VisitCodeVerdict(StrEnum):
    """What six digits are: an engineer's, one of our own calls', or not good."""

    OK = "ok"
    CALLBACK = "callback"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class VisitCodeAnswer:
    """Whether a code is good; nothing of the customer is told. Fields that do not belong to the verdict are "".

    ok: engineer (name), badge_no, window ("11月22日 17:00–19:00"), fee: in | out | "" (not known).
    callback: date, ISO, of our call. bad: reason: unknown | expired | other_ticket | too_many | no_code.
    """

    verdict: VisitCodeVerdict
    engineer: str = ""
    badge_no: str = ""
    window: str = ""
    fee: str = ""
    date: str = ""
    reason: str = ""


class DeskUnavailable(Exception):
    """crm did not answer in time or refused; the caller goes on without it."""


class DeskFailed(DeskUnavailable):
    """crm is there and broke over this very request; others may fare better."""


class FactsRefused(Exception):
    """crm is there and will not take these facts; sending the same again brings the same.

    reason: a short constant text without personal data. conflict: crm holds another fact of this node under a number
    of these, so it does not hold ours; its highest number is `highest` then.
    """

    def __init__(self, reason: str, *, conflict: bool = False, highest: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.conflict = conflict
        self.highest = highest


class Desk(Protocol):
    """Asked by ivr. Every method raises DeskUnavailable within its time-out and never blocks longer."""

    async def identify(self, caller_e164: str, did: str) -> CallerCard:
        """Tell who calls, within 1.5 s."""

    async def lease_numbers(self, node: str) -> NumberBlock:
        """Lease a fresh block of 1000 ticket serials; never the same one twice."""

    async def warranty(self, question: WarrantyQuestion) -> WarrantyAnswer:
        """Tell what holds for a machine today (三包), within 1.5 s."""

    async def visit_code(self, code: str, caller_e164: str) -> VisitCodeAnswer:
        """Tell whether the six digits an engineer gave at the door are good, within 1.5 s; "" = he has none."""

    async def tickets_of(self, caller_e164: str) -> tuple[TicketStatus, ...]:
        """Return the caller's open tickets, newest first, at most three, within 1.5 s."""

    async def find_ticket(self, number: str, tail: str) -> FoundTicket:
        """Find an open ticket by its number; its status is told when `tail` ends the telephone it belongs to."""

    async def open_callback(self, number: str) -> bool:
        """Tell whether this number (E.164) keeps a place already, in which it is called back."""

    async def ship(self, facts: Sequence[Envelope]) -> int:
        """Deliver facts in order, idempotent by (node, seq); returns the highest seq of this node that crm holds.

        Raises FactsRefused and DeskFailed too; some of the facts before the bad one may have been taken then.
        """
