"""A private PostgreSQL cluster on a unix socket in a temporary folder; a root user drops to a plain one."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PLAIN_USERS = ("hotline", "nobody")
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=60")


@contextmanager
def private_cluster() -> Iterator[str]:
    """Start a cluster and give its SQLAlchemy address; stop and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        prefix = _drop_root(folder)
        data = folder / "data"
        _run([*prefix, _program("initdb"), "-D", str(data), "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync",
              "--locale=C.UTF-8"])  # fmt: skip
        options = " ".join(["-k", str(folder), *(f"-c {option}" for option in _FAST)])
        control = [*prefix, _program("pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
        _run([*control, "-o", options, "start"])
        try:
            yield f"postgresql+psycopg://test@/postgres?host={folder}"
        finally:
            _run([*control, "-m", "immediate", "stop"])


def _drop_root(folder: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = next(known[name] for name in _PLAIN_USERS if name in known)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _program(name: str) -> str:
    found = shutil.which(name)
    if found:
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    assert versions, f"PostgreSQL's {name} is not installed"
    return str(versions[-1])


def _run(command: list[str]) -> None:
    # A file, not a pipe: the server inherits it, and waiting for a pipe's end would wait for the server.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", check=False)
        output.seek(0)
        assert done.returncode == 0, output.read().decode(errors="replace")
