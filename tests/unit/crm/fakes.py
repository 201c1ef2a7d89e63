"""Fakes of crm's ports and tellers of calls: a set clock, a telephone that notes commands, a story of facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from crm.telephone import TelephonyRefused, TelephonyUnavailable
from ivr.contract import facts
from ivr.contract.commands import CommandName
from ivr.contract.envelope import Envelope
from ivr.contract.facts import Fact
from ivr.contract.ids import ContactId, ticket_number

NOON = datetime(2026, 11, 22, 4, 0, 0, 123_000, tzinfo=UTC)
CALLER = "+8613800138000"
CONTACT = "0123456789abcdef0123456789abcdef"
RECORDING = "11111111-2222-3333-4444-555555555555"
NUMBER = str(ticket_number(1_000_000))
ADDRESS = {"province": "广东省", "city": "佛山市", "district": "顺德区", "town": "容桂街道",
           "street": "凤翔路", "number": "18", "road": "凤翔路18号", "room": "3栋502室"}  # fmt: skip


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        """Move on."""
        self.moment += timedelta(**by)


class FakeTelephone:
    """Telephone that notes what it is told; `answer` decides: done | refused | away."""

    def __init__(self) -> None:
        self.answer = "done"
        self.told: list[tuple[CommandName, dict[str, str]]] = []

    async def command(self, name: CommandName, args: Mapping[str, str], now: datetime) -> None:  # noqa: ARG002 the port's signature
        if self.answer == "refused":
            raise TelephonyRefused("话机没有注册")
        if self.answer == "away":
            raise TelephonyUnavailable("连不上电话系统，状态没有改变。可以再试一次")
        self.told.append((name, dict(args)))

    async def reachable(self) -> bool:
        return self.answer != "away"


@dataclass
class Story:
    """Tells facts of one node in order, a second apart."""

    node: str = "ivr-1"
    contact: str = CONTACT
    at: datetime = NOON
    told: list[Envelope] = field(default_factory=list)

    def tell(self, *new: Fact, contact: str | None = None) -> list[Envelope]:
        """Add facts and return their envelopes."""
        added = []
        for fact in new:
            self.at += timedelta(seconds=1)
            name = "" if isinstance(fact, facts.AgentPhoneChanged) else self.contact if contact is None else contact
            added.append(Envelope(self.node, len(self.told) + 1, self.at, ContactId(name), fact))
            self.told.append(added[-1])
        return added


def wire(envelopes: list[Envelope]) -> dict[str, Any]:
    """Return the body of a delivery."""
    return {"facts": [envelope.to_json() for envelope in envelopes]}


def dialogue() -> list[Fact]:
    """Return the facts of a spoken repair report that ends in the queue."""
    return [
        facts.ContactStarted("hotline-1.1", "13800138000", CALLER, "4001726011", RECORDING, "v1"),
        facts.NodeEntered("main", "main_menu"),
        facts.TurnEnded("main", "main_menu", "success", "speech", "我要报修", meaning="repair", wait_ms=700),
        facts.MatterOpened(1, "repair"),
        facts.NodeEntered("repair", "repair_product"),
        facts.SlotFilled(1, "product", {"value": "boiler"}, "unverified", "speech"),
        facts.NodeEntered("fault", "fault_code"),
        facts.TurnEnded("fault", "fault_code", "no-match", "speech", clip=f"{CONTACT}/fault_code.wav"),
        facts.TurnEnded("fault", "fault_code", "success", "speech", "E零一", clip=f"{CONTACT}/fault_code-2.wav"),
        facts.SlotFilled(
            1, "fault_code", {"raw": "E零一", "canonical": "E01"}, "unverified", "speech",
            ({"canonical": "E01"}, {"canonical": "F01"}), f"{CONTACT}/fault_code-2.wav",
        ),
        facts.SlotFilled(1, "fault_code", {"raw": "E零一", "canonical": "E01"}, "voice_confirmed", "speech"),
        facts.NodeEntered("address", "address_full"),
        facts.SlotFilled(1, "address", ADDRESS, "voice_confirmed", "speech"),
        facts.TicketOpened(1, NUMBER, "repair", "normal", "reported"),
        facts.HandedOver("queue", "repair"),
    ]  # fmt: skip


def waiting() -> list[Fact]:
    """Return the facts of waiting and ringing at 8001."""
    return [facts.QueueJoined("v1", "repair", 1), facts.AgentRinging("v1", "repair", "8001")]


def talk() -> list[Fact]:
    """Return the facts from the answer to the end."""
    return [
        facts.AgentAnswered("v1", "repair", "8001", 3000, 1000),
        facts.TalkEnded("v1", "repair", "8001", "caller", 60_000),
        facts.ContactEnded("talked", 16, 90_000),
        facts.RecordingFinished(RECORDING, True, 720_044),
    ]
