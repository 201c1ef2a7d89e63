"""Accounts kept by command: the operator's way when there is no administrator who can log in."""

from pathlib import Path

from typer.testing import CliRunner

from crm.accounts.command import app
from crm.migrate import upgrade
from tests.integration.crm.test_crm_process import write_settings


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout.strip(), done.stderr.strip()


def test_accounts_are_kept_by_command(cluster_url: str, tmp_path: Path) -> None:
    write_settings(tmp_path, cluster_url)
    upgrade(cluster_url)
    status, first, _ = run("add", "8002", "--name", "王敏", "--role", "agent", "--extension", "8002")
    assert (status, [len(part) for part in first.split("-")]) == (0, [4, 4, 4])
    assert run("add", "m1", "--name", "周总", "--role", "admin", "--role", "supervisor")[0] == 0
    status, second, _ = run("reset", "8002")
    assert (status, second != first, len(second)) == (0, True, len(first))
    assert run("disable", "8002") == (0, "", "")
    assert run("list")[1].splitlines() == ["m1  周总  班长 管理员", "8002  王敏  坐席 分机 8002 停用"]
    assert run("enable", "8002") == (0, "", "")
    assert run("list")[1].splitlines() == ["8002  王敏  坐席 分机 8002", "m1  周总  班长 管理员"]


def test_what_is_refused_is_one_line_and_status_1(cluster_url: str, tmp_path: Path) -> None:
    write_settings(tmp_path, cluster_url)
    upgrade(cluster_url)
    assert run("add", "m1", "--name", "周总", "--role", "admin")[0] == 0
    assert run("add", "m1", "--name", "李明", "--role", "agent") == (1, "", "这个工号已有人用")
    assert run("add", "80-2", "--name", "李明", "--role", "agent") == (1, "", "工号只能是字母和数字，最多 20 位")
    assert run("disable", "m1") == (1, "", "这是最后一个管理员，请先设另一个管理员")
    assert run("disable", "9999") == (1, "", "没有工号 9999")
