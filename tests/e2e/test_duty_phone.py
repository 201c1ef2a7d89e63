"""At night nobody is signed in: an emergency rings the duty phones in turn; nobody there is an alarm."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ops.robots.agent import RobotAgents
from ops.robots.page import AgentPage
from ops.robots.report import CallReport
from ops.robots.scenario import parse_scenario
from ops.robots.studio import Studio
from ops.stack import probes
from tests.e2e.stack import DUTY_NUMBERS, Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
GAS_BY_KEYS = """
from: "{caller}"
answers:
  main_menu: {{dtmf: "9", after: 1.0}}
  emergency_kind: {{dtmf: "1", after: 1.0}}
  emergency_outside: {{dtmf: "1", after: 1.0}}
  default: {{silence: true}}
within: 120
"""


def ring_for(stack: Stack, number: str, seconds: str) -> None:
    """Tell the carrier how long a duty phone rings before it is answered ("never")."""
    action = f"Action: Setvar\r\nVariable: ROBOT_RING_{number}\r\nValue: {seconds}"
    reply = probes.ami_actions(stack.settings.carrier_ami_port, stack.settings, [action])[0]
    assert reply["Response"] == "Success", reply


@pytest.fixture(autouse=True)
def _ringing_as_before(stack: Stack) -> Iterator[None]:
    """Let the duty phones ring as the carrier has it afterwards, for other tests' callers may reach them too; and see
    to it that nobody who was in danger is rung in the middle of another test."""
    yield
    for number in DUTY_NUMBERS:
        ring_for(stack, number, "")
    login = {"Authorization": f"Bearer {stack.token}"}
    with httpx.Client(base_url=f"{stack.web}/api/v1", headers=login, trust_env=False) as web:
        for task in web.get("/callbacks").raise_for_status().json()["items"]:
            done = web.post(f"/callbacks/{task['id']}/done", json={"result": "not_needed", "note": ""})
            done.raise_for_status()


async def emergency(stack: Stack, caller: str) -> tuple[CallReport, RobotAgents]:
    """Make the call with no agent signed in."""
    folder = stack.layout.home / "robots"
    async with AgentPage(stack.web, stack.agent["number"], stack.agent["password"], print) as page:
        await page.leave()
    async with Studio(stack.settings, stack.token, out=folder, say=print) as studio:
        agents = studio.start_agents(4.0)
        report = await studio.call(parse_scenario(GAS_BY_KEYS.format(caller=caller)), Path())
        for talk in agents.talks:
            if talk.accepted:
                await asyncio.wait_for(talk.done.wait(), 10)
        return report, agents


async def board(stack: Stack) -> dict[str, Any]:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {stack.token}"}, trust_env=False) as web:
        answer = await web.get(f"{stack.web}/api/v1/board")
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


async def test_the_second_duty_phone_takes_what_the_first_does_not(stack: Stack) -> None:
    await asyncio.to_thread(ring_for, stack, DUTY_NUMBERS[0], "never")
    await asyncio.to_thread(ring_for, stack, DUTY_NUMBERS[1], "1")
    report, agents = await emergency(stack, "13800138090")
    assert [talk.extension for talk in agents.talks] == list(DUTY_NUMBERS)
    assert agents.talks[1].accepted
    assert report.outcome == "talked"
    assert len(report.tickets) == 1
    assert (report.tickets[0]["priority"], report.tickets[0]["safety"]) == ("urgent", "gas")


async def test_when_nobody_is_there_it_is_a_ticket_an_urgent_call_back_and_an_alarm(stack: Stack) -> None:
    for number in DUTY_NUMBERS:
        await asyncio.to_thread(ring_for, stack, number, "never")
    report, agents = await emergency(stack, "13800138091")
    assert [talk.extension for talk in agents.talks] == list(DUTY_NUMBERS)
    assert report.outcome != "talked"
    assert len(report.tickets) == 1
    ticket = report.tickets[0]
    assert (ticket["priority"], ticket["safety"], ticket["callback"]["priority"]) == ("urgent", "gas", "urgent")
    assert f"emergency:{report.contact}" in {alarm["key"] for alarm in (await board(stack))["alarms"]}
