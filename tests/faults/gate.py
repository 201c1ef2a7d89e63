"""A gate on the way from ivr to Asterisk's manager: what a network does to a link, and no signal to a process can."""

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self

_PIECE = 65536  # bytes


class Gate:
    """`with Gate(port, target) as gate:` passes connections on to another port of this machine, until told otherwise.

    Its threads are its own: the tests come and go, each with a loop of its own. Raises OSError when the port is taken.
    """

    def __init__(self, port: int, target: int) -> None:
        self._door = socket.create_server(("127.0.0.1", port))
        self._target = target
        self._passable = threading.Event()
        self._passable.set()
        self._shut_until = 0.0
        self._ends: set[socket.socket] = set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="gate", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._passable.set()
        _drop(self._door)
        self._drop_all()

    def cut(self, seconds: float) -> None:
        """Close every connection and take no new one for so long."""
        self._shut_until = time.monotonic() + seconds
        self._drop_all()

    def freeze(self) -> None:
        """Let nothing pass, and close nothing: what a peer looks like whose machine has stopped."""
        self._passable.clear()

    def open(self) -> None:
        """Let everything pass again, first of all what was held back."""
        self._passable.set()

    def _drop_all(self) -> None:
        for end in list(self._ends):
            _drop(end)

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._door.accept()
            except OSError:  # the door is closed
                return
            try:
                if time.monotonic() < self._shut_until:
                    raise ConnectionRefusedError
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                _drop(near)
                continue
            self._ends |= {near, far}
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=pair, name="gate", daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_PIECE):
                self._passable.wait()
                sink.sendall(data)
        for end in (source, sink):
            _drop(end)
            self._ends.discard(end)


def _drop(end: socket.socket) -> None:
    """Close for both sides; whoever waits in recv or accept on it comes back."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
