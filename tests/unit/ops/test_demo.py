"""The demonstration's verdict: which of call, ticket and pop came, and that no other answer than all three is a yes."""

from pathlib import Path
from typing import Any

import pytest

from ops import demo
from ops.demo import DemoResult, judge, play, tell
from ops.layout import layout_for
from ops.robots.report import CallReport
from ops.settings import ensure

ANSWERED = "2026-11-26T22:39:30.372Z"
TICKET: dict[str, Any] = {
    "no": "12345674", "kind_name": "维修", "priority_name": "普通",
    "slots": [{"label": "故障代码", "text": "E01", "evidence": "语音确认"}],
}  # fmt: skip
LEDGER = {"created": "2026-11-26T22:39:28.373Z", "sent": "2026-11-26T22:39:29.412Z", "shown": None, "acted": None}


def pop(received: str | None) -> dict[str, Any]:
    return {"agent": "8001", "kind": "call", "ledger": {**LEDGER, "received": received}}


def report(**changes: Any) -> CallReport:
    """Return a call in which all came."""
    whole: dict[str, Any] = {
        "answered": True,
        "contact": "c0ffee",
        "tickets": [TICKET],
        "pops": [pop("2026-11-26T22:39:29.455Z")],
        "visits": [{"queue": "repair", "answered_at": ANSWERED}],
    }
    return CallReport("13800138000", "4001726011", **{**whole, **changes})


def judged(found: CallReport | None) -> DemoResult:
    result = DemoResult("http://127.0.0.1:17200/", [{"name": "坐席", "number": "8001", "password": "x"}])
    judge(result, found)
    return result


def test_all_came() -> None:
    result = judged(report())
    assert result.ok
    assert result.to_json()["missing"] == []
    assert result.ticket["no"] == "12345674"
    assert result.pop["ahead_ms"] == 917


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"answered": False}, ["call"]),
        ({"ok": False, "why": "not over within 300 s"}, ["call"]),
        ({"tickets": []}, ["ticket"]),
        ({"tickets": [TICKET, TICKET]}, ["ticket"]),  # one matter, one ticket
        ({"pops": []}, ["pop"]),
        ({"pops": [pop(None)]}, ["pop"]),  # made and perhaps sent, but never at the page
        ({"pops": [pop(ANSWERED)]}, ["pop"]),
        ({"pops": [pop("2026-11-26T22:39:31.000Z")]}, ["pop"]),  # the agent talked before
        ({"visits": []}, ["call", "pop"]),
        ({"visits": [{"queue": "repair", "answered_at": None}]}, ["call", "pop"]),  # nobody picked up
        ({"answered": False, "tickets": [], "pops": [], "visits": []}, ["call", "ticket", "pop"]),
    ],
)
def test_what_did_not_come_is_named(changes: dict[str, Any], missing: list[str]) -> None:
    result = judged(report(**changes))
    assert result.missing == missing
    assert not result.ok
    assert result.to_json()["ok"] is False


def test_no_call_is_nothing_of_the_three() -> None:
    assert judged(None).missing == ["call", "ticket", "pop"]


def test_the_first_pop_that_came_in_time_counts() -> None:
    result = judged(report(pops=[pop(None), pop("2026-11-26T22:39:30.000Z"), pop("2026-11-26T22:39:29.455Z")]))
    assert result.pop["ahead_ms"] == 372


def test_people_are_told_what_came_and_what_did_not() -> None:
    lines: list[str] = []
    tell(judged(report()), lines.append)
    assert lines[0] == "ticket 1234 5674 维修 普通: 故障代码 E01（语音确认）"
    assert "no browser" in lines[1]
    assert "0.9 s before the agent answered" in lines[1]
    assert lines[2] == "all came: call, ticket, pop"
    lines.clear()
    tell(judged(report(tickets=[], pops=[])), lines.append)
    assert lines[0] == "did not come: ticket, pop"


async def test_a_hotline_that_does_not_answer_is_no_call(tmp_path: Path) -> None:
    layout = layout_for(tmp_path, {})
    settings = ensure(layout, 23700)
    account = {"name": "坐席", "number": "8001", "password": "x", "extension": "8001"}
    lines: list[str] = []
    result = await play(layout, settings, [account], "token", lines.append)
    assert result.missing == list(demo.WANTED)
    assert lines == ["/session: no answer (ConnectError)"]
