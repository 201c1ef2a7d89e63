"""The report: figures by slot, voice, speed, dialogues, false alarms, confusions; and refused options."""

import pytest

from ops.bench import speech as bench
from ops.bench.cli import BenchRefused
from ops.bench.cli import speech as command
from ops.bench.hearers import Answer, Dialogue, Task, latency, understood
from speech.contract import Cause, Interpretation
from speech.evaluation.hearing import Heard
from speech.evaluation.sound import Line

CODE = Task("fault_code", Line("20"), 0)
GAS = Task("gas", Line("10"), 0)


def answer(task: Task, got: str, *, right: bool, safety: str = "") -> Answer:
    return Answer(task, right, "E1", got, safety, "m3", 700.0, "0" * 64)


def dialogue(
    number: int,
    *,
    right: bool = False,
    wrong: bool = False,
    first_right: bool = False,
    keys: bool = False,
    tries: int = 1,
) -> Dialogue:
    return Dialogue(
        "fault_code", Line("20"), number, "E1", {"canonical": "E7"} if wrong else {}, {},
        right, wrong, first_right, keys, tries, (("a", "b"),),
    )  # fmt: skip


def test_a_report() -> None:
    answers = [
        answer(CODE, "E1", right=True),
        answer(CODE, "E7", right=False),
        answer(CODE, "", right=False, safety="gas"),
        answer(GAS, "gas", right=True, safety="gas"),
    ]
    talks = [
        dialogue(0, right=True, first_right=True),
        dialogue(1, right=True, keys=True, tries=3),
        dialogue(2, wrong=True, tries=2),
        dialogue(3, tries=2),
    ]
    found = bench.report(answers, talks)
    code = next(row for row in found["cells"] if row["slot"] == "fault_code")
    assert (code["n"], code["other_value"], code["no_match"]) == (3, 1, 1)
    assert found["false_alarms"] == {"n": 3, "count": 1}
    row = found["dialogues"][0]
    assert (row["right"], row["wrong_accepted"], row["keys_needed"], row["for_a_person"]) == (2, 1, 1, 1)
    assert row["right_by_speech"] == 1
    assert row["wrong"] == [{"meant": "E1", "confirmed": {"canonical": "E7"}, "heard": (("a", "b"),)}]
    text = bench.written(found)
    assert "E1 → E7 (1)" in text
    assert "E1 → no match (1)" in text
    assert f"test set {found['set']}" in text
    assert bench.written({"set": "x", "cells": []}) == "test set x\n"


def test_tasks_cover_the_conditions() -> None:
    tasks = list(bench._tasks(bench.Options(n=3, slots=("gas",))))
    assert len(tasks) == 15
    assert {task.line.speed for task in tasks} == {"slow", "normal", "fast"}
    assert {task.line.loss for task in tasks if task.line.snr == "20"} == {0.0, bench.LOSS}
    assert {task.line.loss for task in bench._tasks(bench.Options(n=1, snrs=("10",)))} == {0.0}


def test_progress_is_told() -> None:
    told: list[str] = []
    assert list(bench._watched(range(25), 25, "clips", told.append)) == list(range(25))
    assert told[-1] == "25 of 25 clips"
    assert len(told) == 13


def test_what_was_understood() -> None:
    assert understood(Interpretation(safety="gas")) == "gas"
    assert understood(Interpretation(command="agent")) == "agent"
    assert understood(Interpretation(status="ambiguous")) == "several"
    assert understood(Interpretation(meaning="yes")) == "yes"
    assert understood(Interpretation(value={"region": "a", "room": "b"})) == "a b"
    assert latency(Heard(Cause.SUCCESS, Interpretation(), (), 2000, 0.1), 1000) == 1100
    assert latency(Heard(Cause.NO_INPUT, Interpretation(), (), 2000, 0.1), 1000) is None


@pytest.mark.parametrize(("slots", "snrs"), [("colour", "20"), ("gas", "15")])
def test_unknown_options_are_refused(slots: str, snrs: str) -> None:
    with pytest.raises(BenchRefused, match="unknown"):
        command(slots=slots, snrs=snrs)
