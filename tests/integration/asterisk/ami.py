"""A plain AMI client for tests: blocking, with a deadline on every wait."""

import itertools
import socket
import time
from collections.abc import Callable, Mapping

Message = dict[str, str]


class NothingCame(AssertionError):
    """The awaited event or reply did not come in time."""


class Ami:
    """One logged-in connection. Events are kept, so a wait also finds what came before it."""

    def __init__(self, port: int, user: str, secret: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self._buffer = b""
        self._ids = (f"t{number}" for number in itertools.count())
        self.seen: list[Message] = []
        self.call("Login", Username=user, Secret=secret)

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def call(self, action: str, variables: Mapping[str, str] | None = None, **fields: str) -> Message:
        """Send an action and return its reply, whatever it says."""
        action_id = next(self._ids)
        lines = [("Action", action), ("ActionID", action_id), *fields.items()]
        lines += [("Variable", f"{name}={value}") for name, value in (variables or {}).items()]
        self._socket.sendall(("".join(f"{key}: {value}\r\n" for key, value in lines) + "\r\n").encode())
        return self.wait(lambda item: item.get("ActionID") == action_id and "Response" in item, f"reply to {action}")

    def wait(self, wanted: Callable[[Message], bool], what: str, within: float = 60.0) -> Message:
        """Return the first message that fits; raises NothingCame."""
        deadline = time.monotonic() + within
        place = 0
        while True:
            while place < len(self.seen):
                if wanted(self.seen[place]):
                    return self.seen[place]
                place += 1
            self._read(deadline, what)

    def forget(self) -> None:
        """Keep nothing of the calls until now, only what was told of the instance.

        The reply that is waited for stands behind every event sent before it.
        """
        self.call("Ping")
        self.seen = [item for item in self.seen if "Channel" not in item]

    def event(self, name: str, within: float = 60.0, **fields: str) -> Message:
        """Return the first event (or user event) of that name whose fields are these."""

        def fits(item: Message) -> bool:
            return name in (item.get("Event"), item.get("UserEvent")) and fields.items() <= item.items()

        return self.wait(fits, f"{name} {fields}", within)

    def _last(self) -> list[str]:
        told = [item for item in self.seen if "Event" in item and "RTCP" not in item["Event"]]
        return [f"{item.get('UserEvent', item['Event'])} {item.get('Channel', '')}" for item in told[-20:]]

    def _read(self, deadline: float, what: str) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise NothingCame(f"{what}; the last were {self._last()}")
        self._socket.settimeout(left)
        try:
            chunk = self._socket.recv(65536)
        except TimeoutError:
            raise NothingCame(f"{what}; the last were {self._last()}") from None
        if not chunk:
            raise NothingCame(f"{what}: connection closed")
        *whole, self._buffer = (self._buffer + chunk).split(b"\r\n\r\n")
        for raw in whole:
            lines = raw.decode(errors="replace").split("\r\n")
            pairs = (line.partition(": ")[::2] for line in lines if ": " in line)
            self.seen.append(dict(pairs))
