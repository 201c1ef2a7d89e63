"""Waits of real calls: what belongs together of a robot's report and speech's log, and what is made of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ops.bench import through_calls as bench
from ops.robots.report import CallReport, StepReport
from ops.robots.scenario import Scenario
from ops.robots.voice import load_clip


def turn(slot: str, **fields: Any) -> dict[str, Any]:
    plain = {"event": "turn_done", "contact": "c1", "slot": slot, "kind": "yes_no", "cause": "success",
             "mode": "speech", "endpoint_ms": 600, "response_ms": 690, "barged_in": False,
             "false_bargeins": 0}  # fmt: skip
    return {**plain, **fields}


def step(node: str, response_ms: int | None = None, *, stop_ms: int | None = None, what: str = "对") -> StepReport:
    return StepReport("answer", what=what, node=node, response_ms=response_ms, barge_stop_ms=stop_ms)


def report(*steps: StepReport, greeting_ms: int | None = None) -> CallReport:
    return CallReport("1390000", "400", contact="c1", greeting_ms=greeting_ms, steps=list(steps))


def test_a_wait_belongs_to_the_turn_of_its_number_at_its_node() -> None:
    turns = bench.turns_done([
        turn("a", endpoint_ms=1500, kind="fault_code", cause="no-match"), turn("b", mode="dtmf", endpoint_ms=0),
        turn("a", endpoint_ms=600, kind="fault_code"), turn("", mode="dtmf"), {"event": "other", "slot": "a"},
        turn("a", contact="another", endpoint_ms=2000),
    ])  # fmt: skip
    call = report(step("a", 1700), step("a", 800, stop_ms=300), step("b", 210, what="3"), greeting_ms=480)
    found = bench.collect([("voice", call)], turns)
    assert found == [
        bench.Sample("answer to greeting", 480, 0, 1000),
        bench.Sample("fault_code, timer 1.5 s", 1700, 1500, 2100, 690),
        bench.Sample("barge-in to silence", 300, 0, 450),
        bench.Sample("fault_code, timer 0.6 s", 800, 600, 1200, 690),
        bench.Sample("last key to answer", 210, 0, 400),
    ]
    assert [item.wait_ms for item in bench.spoken(found)] == [1700, 800]


@pytest.mark.parametrize(
    ("done", "answer"),
    [
        (turn("a", cause="recognizer-error"), step("a", 900)),
        (turn("a", cause="no-input", mode=""), step("a", 900)),
        (turn("a"), step("a", None)),
        (turn("a"), step("a", 900, what="")),
        (turn("a"), step("b", 900)),
    ],
)
def test_what_was_no_answer_is_no_wait(done: dict[str, Any], answer: StepReport) -> None:
    assert not bench.collect([("voice", report(answer))], bench.turns_done([done]))


def test_a_cough_counts_when_the_prompt_stopped_and_came_back() -> None:
    calls = [("cough", report(step("main_menu", 900, stop_ms=300))), ("voice", report(step("main_menu", 900)))]

    def found(**fields: Any) -> dict[str, int]:
        return bench.coughs(calls, bench.turns_done([turn("main_menu", **fields)]))

    assert found(false_bargeins=1) == {"coughs": 1, "stopped": 1, "resumed": 1}
    assert found(false_bargeins=0) == {"coughs": 1, "stopped": 0, "resumed": 1}
    assert found(false_bargeins=1, barged_in=True) == {"coughs": 1, "stopped": 1, "resumed": 0}
    assert not bench.collect(calls[:1], bench.turns_done([turn("main_menu")]))
    assert bench.coughs(calls, {})["coughs"] == 0


def test_the_report_holds_percentiles_and_what_is_over_its_limit() -> None:
    samples = [bench.Sample("x", wait, 600, 1200, 690) for wait in (*[700] * 18, 740, 1300)]
    samples += [bench.Sample("last key to answer", wait, 0, 400) for wait in (200, 500)]
    found = bench.report_of(samples)
    key, spoken = found["rows"]
    assert spoken == {"what": "x", "n": 20, "p50_ms": 700, "p95_ms": 740, "limit_ms": 1200, "kept": True}
    assert (key["p95_ms"], key["kept"]) == (500, False)
    inside, outside = found["own"]
    assert (inside["p50_ms"], inside["p95_ms"], outside["p95_ms"]) == (90, 90, 140)
    assert inside["kept"]
    coughs = {"coughs": 2, "stopped": 2, "resumed": 1}
    text = bench.written({**found, "calls": 4, "at_once": 2, "load_average": [1.0, 2.0], "coughs": coughs})
    assert "| beyond the timer, at the caller's ear | 20 | 100 | 140 | 150 | True |" in text
    assert "2 coughs: 2 stopped" in text


def entry(event: str, at: datetime) -> str:
    return json.dumps({"event": event, "timestamp": at.isoformat().replace("+00:00", "Z")}) + "\n"


def test_the_log_is_read_from_a_moment_on_over_its_rotations_and_forgives_foreign_lines(tmp_path: Path) -> None:
    log, since = tmp_path / "speech.log", datetime.now(UTC)
    minute = timedelta(minutes=1)
    (tmp_path / "speech.log.10").write_text(entry("old", since - minute) + entry("first", since))
    (tmp_path / "speech.log.9").write_text(entry("second", since + minute))
    (tmp_path / "speech.log.old").write_text(entry("kept by somebody", since + minute))
    log.write_text(f"{entry('third', since + 2 * minute)}no JSON\n7\n" + '{"event": "timeless", "timestamp": "now"}\n')
    assert [found["event"] for found in bench.read_log(log, since)] == ["first", "second", "third"]


def test_the_plans_are_calls_that_robots_can_make(tmp_path: Path) -> None:
    plans = bench.read_plans()
    assert set(plans) == {"voice", "keys", "cough"}
    calls = [bench.placed(plan, number) for number, plan in enumerate(plans.values())]
    assert all(isinstance(call, Scenario) for call in calls)
    assert len({call.from_ for call in calls}) == len({call.voice.variant for call in calls}) == 3
    bench.write_cough(tmp_path / "out" / "cough.wav")
    assert len(load_clip(tmp_path / "out" / "cough.wav")) == int(bench.COUGH_S * 8000) * 2
