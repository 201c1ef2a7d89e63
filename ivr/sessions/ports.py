"""What a session needs from around it, as ports: the flow, the channel's PBX, and the errors that end a dialogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from ivr.contract.dialogue import Effect, Input
from ivr.telephony.events import MemberStateChanged
from speech.contract import Lexicon, Segment


class MediaRefused(Exception):
    """The media resource did not take the dialogue; the reason is a constant word. Keys go on without it."""


class MediaStuck(Exception):
    """The channel sits in AudioSocket and nobody answers there; only an AMI Redirect takes it out."""


class FlowBroken(Exception):
    """The flow did not do what it must: no waiting effect, or it goes on after a hang-up."""


class PBXUnavailable(Exception):
    """Asterisk's manager did not do it: not connected, timed out or refused. Never tried again by us."""


class Flow(Protocol):
    """The pure flow machine with its documents."""

    @property
    def fingerprint(self) -> str:
        """Changes when the documents change."""

    @property
    def lexicon(self) -> Lexicon:
        """Phrases that mean the same at every listening node, for the media resource."""

    @property
    def apology(self) -> tuple[Segment, ...]:
        """What is said when the dialogue broke and a person follows."""

    def begin(self) -> Any:
        """Return the state before the first input (Started)."""

    def step(self, state: Any, item: Input) -> tuple[Any, Sequence[Effect]]:
        """Return the next state, any number of Save and exactly one other effect, the last one."""

    def place(self, state: Any) -> tuple[str, str]:
        """Return the flow and the node where a dialogue stands, "" and "" before its first question."""

    def is_elder(self, state: Any) -> bool:
        """Tell whether the caller is spoken to slowly."""

    def slot(self, state: Any) -> str:
        """Return what the question fills where a dialogue stands: a slot, "confirm" for a read-back, or ""."""


class PBX(Protocol):
    """What sessions and commands ask of Asterisk by AMI. Every method raises PBXUnavailable."""

    @property
    def connected(self) -> bool:
        """Whether there is a logged-in connection now."""

    async def redirect(self, channel: str, context: str, exten: str = "s", priority: int = 1) -> None:
        """Take a channel out of whatever it does and go on in the dialplan."""

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """Set a channel variable."""

    async def action(self, name: str, fields: Mapping[str, str]) -> None:
        """Run one action that answers Success or Error; raises PBXRefused for the latter."""

    async def channels(self) -> Sequence[Mapping[str, str]]:
        """Return CoreShowChannels' rows."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A caller in a queue. priority: the QUEUE_PRIO; wait_s: since when, in seconds that are wrong by up to one."""

    uniqueid: str
    priority: int = 0
    wait_s: int = 0

    def joined(self, now: datetime) -> datetime:
        """Return the earliest moment at which the caller can have come."""
        return now - timedelta(seconds=self.wait_s + 1)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A queue at this moment. agents: how many could take a call, now or after the present one.

    entries: the callers, who is next first.
    """

    agents: int
    entries: tuple[QueueEntry, ...] = ()

    @property
    def waiting(self) -> tuple[str, ...]:
        """Return the callers' uniqueids, who is next first."""
        return tuple(entry.uniqueid for entry in self.entries)


class Staffing(Protocol):
    """Tells who works at a queue and who waits there."""

    async def line(self, queue: str) -> QueueLine:
        """Return the queue as it is now; raises PBXUnavailable."""


class Memberships(Protocol):
    """Tells and changes how the queues have an agent. Every method raises PBXUnavailable."""

    @property
    def connected(self) -> bool:
        """Whether there is a logged-in connection now."""

    async def members(self, agent: str, now: datetime) -> Sequence[MemberStateChanged]:
        """Return the agent's memberships as they are now."""

    async def action(self, name: str, fields: Mapping[str, str]) -> None:
        """Run one action that answers Success or Error; raises PBXRefused for the latter."""


class PBXRefused(PBXUnavailable):
    """Asterisk answered Error; the text is Asterisk's own."""
