"""The embedded PostgreSQL: a private cluster in the state folder, reached by unix socket only."""

import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg.pq import PGconn, Ping

from ops.layout import Layout

ROLE = "hotline"
DATABASE = "hotline"
_PROGRAMS = Path("/usr/lib/postgresql")
_MEMORY = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup/memory.max")
_LEAST_MB, _MOST_MB = 64, 2048


class PostgresMissing(Exception):
    """No PostgreSQL server that fits the cluster is installed; the message says which."""


def program_folder(cluster: Path, programs: Path = _PROGRAMS) -> Path:
    """Return the folder of the server's programs: of the cluster's version, else the newest one."""
    found = {path.parent.parent.name: path.parent for path in programs.glob("*/bin/postgres")}
    version_file = cluster / "PG_VERSION"
    if version_file.exists():
        version = version_file.read_text(encoding="ascii").strip()
        if version not in found:
            raise PostgresMissing(f"the cluster {cluster} needs PostgreSQL {version}, which is not installed")
        return found[version]
    if not found:
        raise PostgresMissing(f"no PostgreSQL server below {programs}")
    return found[max(found, key=lambda name: int(name) if name.isdigit() else 0)]


def memory_mb(machine: Path = _MEMORY, group: Path = _GROUP) -> int:
    """Return the megabytes of memory that may be used: the machine's, or a container's limit when that is less."""
    words = machine.read_text(encoding="ascii").split()
    found = int(words[words.index("MemTotal:") + 1]) // 1024
    limit = group.read_text(encoding="ascii").strip() if group.exists() else "max"
    return min(found, int(limit) // 2**20) if limit.isdecimal() else found


def buffers_mb(memory: int) -> int:
    """Return the megabytes of the server's own cache, by those of the machine.

    A search fetches up to 3 000 rows from anywhere: some 2 us each from this cache, 60 us where the kernel has to be
    asked for every page. A million tickets with their index take 2 GB.
    """
    return max(_LEAST_MB, min(memory // 4, _MOST_MB))


def render_conf(layout: Layout) -> str:
    """Return hotline.conf, which postgresql.conf includes. fsync stays on: this is the ledger."""
    sockets = str(layout.run).replace("'", "''")
    return f"""listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = {buffers_mb(memory_mb())}MB
work_mem = 16MB
max_wal_size = 256MB
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%m [%p] '
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
log_parameter_max_length = 0
idle_in_transaction_session_timeout = '60s'
jit = off
"""


def prepare(layout: Layout) -> list[str]:
    """Make the cluster if there is none, render its settings, and return the argv that runs the server.

    Raises PostgresMissing, OSError or subprocess.CalledProcessError.
    """
    programs = program_folder(layout.pg)
    if not (layout.pg / "PG_VERSION").exists():
        _initdb(programs, layout.pg)
    (layout.pg / "hotline.conf").write_text(render_conf(layout), encoding="utf-8")
    return [str(programs / "postgres"), "-D", str(layout.pg)]


def _initdb(programs: Path, cluster: Path) -> None:
    # built beside its place and moved there, so that an interrupted first start leaves no half cluster
    draft = cluster.with_name("pg.new")
    shutil.rmtree(draft, ignore_errors=True)
    command = [str(programs / "initdb"), "-D", str(draft), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"]
    command += ["--auth-local=trust", "--auth-host=reject"]  # local means: whoever may enter the folder of mode 700
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("include 'hotline.conf'\n")
    draft.rename(cluster)


def ping(layout: Layout) -> str:
    """Return the server's version; raises psycopg.Error when it does not answer within 2 s."""
    with _connect(layout) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else ""


def is_starting(layout: Layout) -> bool:
    """Tell whether the server is there but lets nobody in yet, as while it recovers after a crash."""
    return PGconn.ping(f"host='{layout.run}'".encode()) == Ping.REJECT


def ping_url(url: str) -> str:
    """Return the version of the server at an SQLAlchemy URL; raises psycopg.Error when it does not answer."""
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), connect_timeout=2) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else ""


def ensure_database(layout: Layout) -> None:
    """Make our role and database if they are not there; raises psycopg.Error."""
    with _connect(layout) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'hotline'").fetchone() is None:
            connection.execute("CREATE ROLE hotline LOGIN")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'hotline'").fetchone() is None:
            connection.execute("CREATE DATABASE hotline OWNER hotline TEMPLATE template0")


def _connect(layout: Layout) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(layout.run), user="postgres", dbname="postgres", connect_timeout=2, autocommit=True)
