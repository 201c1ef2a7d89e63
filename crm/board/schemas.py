"""Wire forms of the board."""

from crm.wire import Shape, Time


class BoardCall(Shape):
    """A call in a queue."""

    contact: str
    number: str
    since: Time
    state: str
    agent: str
    agent_name: str


class BoardQueue(Shape):
    """One queue: now, and today."""

    queue: str
    name: str
    waiting: int
    longest_since: Time | None
    ringing: int
    talking: int
    offered: int
    answered: int
    abandoned: int
    timeout: int
    service_level: float | None
    n: int
    agents: dict[str, int]
    calls: list[BoardCall]


class BoardAgent(Shape):
    """One agent."""

    agent: str
    name: str
    account: str
    state: str
    state_name: str
    reason: str
    since: Time | None
    queues: list[str]
    contact: str
    queue: str


class BoardNode(Shape):
    """Calls in the dialogue, by station."""

    node: str
    title: str
    count: int
    longest_since: Time
    calls: list[str]


class BoardPops(Shape):
    """Today's cards."""

    missed: int
    p95_ms: int | None


class BoardRecordings(Shape):
    """Today's recordings."""

    expected: int
    present: int


class Alarm(Shape):
    """Something a person must look at."""

    key: str
    text: str
    at: Time


class Board(Shape):
    """The whole board."""

    as_of: Time
    telephony: str
    queues: list[BoardQueue]
    agents: list[BoardAgent]
    ivr: list[BoardNode]
    pops: BoardPops
    recordings: BoardRecordings
    callbacks_due: int
    voicemails: int
    alarms: list[Alarm]
