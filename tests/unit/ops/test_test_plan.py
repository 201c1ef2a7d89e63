"""What `./hotline test` runs: nothing is left out, what may run beside what, and the verdict over all parts."""

from pathlib import Path

import pytest

from ops import lanes, testing
from ops.layout import TREE, layout_for
from ops.testing import Plan, Section

PYTHON = Path("/v/bin/python")


def whole_plan(*, everything: bool = False) -> Plan:
    return testing.plan(PYTHON, layout_for(Path("/h"), {}), [], everything)


def steps(plan: Plan) -> dict[str, Section]:
    return {step.name: step for lane in (*plan.lanes, plan.closing) for step in lane}


def test_a_full_run_checks_tests_and_measures_the_pure_parts() -> None:
    named = steps(whole_plan())
    assert {"ruff check", "mypy", "lint-imports", "pages' types", "pages' tests"} <= named.keys()
    tests = [step for step in named.values() if step.counts]
    assert len(tests) == 3
    assert all("not long" in step.argv for step in tests)
    assert not any("not long" in step.argv for step in steps(whole_plan(everything=True)).values())
    assert "--fail-under=100" in whole_plan().closing[-1].argv


def test_every_test_is_in_one_part() -> None:
    """What is no real call is all but the folders of the other parts, so that a new folder is never forgotten."""
    named = steps(whole_plan())
    apart = {*testing.CALLS, *testing.FAULTS}
    assert {path for name in ("pytest calls", "pytest faults") for path in named[name].argv if path in apart} == apart
    assert {f"--ignore={path}" for path in apart} <= set(named["pytest others"].argv)
    assert not [word for word in named["pytest others"].argv if word.startswith("tests/")]
    assert all((TREE / path).is_dir() for path in apart)


def test_what_runs_beside_real_calls_gives_way_to_them() -> None:
    real, beside = whole_plan().lanes
    assert [step.name for step in real] == ["pytest calls", "pytest faults"]
    assert not any("nice" in step.argv for step in real)
    assert all(step.argv[0] == "nice" for step in beside)


def test_parts_measure_into_files_of_their_own_that_are_added_up() -> None:
    plan = whole_plan()
    tests = [step for step in steps(plan).values() if step.counts]
    files = [str(layout_for(Path("/h"), {}).cache / step.coverage) for step in tests]
    assert len(set(files)) == 3
    assert set(files) <= set(plan.closing[0].argv)


def test_the_pure_parts_are_those_of_the_import_rules() -> None:
    patterns = testing.pure_parts(TREE)
    assert {"speech/slots/*", "ivr/flows/*", "crm/policy/*", "speech/turns.py"} <= set(patterns)
    assert all(list(TREE.glob(pattern)) for pattern in patterns)


def test_given_arguments_go_to_pytest_alone() -> None:
    plan = testing.plan(PYTHON, layout_for(Path("/h"), {}), ["tests/unit", "-x"], everything=False)
    ((step,),) = plan.lanes
    assert not plan.closing
    assert step.argv[-2:] == ("tests/unit", "-x")


def test_tests_know_nothing_of_a_running_hotline() -> None:
    env = testing.environment(layout_for(Path("/h"), {}), {"HOTLINE_ENV": "/x", "PATH": "/bin", "CI": "true"})
    assert "HOTLINE_ENV" not in env
    assert env["CI"] == "true"
    assert env["HOTLINE_ASTERISK_TREE"] == "/h/asterisk-tree"


def shell(name: str, script: str, *, counts: bool = False, quiet: bool = False) -> Section:
    return Section(name, ("sh", "-c", script), counts, quiet)


def run(tmp_path: Path, plan: Plan, said: list[str]) -> int:
    layout = layout_for(tmp_path, {}, tree=tmp_path)
    layout.cache.mkdir(parents=True, exist_ok=True)
    return lanes.run(layout, plan, said.append)


def test_a_failing_step_decides_the_exit_status_and_the_rest_still_runs(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    calls = shell("pytest calls", "echo '2 passed, 1 deselected in 3.10s'", counts=True)
    others = shell("pytest others", "echo dots; echo '1 failed, 40 passed in 61.00s (0:01:01)'; exit 1", counts=True)
    closing = (
        shell("fine", "echo nobody needs this", quiet=True),
        shell("quiet", "echo line 7; exit 1", quiet=True),
    )
    assert run(tmp_path, Plan(((calls,), (shell("bad", "exit 3"), others)), closing), said) == 3
    verdicts = [line.split(" in ")[0] for line in said if "begins" not in line]
    assert sorted(verdicts) == [
        "bad: FAILED (exit status 3)",
        "fine: passed",
        "pytest calls: passed",
        "pytest others: FAILED (exit status 1)",
        "quiet: FAILED (exit status 1)",
    ]
    shown = capfd.readouterr()
    assert "== pytest others\ndots\n1 failed, 40 passed" in shown.out
    assert shown.out.splitlines()[-1].startswith("1 failed, 42 passed, 1 deselected in ")
    assert "nobody" not in shown.out
    assert shown.err == "line 7\n"


def test_lanes_run_at_the_same_time(tmp_path: Path) -> None:
    """Each waits for the other's file: one after the other they would wait for ever."""
    wait = "touch {mine}; until [ -e {other} ]; do sleep 0.01; done; echo '1 passed in 0.01s'"
    plan = Plan(
        (
            (shell("a", wait.format(mine="a", other="b"), counts=True),),
            (shell("b", wait.format(mine="b", other="a"), counts=True),),
        )
    )
    assert run(tmp_path, plan, []) == 0


@pytest.mark.parametrize("printed", ["", "no tests ran in 0.01s", "Segmentation fault"])
def test_a_part_without_a_count_fails_the_run_whatever_its_exit_status(
    tmp_path: Path, printed: str, capfd: pytest.CaptureFixture[str]
) -> None:
    good = shell("good", "echo '5 passed in 0.01s'", counts=True)
    assert run(tmp_path, Plan(((good,), (shell("odd", f"echo '{printed}'", counts=True),))), []) == 1
    assert capfd.readouterr().out.splitlines()[-1].startswith("5 passed, 1 error in ")


def test_a_run_of_deselected_tests_alone_fails(tmp_path: Path) -> None:
    none = shell("none", "echo '5 deselected in 0.01s'", counts=True)
    assert run(tmp_path, Plan(((none,), (shell("check", "true"),))), []) == 1


def test_a_step_alone_speaks_for_itself(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    assert run(tmp_path, Plan(((shell("pytest", "echo '2 passed in 1.00s'; exit 4", counts=True),),)), said) == 4
    assert capfd.readouterr().out == "== pytest\n2 passed in 1.00s\n"
    assert not said


def test_counts_are_added_up_as_pytest_writes_them() -> None:
    counts = lanes.counted(["x\n1 failed, 2 passed, 1 warning, 2 errors in 61.00s (0:01:01)\n", "3 passed in 2s\n"])
    assert lanes.closing_line(counts, 3725.5) == "1 failed, 5 passed, 1 warnings, 2 error in 3725.50s (1:02:05)"
