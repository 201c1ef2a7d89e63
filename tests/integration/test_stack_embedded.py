"""PostgreSQL, Redis and supervisord for real, in homes of their own."""

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest
import redis

from ops import settings as table
from ops.layout import Layout, layout_for, make_folders
from ops.settings import Settings
from ops.stack import control, processes, supervisor
from ops.stack.parts import POSTGRES, REDIS, Part
from ops.stack.status import PartStatus, ask
from ops.stack.supervisor import wait_until

STORES = ("postgres", "redis")


class Stack:
    """One home with its settings and what was said while it came up."""

    def __init__(self, home: Path, port_base: int) -> None:
        self.layout: Layout = layout_for(home, {})
        make_folders(self.layout)
        self.settings: Settings = table.ensure(self.layout, port_base)
        self.said: list[str] = []

    def up(self) -> list[control.Failure]:
        """Bring PostgreSQL and Redis up."""
        return control.bring_up(self.layout, self.settings, self.said.append, STORES)

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect to the database as the parts do."""
        url = self.settings.database_url.replace("postgresql+psycopg://", "postgresql://")
        return psycopg.connect(url, autocommit=True)

    def pid(self, part: str) -> int:
        """Return the part's process id, 0 when it does not run."""
        return supervisor.states(self.layout)[part].pid


@pytest.fixture(scope="module")
def stacks() -> Iterator[tuple[Stack, Stack]]:
    folder = Path(tempfile.mkdtemp(prefix="hl-"))
    both = (Stack(folder / "one", 21200), Stack(folder / "two", 21700))
    try:
        for stack in both:
            assert stack.up() == []
        yield both
    finally:
        for stack in both:
            control.take_down(stack.layout, print)
        shutil.rmtree(folder)


def test_the_database_is_ours_and_no_superuser_is_needed(stacks: tuple[Stack, Stack]) -> None:
    with closing(stacks[0].connect()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS probe (text text)")
        row = connection.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        assert row == ("hotline", False)
        settings = {str(row[0]): row[1] for row in connection.execute("SELECT name, setting FROM pg_settings")}
    assert settings["fsync"] == "on"
    assert settings["listen_addresses"] == ""
    assert settings["server_encoding"] == "UTF8"
    assert settings["lc_collate"] == "C.UTF-8"


def test_nothing_listens_on_the_network_and_the_sockets_are_private(stacks: tuple[Stack, Stack]) -> None:
    layout = stacks[0].layout
    for path in (layout.pg_socket, layout.redis_socket, layout.supervisor_socket):
        assert path.is_socket()
        assert path.stat().st_mode & 0o077 == 0
    for port in (5432, 6379, 9001):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_two_homes_do_not_see_each_other(stacks: tuple[Stack, Stack]) -> None:
    one, two = (redis.Redis.from_url(stack.settings.redis_url) for stack in stacks)
    with closing(one), closing(two):
        one.set("whose", "one")
        assert two.get("whose") is None
    pids = [{state.pid for state in supervisor.states(stack.layout).values()} for stack in stacks]
    assert not pids[0] & pids[1]


def test_status_knows_what_runs(stacks: tuple[Stack, Stack]) -> None:
    def shown() -> dict[str, PartStatus]:
        return {row.name: row for row in ask(stacks[0].layout, stacks[0].settings).parts}

    # supervisord calls a part RUNNING when it has lasted a second
    assert wait_until(lambda: all(shown()[name].state == "RUNNING" for name in STORES), 15)
    rows = shown()
    assert all(rows[name].ready for name in STORES)
    assert rows["postgres"].detail.startswith(("15", "16", "17"))
    assert all(not row.ready and row.state == "DOWN" for name, row in rows.items() if name not in STORES)


def test_a_killed_part_comes_back_by_itself(stacks: tuple[Stack, Stack]) -> None:
    stack = stacks[0]
    before = stack.pid("redis")
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: stack.pid("redis") not in {0, before}, 15)
    client = redis.Redis.from_url(stack.settings.redis_url)
    with closing(client):
        assert wait_until(lambda: _answers(client), 15)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def test_up_again_leaves_what_runs_alone(stacks: tuple[Stack, Stack]) -> None:
    stack = stacks[0]
    before = stack.pid("postgres")
    assert stack.up() == []
    assert stack.pid("postgres") == before


