"""A file or folder that may not be used is told in one line that says whose it is and what to do."""

import errno
import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import denied
from ops.layout import TREE

_PLAIN_USERS = ("hotline", "nobody")
_NOBODY_HAS_IT = 3_999_999


def refused(path: Path | int | None) -> PermissionError:
    return PermissionError(errno.EACCES, "Permission denied", path if isinstance(path, int) else path and str(path))


def who(uid: int) -> str:
    return pwd.getpwuid(uid).pw_name


@pytest.fixture
def plain() -> int | None:
    """The user to run the command as, None for the one who runs the tests: root may write everywhere."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return next(known[name] for name in _PLAIN_USERS if name in known)


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that others can reach and `plain` cannot write; short, for unix sockets lie in state folders."""
    with tempfile.TemporaryDirectory(prefix="hl-", ignore_cleanup_errors=True) as name:
        outer = Path(name)
        outer.chmod(0o755)
        folder = outer / "closed"
        folder.mkdir()
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def ran(user: int | None, *arguments: str) -> tuple[int, str]:
    """Run Python as a user; returns exit status and what it told on stderr."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(TREE), "PYTHONDONTWRITEBYTECODE": "1"}
    extra: list[int] | None = None if user is None else []
    ended = subprocess.run(
        [sys.executable, "-P", *arguments], user=user, group=user, extra_groups=extra, env=given, cwd="/",
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return ended.returncode, ended.stderr


def test_a_folder_of_somebody_else_is_named_with_its_owner(tmp_path: Path) -> None:
    me = who(os.getuid())
    assert denied.words(refused(tmp_path / "run" / "new"), _NOBODY_HAS_IT) == (
        f"no permission for {tmp_path}/run/new: {tmp_path} belongs to {me} and this runs as user {_NOBODY_HAS_IT}; "
        f"name another folder, or chown it to user {_NOBODY_HAS_IT} if it is to be the hotline's own"
    )


def test_a_file_of_somebody_else_is_named_itself(tmp_path: Path) -> None:
    file = tmp_path / "cough.wav"
    file.write_bytes(b"")
    told = denied.words(refused(file), _NOBODY_HAS_IT)
    assert told is not None
    assert f"{file} belongs to {who(os.getuid())}" in told


def test_a_folder_that_its_own_user_closed_is_to_be_opened(tmp_path: Path) -> None:
    told = denied.words(refused(tmp_path / "run"), os.getuid())
    why = f"{tmp_path} is closed to its own user; chmod it or name another folder"
    assert told == f"no permission for {tmp_path}/run: {why}"


@pytest.mark.parametrize("path", [None, 7])
def test_what_is_about_no_path_is_not_told(path: int | None) -> None:
    assert denied.words(refused(path), os.getuid()) is None


def test_a_folder_that_is_wanted_writable_is_made(tmp_path: Path) -> None:
    denied.require_writable(tmp_path / "robots" / "voice")
    assert (tmp_path / "robots" / "voice").is_dir()


@pytest.mark.parametrize(
    "command",
    [
        ["--home", "{closed}", "up"],
        ["--home", "{closed}/new", "demo", "--once"],
        ["--home", "{other}", "bench", "crm", "--tickets", "1000", "--customers", "100", "--folder", "{closed}"],
        ["--home", "{other}", "model", "build", "--tiny", "--out", "{closed}/model"],
    ],
)
def test_a_folder_that_cannot_be_written_is_one_line(plain: int | None, closed: Path, command: list[str]) -> None:
    given = [word.format(closed=closed, other=closed.parent / "other") for word in command]
    status, told = ran(plain, "-m", "ops", *given)
    assert (status, told.count("\n"), told.startswith("hotline: no permission for ")) == (1, 1, True), told
    assert str(closed) in told


_ENTER = """
import asyncio, sys
from pathlib import Path
from ops.layout import layout_for
from ops.robots.studio import Studio
from ops.settings import ensure

async def enter(out):
    async with Studio(ensure(layout_for(out.parent / "home", {}), None), "", out=out, say=print):
        pass

Path(sys.argv[1]).parent.joinpath("home").mkdir()
asyncio.run(enter(Path(sys.argv[1])))
"""


def test_robots_do_not_call_when_their_recordings_cannot_be_written(plain: int | None, closed: Path) -> None:
    closed.parent.chmod(0o777)
    status, told = ran(plain, "-c", _ENTER, str(closed))
    assert (status, told.splitlines()[-1]) == (1, f"PermissionError: [Errno 13] Permission denied: '{closed}'")
