"""The soak: what its figures are made of, and when it is borne."""

from dataclasses import replace

from ops.bench import soak
from ops.robots.report import CallReport
from ops.volume.books import Books, Memory

EVEN = Books(2, 2, 0, {"abandoned": 2}, 0, 0, 0, Memory())
WAITS = {"rows": [{"what": "menu", "n": 1, "p50_ms": 700, "p95_ms": 700, "limit_ms": 1200, "kept": True}], "own": []}
BORNE = soak.Found(EVEN, 3, {}, {"1": 3}, WAITS, {"ivr": 0.01})


def report(tickets: int, *, why: str = "", outcome: str = "reported") -> tuple[str, CallReport]:
    made = CallReport("13900000001", "4001726011", outcome=outcome, tickets=[{"no": str(n)} for n in range(tickets)])
    if why:
        made.fail(why)
    return "voice", made


def test_a_load_makes_its_rate_for_its_time() -> None:
    assert soak.Load(120, 0.5, 10, 2).calls == 3600
    assert soak.Load(0.5, 0.01, 1, 1).calls == 1


def test_growth_is_of_the_last_quarter_against_the_one_before() -> None:
    warm = [(float(at), {"ivr": 50.0 + min(at, 10), "crm": 100.0}) for at in range(80)]
    assert soak.growth(warm) == {"ivr": 0.0, "crm": 0.0}
    leaking = [(float(at), {"ivr": 50.0 + at}) for at in range(80)]
    assert soak.growth(leaking)["ivr"] > 0.15
    spiked = [(at, {"ivr": 500.0 if at == 75 else 50.0}) for at, _ in leaking]
    assert soak.growth(spiked) == {"ivr": 0.0}, "one sample is no growth"
    assert soak.growth(leaking[:3]) == {}


def test_reports_are_counted_by_their_tickets_and_their_failures() -> None:
    reports = [report(1), report(1), report(0), report(2), report(1, why="no answer"), report(1, outcome="")]
    assert soak.tickets_left(reports) == {"1": 3, "0": 1, "2": 1}
    assert soak.broken(reports) == {"no answer": 1, "no outcome": 1}


def test_it_is_borne_when_nothing_is_lost_doubled_or_grown() -> None:
    assert BORNE.ok
    assert not replace(BORNE, tickets={"1": 2, "0": 1}).ok
    assert not replace(BORNE, broken={"no answer": 1}).ok
    assert not replace(BORNE, books=replace(EVEN, missing=1)).ok
    grown = replace(BORNE, growth={"ivr": 0.01, "speech": 0.2})
    assert (grown.ok, grown.grown) == (False, ["speech"])


def test_memory_is_sampled_now_and_then() -> None:
    watch = soak.Watch(lambda: {"ivr": 50.0})
    for _ in range(3):
        watch.tick()
    assert len(watch.samples) == 1
    watch.begun -= soak.SAMPLE_EVERY_S + 1
    watch.tick()
    assert [held for _at, held in watch.samples] == [{"ivr": 50.0}] * 2
    assert watch.memory.most == {"ivr": 50.0}


def test_the_result_in_words_and_as_json() -> None:
    text = soak.written(BORNE, "every call has one record")
    assert "tickets each: {'1': 3}" in text
    assert "ivr +1.0%" in text
    assert "| menu | 1 | 700 | 700 | 1200 | True |" in text
    assert BORNE.to_json()["ok"] is True
