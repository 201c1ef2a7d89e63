"""Holds an agent for each caller in danger: pauses them in the other queues by AMI, and lets them go again.

Runs beside the calls, which never wait for it. Each step looks at the agent's memberships first and changes only what
is as it expects, under the lock that an agent's own pause takes too: what the agent did is never undone.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from ivr.contract.facts import HELD
from ivr.contract.ids import ContactId
from ivr.dialplan.queues import EMERGENCY
from ivr.sessions.ports import Memberships, PBXUnavailable
from ivr.telephony.events import MemberStateChanged, Snapshot, TelephonyEvent
from ivr.telephony.holds import Holds, Step, is_ours

log = structlog.get_logger(__name__)

_LOOK_S = 0.5  # a danger that the dialogue was told is seen so late at most
_STEP_S = 2.0


class Reservation:
    """`take` every event, `find` after each snapshot; `run` is a task. dangers: contact -> since when, as of now."""

    def __init__(
        self,
        holds: Holds,
        pbx: Memberships,
        dangers: Callable[[], Mapping[ContactId, datetime]],
        clock: Callable[[], datetime],
    ) -> None:
        self._holds = holds
        self._pbx = pbx
        self._dangers = dangers
        self.pauses = asyncio.Lock()  # for whoever pauses agents: one looks and acts at a time
        self._clock = clock
        self._closing = False
        self._wake = asyncio.Event()

    def take(self, event: TelephonyEvent) -> None:
        """Note what the event says of agents."""
        self._holds.take(event)
        self._wake.set()

    def find(self, held: Snapshot) -> None:
        """Take what Asterisk holds: holds of an ivr before us are let go, unless their caller is still in danger."""
        self._holds.replace(held.members)
        self._wake.set()

    async def run(self) -> None:
        """Hold and let go, for ever."""
        while True:
            try:
                async with asyncio.timeout(_LOOK_S):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                await self.look()
            except Exception:  # one look's boundary: calls go on without a hold
                log.exception("holds_failed")

    async def look(self) -> None:
        """Take the steps that are due now; one that fails is due again at the next look."""
        if not self._pbx.connected:
            return
        for step in self._holds.steps({} if self._closing else self._dangers(), self._clock()):
            try:
                async with asyncio.timeout(_STEP_S), self.pauses:
                    await self._take(step)
            except (PBXUnavailable, TimeoutError) as error:
                log.warning("hold_not_changed", contact=step.contact, reason=str(error) or "no answer in time")

    async def close(self) -> None:
        """Let everybody go: nobody is to be held by an ivr that is not there."""
        self._closing = True
        await self.look()

    async def _take(self, step: Step) -> None:
        members = await self._pbx.members(step.agent, self._clock())
        for member in members:
            self._holds.take(member)
        hold = step.contact is not None
        if hold is not self._holds.is_held(step.agent):
            return  # ended, or begun, while we waited
        wrong = [member for member in members if (_is_open(member) if hold else is_ours(member))]
        for member in wrong:
            fields = {"Queue": member.queue, "Interface": f"PJSIP/{step.agent}", "Paused": str(hold).lower()}
            await self._pbx.action("QueuePause", fields | ({"Reason": HELD} if hold else {}))
            self._holds.take(replace(member, paused=hold, reason=HELD if hold else ""))
        if wrong:
            log.info("agent_held" if hold else "agent_let_go", contact=step.contact, queues=len(wrong))


def _is_open(member: MemberStateChanged) -> bool:
    return member.queue != EMERGENCY.name and not member.paused
