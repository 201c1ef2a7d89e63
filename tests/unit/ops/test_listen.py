"""What is written beside a call for a listener."""

import asyncio

from ivr.flows.load import load_program
from ops.layout import TREE
from ops.listen import CALLS, Minutes, written
from ops.robots.report import CallReport
from ops.robots.scenario import load_scenario


def test_the_ten_calls_exist() -> None:
    folder = TREE / "tests" / "e2e" / "scenarios"
    assert len(set(CALLS)) == 10
    for name in CALLS:
        assert load_scenario(folder / f"{name}.yaml")


def test_the_ten_calls_are_of_every_kind() -> None:
    flow_of = load_program().flow_of
    folder = TREE / "tests" / "e2e" / "scenarios"
    answered = {node for name in CALLS for node in load_scenario(folder / f"{name}.yaml").answers}
    kinds = {"repair", "my_ticket", "consult", "complaint", "request", "emergency"}
    assert kinds <= {flow_of[node] for node in answered if node in flow_of}


async def test_who_said_what_when() -> None:
    told: list[str] = []
    minutes = Minutes(told.append)
    minutes.say("answered: 4001726011")
    await asyncio.to_thread(lambda: None)
    for line in ("hotline: 请说", "caller:  我要报修", "agent 8001: answered", "else"):
        minutes.say(line)
    assert len(told) == 5
    report = CallReport("13800138000", "4001726011", outcome="talked", duration_ms=61_500, ended_by="hotline")
    report.tickets = [{"no": "12345674"}]
    text = written("repair", minutes.lines, report)
    assert "   0.0  热线:您好,汉普顿售后服务热线" in text
    assert "热线:请说" in text
    assert "来电人:我要报修" in text
    assert "客服:8001: answered" in text
    assert "结果:talked;单号:12345674;热线挂机。" in text
    assert "时长 61.5 秒" in text
