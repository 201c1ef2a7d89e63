"""The command line: global options anywhere, what each command refuses and answers."""

from pathlib import Path

import pytest

from ops import testing
from ops.cli import hoist_globals, main
from ops.layout import TREE, layout_for
from ops.settings import ensure

PYTHON = Path("/v/bin/python")


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


def test_a_full_run_checks_tests_and_measures_the_pure_parts() -> None:
    steps = {step.name: step for step in testing.sections(PYTHON, layout_for(Path("/h"), {}), [], everything=False)}
    assert {"ruff check", "mypy", "lint-imports", "pages' types", "pages' tests"} <= steps.keys()
    assert "not long" in steps["pytest"].argv
    assert "--fail-under=99" in list(steps.values())[-1].argv
    whole = {step.name: step for step in testing.sections(PYTHON, layout_for(Path("/h"), {}), [], everything=True)}
    assert "not long" not in whole["pytest"].argv


def test_the_pure_parts_are_those_of_the_import_rules() -> None:
    patterns = testing.pure_parts(TREE)
    assert {"speech/slots/*", "ivr/flows/*", "crm/policy/*", "speech/turns.py"} <= set(patterns)
    assert all(list(TREE.glob(pattern)) for pattern in patterns)


def test_given_arguments_go_to_pytest_alone() -> None:
    steps = testing.sections(PYTHON, layout_for(Path("/h"), {}), ["tests/unit", "-x"], everything=False)
    assert [step.name for step in steps] == ["pytest"]
    assert steps[0].argv[-2:] == ("tests/unit", "-x")


def test_tests_know_nothing_of_a_running_hotline() -> None:
    env = testing.environment(layout_for(Path("/h"), {}), {"HOTLINE_ENV": "/x", "PATH": "/bin", "CI": "true"})
    assert "HOTLINE_ENV" not in env
    assert env["CI"] == "true"
    assert env["HOTLINE_ASTERISK_TREE"] == "/h/asterisk-tree"


def test_a_failing_step_decides_the_exit_status_and_the_rest_still_runs(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    steps = [
        testing.Section("bad", ("sh", "-c", "exit 3")),
        testing.Section("fine", ("echo", "nobody needs this"), quiet=True),
        testing.Section("pytest", ("echo", "2 passed")),
        testing.Section("quiet", ("sh", "-c", "echo line 7; exit 1"), quiet=True),
    ]
    layout = layout_for(tmp_path, {}, tree=tmp_path)
    assert testing.run(layout, steps, said.append) == 3
    assert [line.split(" in ")[0] for line in said] == [
        "bad: FAILED (exit status 3)",
        "fine: passed",
        "quiet: FAILED (exit status 1)",
    ]
    shown = capfd.readouterr()
    assert shown.out == "== bad\n== pytest\n2 passed\n"
    assert shown.err == "line 7\n"
