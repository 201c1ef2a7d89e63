"""What `./hotline test` runs: nothing is left out, what may run beside what, and the verdict over all parts."""

import re
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
    assert len(tests) == 7
    assert all("not long" in step.argv for step in tests)
    assert not any("not long" in step.argv for step in steps(whole_plan(everything=True)).values())
    assert "--fail-under=100" in whole_plan().closing[-1].argv


def test_every_test_is_in_one_part() -> None:
    """What has no part of its own is all but the folders of the parts, so that a new folder is never forgotten."""
    named = steps(whole_plan())
    own = {"calls": testing.CALLS, "faults": testing.FAULTS, "integration": testing.INTEGRATION, "crm": testing.CRM}
    apart = {path for paths in own.values() for path in paths}
    for name, paths in {**own, "asterisk": testing.ASTERISK}.items():
        assert {word for word in named[f"pytest {name}"].argv if word.startswith("tests/")} == set(paths)
    assert {word for word in named["pytest others"].argv if "tests/" in word} == {f"--ignore={path}" for path in apart}
    assert {f"--ignore={path}" for path in testing.ASTERISK} <= set(named["pytest integration"].argv)
    assert all((TREE / path).is_dir() for path in (*apart, *testing.ASTERISK))


def test_the_calls_leave_out_the_pages_which_have_a_part_of_their_own() -> None:
    named = steps(whole_plan())
    pages = [word for word in named["pytest pages"].argv if word.startswith("tests/")]
    assert {f"--ignore-glob={name}" for name in testing.PAGES} <= set(named["pytest calls"].argv)
    assert all(list(TREE.glob(name)) for name in testing.PAGES)
    assert set(pages) == {str(path.relative_to(TREE)) for name in testing.PAGES for path in TREE.glob(name)}
    ringing = [page for page in pages if "Stack" in (TREE / page).read_text(encoding="utf-8")]
    assert not ringing, "a page's test that rings a phone is a call: give it another name"


def test_what_runs_beside_real_calls_gives_way_to_them() -> None:
    plan = whole_plan()
    stack, asterisk, beside = plan.lanes
    assert [step.name for step in stack] == ["pytest calls", "pytest faults"]
    assert [step.name for step in asterisk] == ["pytest asterisk", "pytest integration", "pytest pages"]
    assert not any("nice" in step.argv for step in (*stack, asterisk[0]))
    assert all(step.argv[0] == "nice" for step in (*asterisk[1:], *beside))


def test_greenlets_are_followed_but_where_no_query_is_made() -> None:
    """Who asks crm's database with coverage of threads alone would be measured wrongly, and silently."""
    other = {step.name: step.switching for step in steps(whole_plan()).values() if step.switching != "greenlet"}
    assert other == {"pytest pages": "", "pytest others": "thread"}
    folders = [TREE / path for path in (*testing.CALLS, *testing.FAULTS, *testing.INTEGRATION, *testing.CRM)]
    asking = re.compile(r"crm\.bootstrap|crm\.database|AsyncSession|create_async_engine")
    others = [path for path in (TREE / "tests").rglob("*.py") if not any(folder in path.parents for folder in folders)]
    assert len(others) > 100
    assert not [path for path in others if path != Path(__file__) and asking.search(path.read_text(encoding="utf-8"))]


def test_parts_measure_into_files_of_their_own_that_are_added_up() -> None:
    plan = whole_plan()
    tests = [step for step in steps(plan).values() if step.counts]
    files = {step.name: str(layout_for(Path("/h"), {}).cache / step.coverage) for step in tests}
    assert len(set(files.values())) == 7
    assert {name for name, file in files.items() if file not in plan.closing[0].argv} == {"pytest pages"}
    assert {step.name for step in tests if "--cov" not in step.argv} == {"pytest pages"}


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
