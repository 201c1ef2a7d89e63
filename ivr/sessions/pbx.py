"""The PBX port over the AMI client, and who staffs a queue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ivr.contract.facts import HELD
from ivr.dialplan.queues import OVERFLOW_PENALTY
from ivr.sessions.ports import PBXRefused, PBXUnavailable, QueueEntry, QueueLine
from ivr.telephony.errors import AMIError, AMIRefused, UnsafeText
from ivr.telephony.events import MemberStateChanged
from ivr.telephony.translate import snapshot

_QUICK_S = 1.0
_LIST_S = 3.0
_REACHABLE = frozenset({"1", "2", "3", "6", "7", "8"})  # in use, busy, ringing, on hold too; not 0 4 5: nobody there


class AMIActions(Protocol):
    """What this adapter needs of the AMI client."""

    @property
    def connected(self) -> bool:
        """Whether there is a logged-in connection now."""

    async def action(
        self, name: str, fields: Mapping[str, str | Sequence[str]] | None = None, timeout_s: float = 5.0
    ) -> list[dict[str, str]]:
        """Send an action once and return its answer; raises AMIError, UnsafeText."""


class AMIPBX:
    """PBX by AMI actions, each sent once and answered within its time or PBXUnavailable."""

    def __init__(self, ami: AMIActions) -> None:
        self._ami = ami

    @property
    def connected(self) -> bool:
        """Whether there is a logged-in connection now."""
        return self._ami.connected

    async def redirect(self, channel: str, context: str, exten: str = "s", priority: int = 1) -> None:
        """Take a channel out of whatever it does; see PBX."""
        target = {"Channel": channel, "Context": context, "Exten": exten, "Priority": str(priority)}
        await self._ask("Redirect", target, _QUICK_S)

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """Set a channel variable; see PBX."""
        await self._ask("Setvar", {"Channel": channel, "Variable": name, "Value": value}, _QUICK_S)

    async def action(self, name: str, fields: Mapping[str, str]) -> None:
        """Run one action; see PBX."""
        await self._ask(name, fields, _LIST_S)

    async def originate(self, fields: Mapping[str, str], variables: Mapping[str, str]) -> str:
        """Place a call and return the action's id, which its OriginateResponse carries too; see Originator."""
        told: dict[str, str | Sequence[str]] = {**fields, "Variable": [f"{k}={v}" for k, v in variables.items()]}
        rows = await self._ask("Originate", told, _LIST_S)
        return rows[0].get("ActionID", "") if rows else ""

    async def channels(self) -> Sequence[Mapping[str, str]]:
        """Return CoreShowChannels' rows."""
        rows = await self._ask("CoreShowChannels", {}, _LIST_S)
        return [row for row in rows if row.get("Event") == "CoreShowChannel"]

    async def line(self, queue: str) -> QueueLine:
        """Return the agents who are reachable and not paused, and who waits; see Staffing."""
        rows = await self._ask("QueueStatus", {"Queue": queue}, _QUICK_S)
        members = [row for row in rows if row.get("Event") == "QueueMember"]
        agents = sum(_works(row) for row in members)
        # Asterisk lists the callers in the queue's own order
        return QueueLine(agents, tuple(_entry(row) for row in rows if row.get("Event") == "QueueEntry"))

    async def members(self, agent: str, now: datetime) -> Sequence[MemberStateChanged]:
        """Return the agent's memberships as they are now; see Memberships."""
        rows = await self._ask("QueueStatus", {"Member": f"PJSIP/{agent}"}, _QUICK_S)
        return snapshot((), rows, now)[0].members

    async def _ask(
        self, name: str, fields: Mapping[str, str | Sequence[str]], timeout_s: float
    ) -> list[dict[str, str]]:
        try:
            return await self._ami.action(name, dict(fields), timeout_s)
        except AMIRefused as error:
            raise PBXRefused(str(error)) from error
        except (AMIError, UnsafeText) as error:
            raise PBXUnavailable(f"{name}: {type(error).__name__}") from error


def _works(member: Mapping[str, str]) -> bool:
    """Tell whether the agent can take calls of the queue, now or after the present one.

    Who only helps after a long wait is not counted on. Who is held for an emergency works: as who is in a talk.
    """
    helps = _number(member.get("Penalty", "")) >= OVERFLOW_PENALTY
    paused = member.get("Paused") == "1" and member.get("PausedReason") != HELD
    return not helps and not paused and member.get("Status") in _REACHABLE


def _entry(row: Mapping[str, str]) -> QueueEntry:
    return QueueEntry(row.get("Uniqueid", ""), _number(row.get("Priority", "")), _number(row.get("Wait", "")))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
