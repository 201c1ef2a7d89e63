"""Recognizer over a pool of decoder worker processes: admission, choice of a worker, grammars by number."""

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path

from speech.recognizers.pooled import FINISH_SECONDS, PooledRecognition
from speech.recognizers.port import RecognizerFailed
from speech.recognizers.wire import Kind, Message
from speech.recognizers.worker import LATE_SECONDS, MAX_WAITING, Worker

MAX_GRAMMARS = 256


class PooledRecognizer:
    """Port Recognizer; the caller of `start` gets the ready worker with the fewest utterances.

    finish_s: how long `finish` waits for the end; max_waiting: packets a worker may owe an answer for.
    """

    def __init__(
        self, model_path: Path, workers: int = 2, *, finish_s: float = FINISH_SECONDS, max_waiting: int = MAX_WAITING
    ) -> None:
        self._finish_s = finish_s
        self._workers = [Worker(number, model_path, max_waiting) for number in range(workers)]
        for worker in self._workers:
            worker.peers = self._workers
        self._tasks: list[asyncio.Task[None]] = []
        self._sessions = itertools.count(1)
        self._numbers = itertools.count(1)
        self._grammars: OrderedDict[tuple[str, ...], int] = OrderedDict()

    def open(self) -> None:
        """Start the workers; returns at once, `ready` tells when one can be used."""
        self._tasks = [asyncio.create_task(worker.run()) for worker in self._workers]

    async def ready(self) -> None:
        """Wait until every worker has loaded the model."""
        await asyncio.gather(*(worker.ready.wait() for worker in self._workers))

    @property
    def failure(self) -> str:
        """Why a worker that is not ready ended last; "" when none failed."""
        return next((worker.last_failure for worker in self._workers if not worker.ready.is_set()), "")

    @property
    def busy(self) -> bool:
        """See Recognizer: every worker that is there was late within the last seconds."""
        able = self._able()
        return bool(able) and all(worker.overloaded for worker in able)

    def prepare(self, phrases: Sequence[str]) -> None:
        """See Recognizer."""
        if phrases:
            number = self._grammar_number(tuple(phrases))
            for worker in self._workers:
                worker.learn(number, phrases)

    def start(self, phrases: Sequence[str]) -> PooledRecognition:
        """See Recognizer."""
        able = self._able()
        if not able:
            raise RecognizerFailed("no worker ready")
        able = [worker for worker in able if not worker.full]
        if not able:
            raise RecognizerFailed("every worker is full")
        worker = min(able, key=lambda candidate: (candidate.late(LATE_SECONDS), len(candidate.sessions)))
        number = self._grammar_number(tuple(phrases)) if phrases else 0
        if number:
            worker.learn(number, phrases)
        session = next(self._sessions)
        worker.send(Message(Kind.OPEN, session, str(number).encode()))
        recognition = PooledRecognition(worker, session, self._finish_s)
        worker.sessions[session] = recognition
        return recognition

    def _able(self) -> list[Worker]:
        """Return the workers that may get utterances; one that is about to be replaced is better than none."""
        ready = [worker for worker in self._workers if worker.ready.is_set()]
        return [worker for worker in ready if worker.able] or ready

    def _grammar_number(self, phrases: tuple[str, ...]) -> int:
        number = self._grammars.pop(phrases, 0) or next(self._numbers)
        self._grammars[phrases] = number
        if len(self._grammars) > MAX_GRAMMARS:
            self._grammars.popitem(last=False)
        return number

    def status(self) -> Mapping[str, object]:
        """See Recognizer."""
        workers = [
            {
                "pid": worker.pid,
                "ready": worker.ready.is_set(),
                "utterances": len(worker.sessions),
                "waiting": worker.waiting,
                "rss_mb": round(worker.rss_mb()),
                "restarts": worker.restarts,
                "recycled": worker.recycled,
                "failure": worker.last_failure,
            }
            for worker in self._workers
        ]
        return {"workers": workers, "busy": self.busy}

    async def close(self) -> None:
        """See Recognizer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in self._workers:
            await worker.reap()
