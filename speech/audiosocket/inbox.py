"""What came in on a line and nobody has taken yet."""

import asyncio
from collections import deque

from speech.audiosocket.protocol import AudioReceived, Event

INBOX_AUDIO_EVENTS = 250  # 5 s of 20 ms frames


class Inbox:
    """Events of one line. When nobody takes them the oldest audio is dropped and counted; keys never are."""

    def __init__(self, limit: int = INBOX_AUDIO_EVENTS) -> None:
        self.dropped = 0
        self._limit = limit
        self._events: deque[Event] = deque()
        self._audio = 0
        self._arrived = asyncio.Event()

    def put(self, event: Event) -> None:
        """Add an event; never waits."""
        self._events.append(event)
        if isinstance(event, AudioReceived):
            self._audio += 1
            if self._audio > self._limit:
                self._drop_oldest_audio()
        self._arrived.set()

    async def take(self, timeout: float) -> list[Event]:  # noqa: ASYNC109 - an empty list is the normal time-out
        """Return the waiting events, oldest first; an empty list when none came in `timeout` seconds."""
        if not self._events:
            try:
                async with asyncio.timeout(timeout):
                    await self._arrived.wait()
            except TimeoutError:
                return []
        events = list(self._events)
        self._events.clear()
        self._audio = 0
        self._arrived.clear()
        return events

    def _drop_oldest_audio(self) -> None:
        index = next(i for i, event in enumerate(self._events) if isinstance(event, AudioReceived))
        del self._events[index]
        self._audio -= 1
        self.dropped += 1
