"""The far end of a call: an AudioSocket server that keeps what it hears and says what it is told."""

import contextlib
import socket
import threading
import time
import uuid

import numpy as np
from numpy.typing import NDArray

FRAME = 320  # bytes: 20 ms of s16 at 8 kHz
RATE = 8000
Samples = NDArray[np.float64]


class Line:
    """One call's audio. Times are seconds of audio heard since the socket came."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.audio = bytearray()
        self.keys = ""
        self.say = b""  # s16; taken frame by frame, then silence
        self.came = threading.Event()
        self.gone = threading.Event()
        self.hangup = threading.Event()
        self.changed = threading.Condition()

    def samples(self) -> Samples:
        """Return what was heard so far."""
        whole = bytes(self.audio[: len(self.audio) // 2 * 2])
        return np.frombuffer(whole, dtype="<i2").astype(np.float64)

    def until_hears(self, prompt: Samples, within: float) -> float:
        """Wait until `prompt` was heard; return where it began, in seconds; raises AssertionError."""
        deadline = time.monotonic() + within
        while True:
            place = find(self.samples(), prompt)
            if place is not None:
                return place / RATE
            assert time.monotonic() < deadline, f"{self.name}: the prompt was not heard"
            with self.changed:
                self.changed.wait(0.5)


class Exchange:
    """The server. A robot may ring and answer before the test asks for its line: both find the same."""

    def __init__(self, port: int) -> None:
        self._lines: dict[str, Line] = {}
        self._known = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", port), reuse_port=False)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def line(self, identity: str = "") -> Line:
        """Return the call's line, a fresh one without `identity`; its name is the uuid to give to AudioSocket."""
        name = identity or str(uuid.uuid4())
        with self._known:
            return self._lines.setdefault(name, Line(name))

    def close(self) -> None:
        """End every call and the server."""
        with self._known:
            lines = list(self._lines.values())
        for line in lines:
            line.hangup.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _, payload = _message(connection)
            line = self.line(str(uuid.UUID(bytes=payload)))
            line.came.set()
            speaker = threading.Thread(target=_speak, args=(line, connection), daemon=True)
            speaker.start()
            try:
                _listen(line, connection)
            finally:
                line.gone.set()
                speaker.join(5)


def _listen(line: Line, connection: socket.socket) -> None:
    while True:
        kind, payload = _message(connection)
        if kind == 0x00:
            return
        with line.changed:
            if kind == 0x10:
                line.audio += payload
            elif kind == 0x03:
                line.keys += payload.decode("ascii")
            line.changed.notify_all()


def _speak(line: Line, connection: socket.socket) -> None:
    due = time.monotonic()
    while not line.gone.is_set():
        if line.hangup.is_set():
            with contextlib.suppress(OSError):
                connection.sendall(b"\x00\x00\x00")
            return
        frame, line.say = line.say[:FRAME].ljust(FRAME, b"\0"), line.say[FRAME:]
        with contextlib.suppress(OSError):
            connection.sendall(b"\x10" + FRAME.to_bytes(2, "big") + frame)
        due = max(due + 0.02, time.monotonic() - 0.02)
        line.gone.wait(max(0.0, due - time.monotonic()))


def _message(connection: socket.socket) -> tuple[int, bytes]:
    head = _exactly(connection, 3)
    return head[0], _exactly(connection, int.from_bytes(head[1:], "big"))


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        chunk = connection.recv(count - len(data))
        if not chunk:
            raise ConnectionResetError
        data += chunk
    return data


def find(heard: Samples, prompt: Samples) -> int | None:
    """Return where `prompt` begins in `heard`, else None: 0.6 s from its middle are looked for by correlation."""
    middle = len(prompt) // 2
    part = prompt[max(0, middle - 2400) : middle + 2400]
    if len(heard) < len(part):
        return None
    size = 1 << (len(heard) + len(part)).bit_length()
    product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(part, size))
    dots = np.fft.irfft(product, size)[: len(heard) - len(part) + 1]
    power = np.concatenate(([0.0], np.cumsum(heard**2)))
    norms = np.sqrt(np.maximum(power[len(part) :] - power[: -len(part)], 1.0)) * np.sqrt(np.sum(part**2))
    score = dots / norms
    best = int(np.argmax(score))
    return best - max(0, middle - 2400) if score[best] > 0.7 else None


def longest_silence(heard: Samples) -> float:
    """Return the longest stretch in seconds in which no 20 ms frame is louder than a whisper."""
    frames = heard[: len(heard) // 160 * 160].reshape(-1, 160)
    longest = run = 0
    for loud in np.sqrt(np.mean(frames**2, axis=1)) > 60:
        run = 0 if loud else run + 1
        longest = max(longest, run)
    return longest * 0.02


def tone(frequencies: tuple[float, ...], seconds: float) -> bytes:
    """Return a tone (or a pair, as keys make) as s16 bytes."""
    steps = np.arange(int(RATE * seconds)) / RATE
    wave = sum(np.sin(2 * np.pi * hz * steps) for hz in frequencies) * (12000 / len(frequencies))
    return np.asarray(wave, dtype="<i2").tobytes()
