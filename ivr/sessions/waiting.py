"""Tells each waiting caller the place and the wait: lays the words of the next beat where app_queue looks for them.

The words come late, a few seconds before their beat, and go right after it, so that little is left to be said by a
dead ivr; whatever is left is removed at the start. Without us callers hear the queue's own words.
"""

import asyncio
import shutil
import wave
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from ivr.dialplan.queues import EMERGENCY
from ivr.dialplan.variables import CALLBACK_CHANNEL
from ivr.dialplan.waiting import BEAT, FIRST_S, TURN, Standing, Told, Words, next_words, wait_minutes
from ivr.sessions.ports import PBXUnavailable, QueueLine, Staffing
from ivr.telephony.events import (
    AgentCompleted,
    AgentRingNoAnswer,
    CallerAbandoned,
    CallerJoinedQueue,
    CallerLeftQueue,
    ChannelHungUp,
    MusicChanged,
    TelephonyEvent,
)

log = structlog.get_logger(__name__)

_RECENT = timedelta(minutes=30)
_LEAD = timedelta(seconds=4)  # before the beat
_STALE = timedelta(seconds=5)  # then words that wait for a late beat are put anew
_HEARD = timedelta(seconds=0.3)  # a shorter pause of the music said nothing
_RANG_MS = 3000  # a phone that is off or refuses at once rang for nobody
_LOOK_S = 0.5
_PAUSE_S = 0.3  # between two sentences


@dataclass(slots=True)
class _Waiter:
    queue: str
    joined: datetime
    beat: datetime  # when the last one began
    told: Told = field(default_factory=Told)
    retry: bool = False
    words: Words | None = None  # what is laid out, since `laid`
    laid: datetime | None = None
    quiet: datetime | None = None  # the music stopped


class WaitingRoom:
    """`take` every event; `run` is a task. folder: the prompts that the dialplan plays; beat_s: between two beats."""

    def __init__(
        self, staffing: Staffing, folder: Path, clock: Callable[[], datetime], *, beat_s: float, wrapup_s: float
    ) -> None:
        self._staffing = staffing
        self._folder = folder
        self._clock = clock
        self._beat = timedelta(seconds=beat_s)
        self._wrapup_s = wrapup_s
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
                if self._waiters.pop(event.uniqueid, None) is not None:
                    self._clear(event.uniqueid)
            case AgentCompleted():
                self._talks.setdefault(event.queue, deque(maxlen=200)).append((event.at, event.talk_s))
            case _:
                pass

    def forget(self) -> None:
        """Leave all callers to the queue's own words: what we know of them is out of date."""
        self._waiters.clear()
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                if path.is_dir():
                    self._clear(path.name)

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
                await self._lay(uniqueid, waiter, lines[waiter.queue], now)

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
        await asyncio.to_thread(self._write, uniqueid, words)
        if self._waiters.get(uniqueid) is not waiter or waiter.words is not words:  # left or heard meanwhile
            self._clear(uniqueid)

    def _standing(self, uniqueid: str, queue: str, line: QueueLine | None, now: datetime) -> Standing:
        if line is None or uniqueid not in line.waiting:
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
        self._clear(event.uniqueid)

    def _write(self, uniqueid: str, words: Words) -> None:
        for name, keys in ((BEAT, words.beat), (TURN, words.turn)):
            path = self._folder / uniqueid / f"{name}.wav"
            try:
                if keys:
                    _join([self._folder / f"{key}.wav" for key in keys], path)
                else:
                    path.unlink(missing_ok=True)
            except (OSError, EOFError, wave.Error) as error:
                log.error("waiting_words_missing", keys=keys, error=type(error).__name__)

    def _clear(self, uniqueid: str) -> None:
        shutil.rmtree(self._folder / uniqueid, ignore_errors=True)


def _join(parts: Iterable[Path], path: Path) -> None:
    """Write the sentences one after the other; a reader sees nothing or the whole. Raises OSError, wave.Error."""
    sound: list[bytes] = []
    for part in parts:
        with wave.open(str(part)) as file:
            form = file.getparams()
            sound.append(file.readframes(file.getnframes()))
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".new")
    with wave.open(str(draft), "wb") as file:
        file.setparams(form)
        file.writeframes(bytes(round(form.framerate * _PAUSE_S) * form.sampwidth * form.nchannels).join(sound))
    draft.replace(path)
