"""One decoder worker as the media process sees it: its process, its utterances, its queue, its memory.

A worker's death, hang or overflow costs its utterances and nothing else; it is started again whenever it ends.
"""

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import structlog

from speech.recognizers.pooled import PooledRecognition
from speech.recognizers.wire import Kind, Message, Unpacker, WireBroken, encode_message

log = structlog.get_logger(__name__)

READY_SECONDS = 60.0
HANG_SECONDS = 2.0  # a packet takes milliseconds; a worker that answers nothing for so long is stopped or looping
LATE_SECONDS = 0.3  # no new utterances for a worker that keeps us waiting
OVERLOAD_SECONDS = 5.0  # a worker that was late counts as full for so long
MAX_WAITING = 400  # packets a worker has not answered yet: 40 s of audio, a second or two of work
WATCH_SECONDS = 0.25
RESTART_SECONDS = (0.1, 0.5, 2.0, 5.0)
MAX_GROWTH_MB = 600.0  # since it was ready; decoders keep what they once needed: some 45 MB each on the shelf
_RECYCLED = "recycled"
_ANSWERED = {Kind.AUDIO, Kind.FINISH, Kind.PING}
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


class Worker:
    """One worker process, started again whenever it ends."""

    def __init__(self, number: int, model_path: Path, max_waiting: int = MAX_WAITING) -> None:
        self.number = number
        self.max_waiting = max_waiting
        self.peers: Sequence[Worker] = ()  # all workers of the pool: two never retire together
        self.retiring = False
        self.recycled = 0
        self.pid = 0
        self.ready = asyncio.Event()
        self.restarts = 0
        self.failure = ""
        self.last_failure = ""
        self.grammars: set[int] = set()
        self.sessions: dict[int, PooledRecognition] = {}
        self._model_path = model_path
        self._writer: asyncio.StreamWriter | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._unanswered: deque[float] = deque()
        self._answered_at = 0.0
        self._late_until = 0.0
        self._ready_mb = 0.0

    @property
    def able(self) -> bool:
        """Tell whether it may get new utterances."""
        return self.ready.is_set() and not self.retiring

    @property
    def waiting(self) -> int:
        """Return how many requests it has not answered."""
        return len(self._unanswered)

    @property
    def overloaded(self) -> bool:
        """Tell whether it was late within the last seconds."""
        return self.late(LATE_SECONDS) or asyncio.get_running_loop().time() < self._late_until

    @property
    def full(self) -> bool:
        """Tell whether it can take nothing more now."""
        return self.waiting >= self.max_waiting

    def send(self, message: Message) -> None:
        """Send a request; does nothing while the process is away."""
        if self._writer is None or self._writer.is_closing():
            return
        if message.kind in _ANSWERED:
            self._unanswered.append(asyncio.get_running_loop().time())
        self._writer.write(encode_message(message))

    def learn(self, number: int, phrases: Sequence[str]) -> None:
        """Let it make the recognizer of a grammar that it does not have yet."""
        if number not in self.grammars and self.ready.is_set():
            self.grammars.add(number)
            self.send(Message(Kind.GRAMMAR, number, json.dumps(list(phrases), ensure_ascii=False).encode()))

    def forget(self, session: int) -> None:
        """Throw an utterance away."""
        if self.sessions.pop(session, None) is not None:
            self.send(Message(Kind.CANCEL, session))

    def late(self, seconds: float) -> bool:
        """Tell whether an answer has been waited for so long."""
        return bool(self._unanswered) and asyncio.get_running_loop().time() - self._unanswered[0] > seconds

    def hung(self) -> bool:
        """Tell whether it owes answers and gives none; killing one that is behind but works would help nobody."""
        silent = asyncio.get_running_loop().time() - self._answered_at
        return self.late(HANG_SECONDS) and silent > HANG_SECONDS

    async def run(self) -> None:
        """Keep the process alive until cancelled."""
        failures = 0
        while True:
            started = asyncio.get_running_loop().time()
            self.failure = ""
            await self._live()
            if self.failure == _RECYCLED:
                self.recycled += 1
                log.info("decoder_recycled", worker=self.number)
                continue
            self.last_failure = self.failure or "ended"
            self.restarts += 1
            failures = 1 if asyncio.get_running_loop().time() - started > 10 else failures + 1
            delay = RESTART_SECONDS[min(failures, len(RESTART_SECONDS)) - 1]
            log.warning("decoder_restarting", worker=self.number, delay_s=delay, failure=self.last_failure)
            await asyncio.sleep(delay)

    async def _live(self) -> None:
        """Start the process and serve it until it ends, is killed or this task is cancelled."""
        ours, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as unused:
            unused.callback(ours.close)
            process = await self._start(theirs)
            unused.pop_all()
        watching = asyncio.create_task(self._watch(process))
        try:
            reader, self._writer = await asyncio.open_connection(sock=ours)
            await self._read(reader)
        except (OSError, WireBroken) as error:
            self.failure = self.failure or type(error).__name__
        finally:
            self._lose_all()
            watching.cancel()
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            await self.reap()
            await asyncio.gather(watching, return_exceptions=True)

    async def reap(self) -> None:
        """Kill the process if it still runs and wait for its end; `close` calls it again, for a cancel may cut it."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _start(self, pipe: socket.socket) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "speech.recognizers.vosk_worker"),
            *(str(self._model_path), str(pipe.fileno())),
            pass_fds=(pipe.fileno(),),
            env={**os.environ, "MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            cwd=Path(__file__).parents[2],
        )
        self.pid, self._process = process.pid, process
        return process

    async def _read(self, reader: asyncio.StreamReader) -> None:
        unpacker = Unpacker()
        while data := await reader.read(65536):
            for message in unpacker.feed(data):
                self._take(message)

    def _take(self, message: Message) -> None:
        match message.kind:
            case Kind.READY:
                self._ready_mb = self.rss_mb()
                self.ready.set()
            case Kind.FAILED:
                self.failure = message.payload.decode("utf-8", "replace")
                log.error("decoder_cannot_start", worker=self.number, failure=self.failure)
            case Kind.DROPPED:
                words = json.loads(message.payload)
                if words:
                    log.warning("grammar_words_unknown", worker=self.number, count=len(words), words=words[:20])
            case Kind.PARTIAL | Kind.FINAL | Kind.PONG:
                self._note_answer(asyncio.get_running_loop().time())
                recognition = self.sessions.get(message.session)
                if recognition is not None and message.payload:
                    grammar, free = json.loads(message.payload)
                    recognition.heard((grammar, free), final=message.kind is Kind.FINAL)
            case _:
                raise WireBroken(f"worker sent {message.kind}")

    def _note_answer(self, now: float) -> None:
        self._answered_at = now
        if self._unanswered and now - self._unanswered.popleft() > LATE_SECONDS:
            self._late_until = now + OVERLOAD_SECONDS

    def rss_mb(self) -> float:
        """Return the process's resident memory in MB, 0 when it is gone."""
        try:
            return int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]) * _PAGE_MB
        except (OSError, IndexError):
            return 0.0

    def _retires(self) -> bool:
        """Tell whether it has grown too big and its last utterance is over; it gets no new ones meanwhile."""
        if not self.retiring:
            others = all(peer.able for peer in self.peers if peer is not self)
            self.retiring = others and self.rss_mb() - self._ready_mb > MAX_GROWTH_MB
        return self.retiring and not self.sessions

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            unready = not self.ready.is_set() and loop.time() - started > READY_SECONDS
            if unready or self.hung():
                self.failure = "hung"
                log.error("decoder_hung", worker=self.number, pid=process.pid)
                process.kill()
                return
            if self.ready.is_set() and self._retires():
                self.failure = _RECYCLED
                process.kill()
                return
            if self.ready.is_set() and not self._unanswered:
                self.send(Message(Kind.PING))

    def _lose_all(self) -> None:
        self.ready.clear()
        self.retiring = False
        lost, self.sessions = self.sessions, {}
        self.grammars.clear()
        self._unanswered.clear()
        for recognition in lost.values():
            recognition.lose()
        if lost:
            log.warning("recognitions_lost", worker=self.number, count=len(lost))
