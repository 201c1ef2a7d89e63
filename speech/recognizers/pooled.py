"""One utterance in a decoder worker, as the port's Recognition."""

import asyncio
from typing import Protocol

from speech.recognizers.port import PACKET_BYTES, Hearing, RecognizerFailed, rank
from speech.recognizers.wire import Kind, Message

FINISH_SECONDS = 0.5  # then the last partial has to do; the caller is waiting


class Served(Protocol):
    """What an utterance needs of its worker."""

    @property
    def full(self) -> bool:
        """Tell whether it can take nothing more now."""

    def send(self, message: Message) -> None:
        """Send a request; does nothing while the process is away."""

    def forget(self, session: int) -> None:
        """Throw an utterance away."""


class PooledRecognition:
    """One utterance in one worker (port Recognition)."""

    def __init__(self, worker: Served, session: int, finish_s: float) -> None:
        self._worker = worker
        self._session = session
        self._buffer = bytearray()
        self._heard = ("", "")
        self._finish_s = finish_s
        self._final: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        self._over = False
        self.lost = False

    def feed(self, pcm: bytes) -> None:
        """See Recognition."""
        if self._over or self.lost:
            return
        self._buffer += pcm
        while len(self._buffer) >= PACKET_BYTES and not self.lost:
            self._send_packet(PACKET_BYTES)

    def partial(self) -> tuple[str, ...]:
        """See Recognition."""
        return rank(*self._heard)

    async def finish(self) -> Hearing:
        """See Recognition."""
        if self._over or self.lost:
            self.cancel()
            raise RecognizerFailed("recognizer lost")
        if self._buffer:
            self._send_packet(len(self._buffer))
        if self.lost:
            raise RecognizerFailed("queue full")
        self._worker.send(Message(Kind.FINISH, self._session))
        try:
            async with asyncio.timeout(self._finish_s):
                return Hearing(rank(*await self._final))
        except TimeoutError:
            if not self.partial():
                raise RecognizerFailed("no answer in time") from None
            return Hearing(self.partial(), degraded=True)
        finally:
            self.cancel()

    def cancel(self) -> None:
        """See Recognition."""
        if not self._over:
            self._over = True
            self._worker.forget(self._session)

    def heard(self, texts: tuple[str, str], *, final: bool) -> None:
        """Take the worker's answer."""
        self._heard = texts
        if final and not self._final.done():
            self._final.set_result(texts)

    def lose(self) -> None:
        """The worker is gone."""
        self.lost = True
        if not self._final.done():
            self._final.set_exception(RecognizerFailed("worker died"))
            self._final.exception()  # fetched: nobody may be waiting for it

    def _send_packet(self, size: int) -> None:
        if self._worker.full:
            self.cancel()
            self.lose()
            return
        self._worker.send(Message(Kind.AUDIO, self._session, bytes(self._buffer[:size])))
        del self._buffer[:size]
