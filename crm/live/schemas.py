"""Wire forms of cards, acknowledgements and the live stream."""

from typing import Literal

from crm.agents.schemas import Me
from crm.audio import RecordingForm
from crm.board.schemas import Board
from crm.calls.schemas import LedgerForm, PathStep
from crm.customers.schemas import Person
from crm.slot_rows import SlotForm
from crm.tickets.schemas import TicketForm, TicketRow
from crm.wire import Change, PageTime, Shape, Time, example


class Tag(Shape):
    """A mark on the card."""

    key: str
    text: str
    detail: str


class Over(Shape):
    """Why a card is over."""

    reason: str
    by: str
    text: str


class Emergency(Shape):
    """The danger the caller named."""

    safety: str
    safety_name: str
    words: str
    clip: str
    at: Time


class Caller(Shape):
    """Who calls."""

    number: str
    e164: str
    anonymous: bool
    spoken_number: str
    area: str
    customer: Person | None
    candidates: list[Person]


class HistoryRow(Shape):
    """An earlier contact or ticket."""

    kind: Literal["call", "ticket"]
    id: str
    at: Time
    text: str


class Card(Shape):
    """The whole card."""

    pop: str
    kind: str
    contact: str
    linkedid: str
    visit: str
    agent: str
    queue: str
    queue_name: str
    state: str
    state_since: Time
    gone: bool
    over: Over | None
    waited_ms: int
    joined_at: Time | None
    rang_at: Time
    answered_at: Time | None
    ended_at: Time | None
    talk_ms: int | None
    emergency: Emergency | None
    tags: list[Tag]
    caller: Caller
    path: list[PathStep]
    path_ms: int
    path_note: str
    slots: list[SlotForm]
    open_tickets: list[TicketRow]
    default_ticket: str
    history: list[HistoryRow]
    draft: TicketForm | None
    recording: RecordingForm
    say_next: str
    ledger: LedgerForm


class Acknowledgement(Change):
    """The page's own time of what it acknowledges."""

    model_config = example(page_time="2026-11-22T17:45:00.000Z")
    page_time: PageTime


class Acted(Acknowledgement):
    """What the agent did with the card."""

    model_config = example(page_time="2026-11-22T17:45:00.000Z", act="opened")
    act: Literal["answered", "opened", "saved", "dismissed", "expired"]


class LiveMessage(Shape):
    """Parent of what the WebSocket carries."""

    n: int
    seq: int


class SnapshotMessage(LiveMessage):
    """Everything, always first."""

    type: Literal["snapshot"] = "snapshot"
    cards: list[Card]
    me: Me
    board: Board | None


class CardMessage(LiveMessage):
    """One whole card."""

    type: Literal["card"] = "card"
    card: Card


class MeMessage(LiveMessage):
    """The whole Me."""

    type: Literal["me"] = "me"
    me: Me


class BoardMessage(LiveMessage):
    """The whole board."""

    type: Literal["board"] = "board"
    board: Board


class HeartbeatMessage(LiveMessage):
    """The server's time, every two seconds."""

    type: Literal["heartbeat"] = "heartbeat"
    time: Time
