"""panoramisk 1.4 made safe: its parser, serializer and dispatcher are used, its known defects are overridden here.

What stays panoramisk's: splitting the stream into messages, Message, Action's text form, Manager's event dispatch.
What does not: decoding per segment, when an action is complete, consuming events that carry an ActionID, replay after a
reconnect, reconnecting, logging messages, and letting one bad message close the connection.
"""

import asyncio
import codecs
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from ivr.telephony.errors import UnsafeText
from ivr.telephony.wire_text import safe_text
from liveness.peers import peer_name

log = structlog.get_logger(__name__)

RawEvent = Mapping[str, str]
Fields = Mapping[str, str | Sequence[str]]

MAX_LINE_BYTES = 1_000  # Asterisk reads lines into 1025 bytes and discards longer ones
MAX_FIELDS = 100  # Asterisk keeps 128 headers
MAX_MESSAGE_CHARS = 1_000_000
_BANNER = "Asterisk Call Manager/"
_MAX_ID = 64  # of what the peer calls its things, in the log
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")

_silent = logging.getLogger("ivr.telephony.ami.panoramisk")
_silent.disabled = True  # panoramisk logs whole messages, and the login when a write fails


def checked_fields(name: str, fields: Fields) -> dict[str, str | list[str]]:
    """Return the action as header lines, or raise UnsafeText: the choke point for everything sent over AMI.

    Refused: control characters in any key or value, foreign characters in keys, lines and actions Asterisk would
    discard, and an ActionID (it is ours to choose).
    """
    lines: dict[str, str | list[str]] = {"Action": safe_text("Action", name, max_bytes=64)}
    count = 1
    for key, value in fields.items():
        if not _KEY.fullmatch(key) or key.lower() in ("action", "actionid"):
            raise UnsafeText(f"{name}: bad field name")
        values = [value] if isinstance(value, str) else list(value)
        count += len(values)
        for item in values:
            safe_text(f"{name}.{key}", item, max_bytes=MAX_LINE_BYTES - len(key) - 2)
        lines[key] = values[0] if len(values) == 1 else values
    if count > MAX_FIELDS:
        raise UnsafeText(f"{name}: too many fields")
    return lines


def as_mapping(message: Any) -> dict[str, str]:
    """Turn a panoramisk Message into plain text; a repeated header's values are joined by line feeds."""
    return {
        key: "\n".join(value) if isinstance(value, list) else value
        for key, value in message.items()
        if key != "content"
    }


class GuardedAction(Action):  # type: ignore[misc] # panoramisk carries no types
    """One action in flight. `future` gets every part of the answer, or an exception."""

    future: asyncio.Future[list[dict[str, str]]]

    def offer(self, message: Any) -> bool:
        """Take a message that carries our ActionID; False when it is an event that is not part of the answer."""
        if not self.responses and "event" in message:
            return False
        if self.responses and "response" in message:
            return "event" not in message  # OriginateResponse is an event with a Response header
        listed = bool(self.responses) or message.eventlist.lower() == "start"
        part = as_mapping(message)
        self.responses.append(part)
        last = message.eventlist.lower() in ("complete", "cancelled") or message.event.endswith("Complete")
        if (last or not listed) and not self.future.done():
            self.future.set_result(self.responses)
        return True


class GuardedProtocol(AMIProtocol):  # type: ignore[misc] # panoramisk carries no types
    """One connection's bytes. `on_lost` is called once when the connection is gone."""

    def __init__(self, manager: Manager, on_lost: Callable[[], None]) -> None:
        self._manager = manager
        self._on_lost = on_lost
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._head = ""  # the first characters that came, as many as the banner has
        self._peer = ""
        self.malformed = 0

    def connection_made(self, transport: Any) -> None:
        """Take the transport and set now what panoramisk sets later: an early byte must not meet half an object."""
        super().connection_made(transport)
        self.factory = self._manager
        self.encoding = "utf-8"
        self.log = _silent
        self._peer = peer_name(transport)

    def data_received(self, data: bytes) -> None:
        """Decode across segments and parse; who is no manager, and a stream that never ends a message, is cut off."""
        text = self._decoder.decode(data)
        if not text:
            return
        self._head += text[: len(_BANNER) - len(self._head)]
        if not _BANNER.startswith(self._head):
            self._cut_off("ami_foreign_peer")
            return
        super().data_received(text.encode())
        if self.queue and len(self.queue[0]) > MAX_MESSAGE_CHARS:
            self._cut_off("ami_message_too_long")

    def _cut_off(self, why: str) -> None:
        log.error(why, peer=self._peer)
        self.transport.abort()

    def handle_message(self, message: Any) -> None:
        """Give a message to its action or to the listeners; one bad message must not close the connection."""
        try:
            self._hand_on(message)
        except Exception:  # one event
            self.malformed += 1
            known = {"kind": message.event or message.response, "call": message.uniqueid, "action": message.action_id}
            log.exception(
                "ami_message_dropped", peer=self._peer, **{name: str(known[name] or "")[:64] for name in known}
            )

    def _hand_on(self, message: Any) -> None:
        action_id, event = message.action_id, message.event
        if not isinstance(event, str):
            raise TypeError("more than one event in a message")
        action = self.responses.get(action_id) if isinstance(action_id, str) else None
        if action is not None and action.offer(message):
            if action.future.done():
                del self.responses[action_id]
        elif event:
            self.factory.dispatch(message)

    def connection_lost(self, exc: BaseException | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget everything unanswered: nothing is ever sent again."""
        self.close()
        self._on_lost()

    def close(self) -> None:
        """Close and fail what is unanswered; safe to call twice."""
        self.closed = True
        for action in self.responses.values():
            if not action.future.done():
                action.future.cancel()
        self.responses.clear()
        self.transport.abort()


class GuardedManager(Manager):  # type: ignore[misc] # panoramisk carries no types
    """One connection's dispatcher: no reconnect, no login, no ping and no replay of its own."""

    def __init__(self, on_event: Callable[[RawEvent], None]) -> None:
        super().__init__(log=_silent, loop=asyncio.get_running_loop())
        self._on_event = on_event
        self.callbacks.clear()
        self.patterns.clear()
        self.register_event("*", self._forward)

    def _forward(self, _manager: Manager, message: Any) -> None:
        self._on_event(as_mapping(message))
