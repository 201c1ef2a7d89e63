"""What a part answers when it is asked whether it is ready."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from liveness.marks import mark
from ops import settings as settings_table
from ops.layout import layout_for, make_folders
from ops.stack import probes

_OK = "Response: Success\r\n\r\n"
_BOOTED = "Event: FullyBooted\r\nPrivilege: system,all\r\n\r\n"
_VERSION = "Response: Success\r\nAsteriskVersion: 22.10.1\r\n\r\n"


@contextmanager
def manager(*answers: str) -> Iterator[int]:
    """A manager that answers one connection: the log-in with the first text, each action with the next."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            link, _ = server.accept()
            with link, link.makefile("rwb") as file:
                file.write(b"Asterisk Call Manager/9.0.0\r\n")
                for answer in answers:
                    file.flush()
                    while file.readline().strip():
                        pass
                    file.write(answer.encode())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


@pytest.mark.parametrize(
    ("login", "ready", "detail"),
    [(_OK + _BOOTED, True, "22.10.1"), (_OK, False, "Asterisk still loads its modules")],
)
def test_an_asterisk_is_ready_when_all_its_modules_are(tmp_path: Path, login: str, ready: bool, detail: str) -> None:
    layout = layout_for(tmp_path, {})
    make_folders(layout)
    settings = settings_table.ensure(layout, 24000)
    with manager(login, _OK, _VERSION) as port:
        answer = probes.ask_carrier(layout, settings.model_copy(update={"carrier_ami_port": port}))
    assert (answer.ready, answer.detail) == (ready, detail)


def test_how_often_asterisk_was_frozen_is_told(tmp_path: Path) -> None:
    layout = layout_for(tmp_path, {})
    make_folders(layout)
    settings = settings_table.ensure(layout, 24000)
    mark(layout.frozen_marks, "pbx")
    with manager(_OK + _BOOTED, _OK, _VERSION) as port:
        answer = probes.ask_pbx(layout, settings.model_copy(update={"ami_port": port}))
    assert answer.detail.startswith("22.10.1 (frozen and restarted: 1, last 20")
    assert answer.data == {"version": "22.10.1", "frozen": 1}


def test_a_refused_log_in_is_said(tmp_path: Path) -> None:
    layout = layout_for(tmp_path, {})
    make_folders(layout)
    settings = settings_table.ensure(layout, 24000)
    with manager("Response: Error\r\n\r\n", "Response: Error\r\n\r\n", "Response: Error\r\n\r\n") as port:
        answer = probes.ask_pbx(layout, settings.model_copy(update={"ami_port": port}))
    assert not answer.ready
    assert "log-in refused" in answer.detail
