"""What is rendered for supervisord, PostgreSQL and Redis."""

import configparser
import shlex
from pathlib import Path

import pytest

from ops.layout import layout_for
from ops.stack import postgres, redis, supervisor
from ops.stack.supervisor import Program

LAYOUT = layout_for(Path("/srv/a b%c"), {})


def parsed(*programs: Program) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read_string(supervisor.render(LAYOUT, programs))
    return parser


def test_supervisord_listens_on_a_private_unix_socket_only() -> None:
    conf = parsed()
    assert conf["unix_http_server"]["file"] == "/srv/a b%%c/run/supervisor.sock"
    assert conf["unix_http_server"]["chmod"] == "0700"
    assert "inet_http_server" not in conf


def test_a_part_is_restarted_but_does_not_start_by_itself() -> None:
    section = parsed(Program("ivr", ["python", "-m", "ivr"], 60))["program:ivr"]
    assert section["autostart"] == "false"
    assert section["autorestart"] == "true"
    assert section["stopasgroup"] == "false"
    assert section["killasgroup"] == "true"
    assert section["stdout_logfile"] == "/srv/a b%%c/log/ivr.log"
    assert int(section["stdout_logfile_backups"]) > 0


def test_arguments_with_blanks_and_percents_survive() -> None:
    argv = ["/opt/my prog", "--x=50%", "it's", ""]
    command = parsed(Program("p", argv, 1))["program:p"]["command"]
    assert shlex.split(command % {}) == argv


def test_signals_and_groups_are_taken_over() -> None:
    section = parsed(Program("p", ["p"], 1, stop_signal="INT", stop_seconds=30, whole_group=True))["program:p"]
    assert (section["stopsignal"], section["stopwaitsecs"], section["stopasgroup"]) == ("INT", "30", "true")


def test_parts_do_not_inherit_the_operators_environment() -> None:
    env = supervisor.environment(LAYOUT, {"PATH": "/bin", "HOME": "/h", "AWS_SECRET": "x", "HOTLINE_DEMO": "1"})
    assert env["HOTLINE_ENV"] == "/srv/a b%c/hotline.env"
    assert env["PATH"] == "/bin"
    assert not {"AWS_SECRET", "HOTLINE_DEMO"} & env.keys()


def test_postgres_listens_on_its_socket_only_and_keeps_fsync_on() -> None:
    conf = postgres.render_conf(layout_for(Path("/o'x"), {}))
    assert "listen_addresses = ''" in conf
    assert "unix_socket_directories = '/o''x/run'" in conf
    assert "unix_socket_permissions = 0700" in conf
    assert "fsync" not in conf
    assert "log_parameter_max_length = 0" in conf  # values of statements are callers' data


@pytest.mark.parametrize(
    ("limit", "memory"), [(None, 8192), ("max", 8192), (str(1024 * 2**20), 1024), (str(99999 * 2**20), 8192)]
)
def test_the_memory_is_the_machines_or_what_its_container_may_use(
    tmp_path: Path, limit: str | None, memory: int
) -> None:
    machine, group = tmp_path / "meminfo", tmp_path / "memory.max"
    machine.write_text("MemFree:  1000 kB\nMemTotal:  8388608 kB\nBuffers: 5 kB\n", encoding="ascii")
    if limit is not None:
        group.write_text(f"{limit}\n", encoding="ascii")
    assert postgres.memory_mb(machine, group) == memory


@pytest.mark.parametrize(("memory", "buffers"), [(100, 64), (1024, 256), (8192, 2048), (65536, 2048)])
def test_postgres_keeps_a_quarter_of_the_memory_for_its_rows_within_bounds(memory: int, buffers: int) -> None:
    assert postgres.buffers_mb(memory) == buffers
    assert f"shared_buffers = {postgres.buffers_mb(postgres.memory_mb())}MB" in postgres.render_conf(LAYOUT)


def test_redis_listens_on_its_socket_only_and_keeps_nothing() -> None:
    lines = redis.render_conf(LAYOUT).splitlines()
    assert "port 0" in lines
    assert "unixsocketperm 700" in lines
    assert 'save ""' in lines
    assert 'unixsocket "/srv/a b%c/run/redis.sock"' in lines


def make_server(programs: Path, version: str) -> None:
    folder = programs / version / "bin"
    folder.mkdir(parents=True)
    (folder / "postgres").touch()


def test_a_new_cluster_takes_the_newest_server(tmp_path: Path) -> None:
    for version in ("9", "15", "17"):
        make_server(tmp_path / "lib", version)
    assert postgres.program_folder(tmp_path / "pg", tmp_path / "lib") == tmp_path / "lib" / "17" / "bin"


def test_a_cluster_keeps_its_version(tmp_path: Path) -> None:
    for version in ("15", "17"):
        make_server(tmp_path / "lib", version)
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "PG_VERSION").write_text("15\n", encoding="ascii")
    assert postgres.program_folder(tmp_path / "pg", tmp_path / "lib").parent.name == "15"
    (tmp_path / "pg" / "PG_VERSION").write_text("16\n", encoding="ascii")
    with pytest.raises(postgres.PostgresMissing, match="needs PostgreSQL 16"):
        postgres.program_folder(tmp_path / "pg", tmp_path / "lib")


def test_no_server_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(postgres.PostgresMissing, match="no PostgreSQL server"):
        postgres.program_folder(tmp_path / "pg", tmp_path / "lib")
