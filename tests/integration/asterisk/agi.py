"""A stand-in for ivr: a FastAGI server whose sessions the test leads line by line, and which can be away."""

import contextlib
import queue
import re
import socket
import threading


class Session:
    """One AGI session. Every wait has a time-out."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._socket.settimeout(10)
        self._file = connection.makefile("r", encoding="utf-8", newline="\n")
        self.env: dict[str, str] = {}
        while line := self._file.readline().strip():
            key, _, value = line.partition(": ")
            self.env[key] = value

    def command(self, text: str) -> str:
        """Send one command and return its reply line."""
        self._socket.sendall(f"{text}\n".encode())
        return self._file.readline().strip()

    def get(self, variable: str) -> str:
        """Return a channel variable, "" when it is not set."""
        found = re.search(r"\((.*)\)", self.command(f"GET VARIABLE {variable}"))
        return found[1] if found else ""

    def put(self, variable: str, value: str) -> None:
        """Set a channel variable."""
        assert self.command(f'SET VARIABLE {variable} "{value}"') == "200 result=1"

    def end(self) -> None:
        """Close the session, as ivr does at its end and when it is killed."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._file.close()
        self._socket.close()


class AgiServer:
    """Away (connection refused) until `come`; then each call is a session to be taken with `session`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._sessions: queue.Queue[Session] = queue.Queue()
        self._given: list[Session] = []

    def come(self) -> None:
        """Listen."""
        server = socket.create_server(("127.0.0.1", self._port))
        self._server = server
        self._thread = threading.Thread(target=self._accept, args=(server,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Be away again; running sessions stay."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)
        self._server = None

    def session(self, within: float = 60.0) -> Session:
        """Return the next session."""
        self._given.append(self._sessions.get(timeout=within))
        return self._given[-1]

    def end_sessions(self) -> None:
        """End what a test took and, failing, left open."""
        while self._given:
            self._given.pop().end()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            self._sessions.put(Session(connection))
