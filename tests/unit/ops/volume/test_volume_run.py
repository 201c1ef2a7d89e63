"""SIPp is really run, against SIPp's own answering side; the books."""

import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ops.volume.books import Books, Memory, balance
from ops.volume.profiles import Profile
from ops.volume.sipp import Placed, Plan, SippFailed, run

QUICK = (Profile("quick", 0.5, ((0.1, "1"),), (0.2, 0.4)), Profile("quicker", 0.5, (), (0.1, 0.2)))


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[int]:
    port = _free_port()
    argv = [
        "sipp",
        "-sn",
        "uas",
        "-i",
        "127.0.0.1",
        "-p",
        str(port),
        "-mp",
        str(_free_port()),
        "-nostdin",
        "-timeout",
        "60",
    ]
    with subprocess.Popen(argv, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        yield port
        process.kill()


def _plan(port: int, calls: int) -> Plan:
    return Plan(calls, at_once=4, rate=20, sip_port=port, to="4001726011", first_number=13_900_000_000, profiles=QUICK)


def test_every_call_is_made_with_its_own_number(answering: int, tmp_path: Path) -> None:
    ticks: list[None] = []
    placed = run(_plan(answering, 6), tmp_path / "out", lambda: ticks.append(None))
    assert [(one.profile, one.ended_well, one.failed) for one in placed] == [("quick", 3, 0), ("quicker", 3, 0)]
    assert len({number for one in placed for number in one.numbers}) == 6
    assert ticks


def test_a_run_that_has_lasted_places_no_more_and_tells_of_what_it_placed(answering: int, tmp_path: Path) -> None:
    placed = run(replace(_plan(answering, 2000), lasts_s=2), tmp_path / "out", lambda: None)
    for one, first in zip(placed, (13_900_000_000, 13_900_001_000), strict=True):
        assert 0 < len(one.numbers) < 1000
        assert one.ended_well + one.failed == len(one.numbers)
        assert one.numbers[0] == str(first)


def test_no_sipp_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SippFailed, match="sip-tester"):
        run(_plan(_free_port(), 2), tmp_path / "out", lambda: None)


async def _books(rows: dict[str, list[str]]) -> Books:
    async def ask(number: str) -> list[str]:
        return rows[number]

    return await balance(ask, [Placed("quick", tuple(rows), len(rows), 0)], Memory(), within_s=0)


async def test_books_balance_only_with_one_record_and_outcome_each() -> None:
    assert (await _books({"1": ["hung_up"], "2": ["abandoned"]})).ok
    missing = await _books({"1": ["hung_up"], "2": []})
    doubled = await _books({"1": ["hung_up", "hung_up"]})
    unfinished = await _books({"1": [""]})
    assert (missing.missing, doubled.doubled, unfinished.open) == (1, 1, 1)
    assert [missing.ok, doubled.ok, unfinished.ok] == [False] * 3


async def test_books_wait_for_late_records() -> None:
    answers = iter([[], [""], ["hung_up"]])

    async def ask(_number: str) -> list[str]:
        return next(answers)

    assert (await balance(ask, [Placed("quick", ("1",), 1, 0)], Memory(), within_s=30)).outcomes == {"hung_up": 1}


def test_memory_keeps_first_most_and_last() -> None:
    memory = Memory()
    for mib in (10.0, 30.0, 20.0):
        memory.note({"ivr": mib})
    assert (memory.began, memory.most, memory.ended) == ({"ivr": 10.0}, {"ivr": 30.0}, {"ivr": 20.0})
