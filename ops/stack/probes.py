"""Asks each part whether it is ready, over the wire that its users take."""

import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import redis as redis_client

from liveness.marks import marks
from ops.layout import Layout
from ops.settings import Settings
from ops.stack import postgres, redis

TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a part said. detail: a version or the reason, in one line; data: its own status object.

    coming: not ready, but it says itself that it is at work on it, so waiting longer is worth while.
    """

    ready: bool
    detail: str
    data: Mapping[str, Any] | None = None
    coming: bool = False


Probe = Callable[[Layout, Settings], Answer]


def ask_postgres(layout: Layout, settings: Settings) -> Answer:
    """Ask the embedded PostgreSQL for its version."""
    del settings
    try:
        return Answer(True, postgres.ping(layout))
    except psycopg.Error as error:
        if postgres.is_starting(layout):
            return Answer(False, "starting: it reads again what it had not written when it ended", coming=True)
        return Answer(False, _first_line(error))


def ask_redis(layout: Layout, settings: Settings) -> Answer:
    """Ask Redis for its version."""
    del layout
    try:
        return Answer(True, redis.ping(settings.redis_url))
    except redis_client.RedisError as error:
        return Answer(False, _first_line(error))


def ask_pbx(layout: Layout, settings: Settings) -> Answer:
    """Log in to the hotline's AMI and ping; also tell how often it was killed because it was frozen."""
    answer = _ask_ami(settings.ami_port, settings)
    killed = marks(layout.frozen_marks, "pbx")
    if not killed:
        return answer
    detail = f"{answer.detail} (frozen and restarted: {len(killed)}, last {killed[-1].at:%Y-%m-%d %H:%M:%S} UTC)"
    return Answer(answer.ready, detail.strip(), {**(answer.data or {}), "frozen": len(killed)})


def ask_carrier(layout: Layout, settings: Settings) -> Answer:
    """Log in to the carrier's AMI and ping."""
    del layout
    return _ask_ami(settings.carrier_ami_port, settings)


def _ask_ami(port: int, settings: Settings) -> Answer:
    try:
        replies, events = _converse(port, settings, ["Action: Ping", "Action: CoreSettings"])
    except (OSError, ValueError) as error:
        return Answer(False, _first_line(error))
    if replies[0].get("Response") != "Success":
        return Answer(False, "AMI refuses Ping")
    if "FullyBooted" not in events:
        return Answer(False, "Asterisk still loads its modules")  # a call placed now would go nowhere
    return Answer(True, replies[1].get("AsteriskVersion", ""), {"version": replies[1].get("AsteriskVersion", "")})


def ami_actions(port: int, settings: Settings, actions: list[str]) -> list[dict[str, str]]:
    """Log in, send the actions one by one and return the first reply block of each as a dict.

    Raises OSError, or ValueError when it is no AMI or the log-in is refused.
    """
    return _converse(port, settings, actions)[0]


def _converse(port: int, settings: Settings, actions: list[str]) -> tuple[list[dict[str, str]], set[str]]:
    """Do what `ami_actions` says; also return the names of the events that came between.

    Asterisk sends FullyBooted right after the log-in, once it is so.
    """
    events: set[str] = set()
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_S) as link, link.makefile("rwb") as file:
        banner = file.readline(200)
        if not banner.startswith(b"Asterisk Call Manager"):
            raise ValueError(f"port {port}: no AMI banner")
        login = f"Action: Login\r\nUsername: {settings.ami_user}\r\nSecret: {settings.ami_secret}\r\nEvents: system"
        replies = []
        for action in [login, *actions]:
            file.write(action.encode() + b"\r\n\r\n")
            file.flush()
            replies.append(_response(file, events))
    if replies[0].get("Response") != "Success":
        raise ValueError(f"port {port}: AMI log-in refused")
    return replies[1:], events


def _response(file: Any, events: set[str]) -> dict[str, str]:
    for _ in range(50):  # events that come first are passed over
        block: dict[str, str] = {}
        while line := file.readline(8192).decode(errors="replace").strip():
            name, _, value = line.partition(":")
            block[name.strip()] = value.strip()
        if "Response" in block:
            return block
        if not block:
            break
        events.add(block.get("Event", ""))
    raise ValueError("AMI sent no response")


def ask_speech(layout: Layout, settings: Settings) -> Answer:
    """Ask speech for its status over its control socket."""
    del layout
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(TIMEOUT_S)
            link.connect(str(settings.speech_socket))
            link.sendall(b'{"op":"status"}\n')
            line = link.makefile("rb").readline(1 << 20)
        data = json.loads(line)
    except (OSError, ValueError) as error:
        return Answer(False, _first_line(error))
    return Answer(True, "", data) if isinstance(data, dict) else Answer(False, "status is no object")


def ask_ivr(layout: Layout, settings: Settings) -> Answer:
    """Ask ivr for its status."""
    del layout
    return _ask_http(settings.commands_port, "/status", settings)


def ask_crm(layout: Layout, settings: Settings) -> Answer:
    """Ask crm for its status."""
    del layout
    return _ask_http(settings.web_port, "/api/v1/status", settings)


def _ask_http(port: int, path: str, settings: Settings) -> Answer:
    headers = {"Authorization": f"Bearer {settings.internal_token}"}
    try:
        with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as client:
            reply = client.get(f"http://127.0.0.1:{port}{path}", headers=headers)
        data = reply.json()
    except (httpx.HTTPError, ValueError) as error:
        return Answer(False, _first_line(error))
    shown = data if isinstance(data, dict) else None
    return Answer(reply.status_code == 200, f"HTTP {reply.status_code}" if reply.status_code != 200 else "", shown)


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
