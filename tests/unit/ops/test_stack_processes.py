"""Which processes belong to a home, and ending them."""

import os
from pathlib import Path

import pytest

from ops.layout import layout_for
from ops.stack import processes

LAYOUT = layout_for(Path("/srv/one"), {})


@pytest.mark.parametrize(
    ("cmdline", "environ", "ours"),
    [
        (b"python\0-m\0ivr", b"HOTLINE_ENV=/srv/one/hotline.env\0HOTLINE_PART=ivr", True),
        (b"python\0-m\0ivr", b"HOTLINE_ENV=/srv/one2/hotline.env\0HOTLINE_PART=ivr", False),
        (b"python\0-m\0crm\0migrate", b"HOTLINE_ENV=/srv/one/hotline.env", False),
        (b"ld.so\0asterisk\0-C\0/srv/one/pbx/etc/asterisk.conf\0-f", b"PATH=/bin", True),
        (b"ld.so\0asterisk\0-C\0/srv/one/carrier/etc/asterisk.conf\0-f", b"", True),
        (b"ld.so\0asterisk\0-C\0/srv/other/pbx/etc/asterisk.conf\0-f", b"", False),
        (b"tail\0/srv/one/pbx/log/full", b"", False),
        (b"", b"", False),
    ],
)
def test_only_parts_of_this_home_belong_to_it(cmdline: bytes, environ: bytes, ours: bool) -> None:
    assert processes.belongs(cmdline, environ, LAYOUT) is ours


def fake_process(proc: Path, pid: str, environ: bytes) -> None:
    (proc / pid).mkdir()
    (proc / pid / "cmdline").write_bytes(b"python")
    (proc / pid / "environ").write_bytes(environ)


def test_leftovers_are_found_among_all_processes(tmp_path: Path) -> None:
    ours = b"HOTLINE_ENV=/srv/one/hotline.env\0HOTLINE_PART=ivr"
    fake_process(tmp_path, "70", ours)
    fake_process(tmp_path, "8", ours)
    fake_process(tmp_path, "9", b"")
    (tmp_path / "11").mkdir()  # ended meanwhile
    (tmp_path / "sys").mkdir()
    assert processes.leftovers(LAYOUT, tmp_path) == [8, 70]


def test_a_pid_file_of_another_process_counts_for_nothing(tmp_path: Path) -> None:
    layout = layout_for(tmp_path, {})
    layout.run.mkdir()
    assert processes.supervisor_pid(layout) is None
    layout.supervisor_pid.write_text(str(os.getpid()), encoding="ascii")
    assert processes.supervisor_pid(layout) is None


def test_a_process_that_is_gone_does_not_run() -> None:
    assert processes.running(os.getpid())
    assert not processes.running(2**22 + 1)