def test_after_the_death_of_supervisord_up_and_down_still_work(stacks: tuple[Stack, Stack]) -> None:
    first, second = stacks
    with closing(second.connect()) as connection:
        connection.execute("CREATE TABLE kept (text text)")
        connection.execute("INSERT INTO kept VALUES ('还在')")
    orphan = second.pid("redis")
    boss = processes.supervisor_pid(second.layout)
    assert boss is not None
    os.kill(boss, signal.SIGKILL)
    assert wait_until(lambda: not processes.running(boss), 60)
    assert orphan in processes.leftovers(second.layout)
    assert second.up() == []
    assert not processes.running(orphan)
    with closing(second.connect()) as connection:
        assert connection.execute("SELECT text FROM kept").fetchone() == ("还在",)
    assert control.take_down(second.layout, second.said.append)
    assert processes.leftovers(second.layout) == []
    assert not control.take_down(second.layout, second.said.append)
    assert supervisor.alive(first.layout)
    assert second.up() == []


def test_a_taken_port_is_named_before_anything_starts() -> None:
    folder = Path(tempfile.mkdtemp(prefix="hl-"))
    try:
        stack = Stack(folder, 22300)
        with socket.socket() as somebody:
            somebody.bind(("127.0.0.1", stack.settings.web_port))
            somebody.listen()
            with pytest.raises(control.NotUp, match=r"22300 \(web_port\).*--port-base"):
                stack.up()
        assert not supervisor.alive(stack.layout)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("lived", ["0", "0.3"])
def test_a_part_that_does_not_come_up_is_named_with_its_log(monkeypatch: pytest.MonkeyPatch, lived: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hl-"))
    try:
        stack = Stack(folder, 22800)
        monkeypatch.setattr(control, "program", partial(_broken, lived))
        monkeypatch.setattr(control, "wanted", _impatient)
        (failure,) = stack.up()
        assert failure.part.name == "redis"
        assert failure.detail
        assert any("no such option" in line for line in failure.log_lines)
    finally:
        control.take_down(layout_for(folder, {}), print)
        shutil.rmtree(folder)


def test_a_database_that_recovers_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hl-"))
    try:
        stack = Stack(folder, 23300)
        monkeypatch.setattr(control, "wanted", lambda *_: (replace(POSTGRES, ready_s=1.0),))
        assert stack.up() == []
        control.take_down(stack.layout, print)
        # a standby that takes no readers recovers for ever, until it is promoted
        (stack.layout.pg / "standby.signal").touch()
        (stack.layout.pg / "postgresql.auto.conf").write_text("hot_standby = off\n", encoding="ascii")
        said: list[str] = []

        def say(text: str) -> None:
            said.append(text)
            if len([line for line in said if "waiting on" in line]) == 2:
                (stack.layout.pg / "promote").touch()
                os.kill(stack.pid("postgres"), signal.SIGUSR1)

        assert control.bring_up(stack.layout, stack.settings, say, ("postgres",)) == []
        assert any(line.startswith("postgres: ready") for line in said)
    finally:
        control.take_down(layout_for(folder, {}), print)
        shutil.rmtree(folder)


def _broken(lived: str, name: str, layout: Layout, settings: Settings) -> supervisor.Program:
    del layout, settings
    return supervisor.Program(name, ["sh", "-c", f"echo no such option; sleep {lived}; exit 1"], 1)


def _impatient(layout: Layout, settings: Settings, only: tuple[str, ...]) -> tuple[Part, ...]:
    del layout, settings, only
    return (replace(REDIS, ready_s=2.0),)
