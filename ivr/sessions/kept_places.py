"""Who is called back comes in at the place that was kept: worked out from who stands in the queue when they come.

A place told when the call is placed is wrong by whoever came or went while it rang. Asterisk reads HL_POSITION when the
caller joins; we keep it right from the answer until an agent has the caller, for key 1 joins once more.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from ivr.dialplan.variables import HL_POSITION
from ivr.sessions.ports import PBX, PBXUnavailable, QueueEntry, Staffing
from ivr.telephony.events import AgentConnected, CallStarted, ChannelHungUp, Kept, TelephonyEvent

log = structlog.get_logger(__name__)

_LOOK_S = 1.0


def place_of(kept: Kept, entries: Sequence[QueueEntry], since: Callable[[QueueEntry], datetime]) -> int:
    """Return the place from 1: behind all of higher priority, and of the same all who came before. entries: in order,
    without the one who comes; since: when somebody came."""
    for number, entry in enumerate(entries, 1):
        later = entry.priority == kept.priority and since(entry) > kept.since
        if entry.priority < kept.priority or later:
            return number
    return len(entries) + 1


@dataclass(slots=True)
class _Coming:
    kept: Kept
    told: int = 0


class KeptPlaces:
    """`take` every event; `run` is a task."""

    def __init__(self, staffing: Staffing, pbx: PBX, clock: Callable[[], datetime]) -> None:
        self._staffing = staffing
        self._pbx = pbx
        self._clock = clock
        self._coming: dict[str, _Coming] = {}
        self._wake = asyncio.Event()

    def take(self, event: TelephonyEvent) -> None:
        """Note who was called back and answered, and who has an agent or is gone."""
        match event:
            case CallStarted(kept=Kept() as kept):
                self._coming[event.uniqueid] = _Coming(kept)
                self._wake.set()
            case AgentConnected() | ChannelHungUp():
                self._coming.pop(event.uniqueid, None)
            case _:
                pass

    @property
    def coming(self) -> frozenset[str]:
        """Return the channels of who was called back and has no agent yet."""
        return frozenset(self._coming)

    def let_go(self, gone: Collection[str]) -> None:
        """Forget these channels: the manager was away, and nobody told their end."""
        for uniqueid in gone:
            self._coming.pop(uniqueid, None)

    async def run(self) -> None:
        """Keep the places right, for ever."""
        while True:
            await self._wake.wait()
            await self.look()
            if not self._coming:
                self._wake.clear()
            else:
                await asyncio.sleep(_LOOK_S)

    async def look(self) -> None:
        """Tell Asterisk each place that is another than it was told."""
        for uniqueid, coming in list(self._coming.items()):
            try:
                await self._tell(uniqueid, coming)
            except PBXUnavailable as error:  # the place of before stays
                log.info("place_not_told", uniqueid=uniqueid, reason=str(error))

    async def _tell(self, uniqueid: str, coming: _Coming) -> None:
        line, now = await self._staffing.line(coming.kept.queue), self._clock()
        others = tuple(entry for entry in line.entries if entry.uniqueid != uniqueid)
        place = place_of(coming.kept, others, lambda entry: self._since(entry, now))
        if place != coming.told:
            await self._pbx.set_variable(uniqueid, HL_POSITION, str(place))
            coming.told = place

    def _since(self, entry: QueueEntry, now: datetime) -> datetime:
        called = self._coming.get(entry.uniqueid)
        return called.kept.since if called else entry.joined(now)
