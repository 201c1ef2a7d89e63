"""Tells each waiting caller the place and the wait: lays the words of the next beat where app_queue looks for them.

The words come late, a few seconds before their beat, and go right after it, for late words are true words; they end
with this process (laid_words). Without us callers hear the queue's own words.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from ivr.dialplan.queues import EMERGENCY
from ivr.dialplan.variables import CALLBACK_CHANNEL
from ivr.dialplan.waiting import BEAT, FIRST_S, TURN, Standing, Told, Words, next_words, wait_minutes
from ivr.sessions.laid_words import LaidWords
from ivr.sessions.ports import PBXUnavailable, QueueLine, Staffing
from ivr.telephony.events import (
    AgentCompleted,
    AgentRingNoAnswer,
    CallerAbandoned,
    CallerJoinedQueue,
    CallerLeftQueue,
    ChannelHungUp,
    MusicChanged,
    Snapshot,
    TelephonyEvent,
)

log = structlog.get_logger(__name__)

_RECENT = timedelta(minutes=30)
_LEAD = timedelta(seconds=4)  # before the beat
_STALE = timedelta(seconds=5)  # then words that wait for a late beat are put anew
_HEARD = timedelta(seconds=0.3)  # a shorter pause of the music said nothing
_RANG_MS = 3000  # a phone that is off or refuses at once rang for nobody
_LOOK_S = 0.5


@dataclass(slots=True)
class _Waiter:
    queue: str
    joined: datetime
    beat: datetime  # when the last one began
    told: Told = field(default_factory=Told)
    slow: bool | None = None  # as in elder mode; None: not asked yet
    retry: bool = False
    words: Words | None = None  # what is laid out, since `laid`
    laid: datetime | None = None
    quiet: datetime | None = None  # the music stopped


class WaitingRoom:
    """`take` every event; `run` is a task. folder: the prompts that the dialplan plays; beat_s: between two beats.

    is_elder: whether the caller of this uniqueid is spoken to slowly.
    """

    def __init__(
        self,
        staffing: Staffing,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        beat_s: float,
        wrapup_s: float,
        is_elder: Callable[[str], bool],
    ) -> None:
        self._staffing = staffing
        self._laid = LaidWords(folder)
        self._clock = clock
        self._beat = timedelta(seconds=beat_s)
        self._wrapup_s = wrapup_s
        self._is_elder = is_elder
        self._waiters: dict[str, _Waiter] = {}
        self._talks: dict[str, deque[tuple[datetime, int]]] = {}
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiters)

    def take(self, event: TelephonyEvent) -> None:
        """Note who comes and goes, what was heard, how long agents talk."""
        match event:
            case CallerJoinedQueue():
                if event.queue != EMERGENCY.name:
                    first = event.at + timedelta(seconds=FIRST_S) - self._beat
                    self._waiters[event.uniqueid] = _Waiter(event.queue, event.at, first)
                    self._wake.set()
            case AgentRingNoAnswer():
                waiter = self._waiters.get(event.uniqueid)
                if waiter is not None and event.ring_ms >= _RANG_MS:
                    waiter.retry, waiter.words = True, None
                    self._wake.set()
            case MusicChanged():
                self._music(event)
            case CallerLeftQueue() | CallerAbandoned() | ChannelHungUp():
                self._leave(event.uniqueid)
            case AgentCompleted():
                self._talks.setdefault(event.queue, deque(maxlen=200)).append((event.at, event.talk_s))
            case _:
                pass

    def forget(self) -> None:
        """Leave all callers to the queue's own words: what we know of them is out of date."""
        self._waiters.clear()
        self._laid.clear_all()

    def find(self, held: Snapshot) -> None:
        """Go on with the callers who wait already: ivr was restarted, or the manager was away."""
        for (queue, uniqueid), joined in held.waiting.items():
            if queue != EMERGENCY.name and uniqueid not in self._waiters:
                beats = max(0.0, (self._clock() - joined).total_seconds() - FIRST_S) // self._beat.total_seconds()
                last = joined + timedelta(seconds=FIRST_S) + beats * self._beat
                self._waiters[uniqueid] = _Waiter(queue, joined, last)
        self._wake.set()

    async def run(self) -> None:
        """Lay out words as their beats come near, for ever."""
        self.forget()
        while True:
            try:
                async with asyncio.timeout(_LOOK_S if self._waiters else None):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            await self.look()

    async def look(self) -> None:
        """Lay out what is due now."""
        now = self._clock()
        lines: dict[str, QueueLine | None] = {}
        for uniqueid, waiter in list(self._waiters.items()):
            if self._is_due(waiter, now):
                if waiter.queue not in lines:
                    lines[waiter.queue] = await self._line(waiter.queue)
                line = lines[waiter.queue]
                if self._waiters.get(uniqueid) is not waiter:
                    continue  # left while the line was asked for, and may wait again
                if line is not None and uniqueid not in line.waiting:  # its going was not told to us
                    self._leave(uniqueid)
                else:
                    await self._lay(uniqueid, waiter, line, now)

    def _leave(self, uniqueid: str) -> None:
        if self._waiters.pop(uniqueid, None) is not None:
            self._laid.clear(uniqueid)

    def _is_due(self, waiter: _Waiter, now: datetime) -> bool:
        if waiter.words is not None:
            return waiter.laid is not None and now - waiter.laid >= _STALE
        return waiter.retry or now >= waiter.beat + self._beat - _LEAD

    async def _line(self, queue: str) -> QueueLine | None:
        try:
            return await self._staffing.line(queue)
        except PBXUnavailable as error:
            log.info("queue_not_known", queue=queue, reason=str(error))
            return None

    async def _lay(self, uniqueid: str, waiter: _Waiter, line: QueueLine | None, now: datetime) -> None:
        standing = self._standing(uniqueid, waiter.queue, line, now)
        elapsed = (max(now, waiter.beat + self._beat) - waiter.joined).total_seconds()
        may_offer = not uniqueid.startswith(CALLBACK_CHANNEL)
        words = next_words(waiter.told, elapsed, standing, retry=waiter.retry, may_offer=may_offer)
        waiter.words, waiter.laid = words, now
        if waiter.slow is None:
            waiter.slow = self._is_elder(uniqueid)
        spoken = {BEAT: words.beat, TURN: words.turn}
        await asyncio.to_thread(self._laid.lay, uniqueid, spoken, slow=waiter.slow)
        if self._waiters.get(uniqueid) is not waiter or waiter.words is not words:  # left or heard meanwhile
            self._laid.clear(uniqueid)

    def _standing(self, uniqueid: str, queue: str, line: QueueLine | None, now: datetime) -> Standing:
        if line is None:
            return Standing()
        ahead = line.waiting.index(uniqueid)
        talks = self._talks.get(queue, deque())
        while talks and now - talks[0][0] > _RECENT:
            talks.popleft()
        return Standing(ahead, wait_minutes(ahead, [length for _, length in talks], line.agents, self._wrapup_s))

    def _music(self, event: MusicChanged) -> None:
        waiter = self._waiters.get(event.uniqueid)
        if waiter is None:
            return
        if not event.playing:
            waiter.beat = waiter.quiet = event.at
            return
        if waiter.quiet is None:
            return  # the queue's first music
        if waiter.words is not None and event.at - waiter.quiet >= _HEARD:
            waiter.told, waiter.retry = waiter.words.then, False
        waiter.words = waiter.quiet = None
        self._laid.clear(event.uniqueid)
