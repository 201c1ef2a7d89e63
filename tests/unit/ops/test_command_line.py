"""The command line: global options anywhere, what each command refuses and answers."""

from pathlib import Path

import pytest

from ops.cli import hoist_globals, main
from ops.layout import layout_for
from ops.settings import ensure


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["up", "--home", "/x", "--detach"], ["--home", "/x", "up", "--detach"]),
        (["--home=/x", "up", "--port-base", "21000"], ["--home=/x", "--port-base", "21000", "up"]),
        (["test", "--", "--home", "/x"], ["test", "--", "--home", "/x"]),
        (["up", "--home"], ["--home", "up"]),
        ([], []),
    ],
)
def test_global_options_may_stand_anywhere(given: list[str], expected: list[str]) -> None:
    assert hoist_globals(given) == expected


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_status_before_the_first_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status", "--json", "--home", str(tmp_path)) == 1
    assert '"up": false' in capsys.readouterr().out


def test_status_of_a_stack_that_is_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ensure(layout_for(tmp_path, {}), 21400)
    assert run("status", "--home", str(tmp_path)) == 1
    shown = capsys.readouterr().out
    assert "http://127.0.0.1:21400/" in shown
    assert "✗ postgres  DOWN" in shown


def test_down_with_nothing_running(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("down", "--home", str(tmp_path)) == 0
    assert "nothing was running" in capsys.readouterr().err


def test_an_error_is_one_line_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("logs", "nobody", "--home", str(tmp_path)) == 1
    assert capsys.readouterr().err == "hotline: no log 'nobody'; there are: none yet\n"


def test_a_bad_setting_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hotline.env").write_text("HOTLINE_MAX_CALLS=many\n", encoding="utf-8")
    assert run("status", "--home", str(tmp_path)) == 1
    assert "HOTLINE_MAX_CALLS" in capsys.readouterr().err


def test_logs_show_each_line_with_its_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "ivr.log").write_text("one\n", encoding="utf-8")
    (tmp_path / "log" / "crm.log").write_text("two\nhalf", encoding="utf-8")
    assert run("logs", "--home", str(tmp_path)) == 0
    assert capsys.readouterr().out == "crm        | two\nivr        | one\n"
    assert run("logs", "ivr", "--home", str(tmp_path)) == 0
    assert capsys.readouterr().out == "one\n"
