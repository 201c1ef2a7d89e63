"""retry-facts: what the operator hears of ivr's answer."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ops.facts import retry
from ops.layout import layout_for
from ops.settings import Settings, ensure
from ops.stack.control import NotUp

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@contextmanager
def ivr_that_says(home: Path, status: str, detail: str) -> Iterator[tuple[Settings, list[dict[str, Any]]]]:
    """A server in ivr's place that keeps the commands it got."""
    got: list[dict[str, Any]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            got.append({**json.loads(self.rfile.read(length)), "authorization": self.headers["Authorization"]})
            body = json.dumps({"id": got[-1]["id"], "status": status, "detail": detail}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    settings = ensure(layout_for(home, {}), 21900)
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield settings.model_copy(update={"commands_port": server.server_port}), got
        finally:
            server.shutdown()


def test_done_says_nothing(tmp_path: Path) -> None:
    with ivr_that_says(tmp_path, "done", "") as (settings, got):
        assert retry(settings, NOW) == ""
    assert got[0]["name"] == "retry_facts"
    assert got[0]["deadline"] == "2026-11-22T12:00:05+00:00"
    assert got[0]["authorization"] == f"Bearer {settings.internal_token}"


def test_a_refusal_is_told(tmp_path: Path) -> None:
    with ivr_that_says(tmp_path, "refused", "没有被退回的资料") as (settings, _):
        assert retry(settings, NOW) == "没有被退回的资料"


def test_nobody_there_is_told(tmp_path: Path) -> None:
    settings = ensure(layout_for(tmp_path, {}), 21900).model_copy(update={"commands_port": 1})
    with pytest.raises(NotUp, match="ivr does not answer"):
        retry(settings, NOW)
