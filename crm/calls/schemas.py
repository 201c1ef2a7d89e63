"""Wire forms of calls."""

from crm.audio import RecordingForm
from crm.slot_rows import SlotForm
from crm.wire import Shape, Time


class CallRow(Shape):
    """A line of the list."""

    contact: str
    started_at: Time
    ended_at: Time | None
    number: str
    customer: str
    customer_name: str
    queue: str
    queue_name: str
    agent: str
    agent_name: str
    outcome: str
    outcome_name: str
    wait_ms: int | None
    talk_ms: int | None
    tickets: list[str]
    recording: RecordingForm


class PathStep(Shape):
    """One station of the dialogue; neighbours of the same title are joined."""

    node: str
    title: str
    at: Time
    stay_ms: int
    note: str


class TurnForm(Shape):
    """One turn."""

    at: Time
    flow: str
    node: str
    title: str
    cause: str
    cause_name: str
    mode: str
    text: str
    digits: str
    meaning: str
    clip: str
    attempt: int
    wait_ms: int
    barged_in: bool


class MatterForm(Shape):
    """One matter with what was heard for it."""

    matter: int
    kind: str
    kind_name: str
    ticket: str
    slots: list[SlotForm]


class RingForm(Shape):
    """An agent's phone rang."""

    agent: str
    at: Time
    reason: str
    ring_ms: int


class VisitForm(Shape):
    """One queue visit."""

    visit: str
    queue: str
    queue_name: str
    joined_at: Time
    answered_at: Time | None
    left_at: Time | None
    ended_at: Time | None
    agent: str
    agent_name: str
    outcome: str
    outcome_name: str
    wait_ms: int | None
    ring_ms: int | None
    talk_ms: int | None
    certain: bool
    rings: list[RingForm]


class LedgerForm(Shape):
    """When a card was made, sent, received, shown and acted on (server's times)."""

    created: Time
    sent: Time | None
    received: Time | None
    shown: Time | None
    acted: Time | None


class PopForm(Shape):
    """One line of the pop ledger."""

    pop: str
    agent: str
    kind: str
    ledger: LedgerForm


class CallForm(CallRow):
    """The whole call. language: in words, what the caller was heard to speak other than Mandarin, "" nothing."""

    linkedids: list[str]
    did: str
    area: str
    duration_ms: int | None
    language: str
    path: list[PathStep]
    turns: list[TurnForm]
    matters: list[MatterForm]
    visits: list[VisitForm]
    pops: list[PopForm]
