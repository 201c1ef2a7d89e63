"""Two calls that belong together: out of the queue and called back in turn; cut in the middle and rung again."""

import asyncio
from pathlib import Path

import pytest

from ops.robots.agent import RobotAgents
from ops.robots.page import AgentPage
from ops.robots.report import CallReport
from ops.robots.scenario import parse_scenario
from ops.robots.studio import Studio
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]
TALKER, LEAVER, CUT = "13800138095", "13800138096", "13800138097"
TALK_S = 45.0  # keeps the only agent until the other has left; who is called back waits some 15 s of it
TALKS = f"""
from: "{TALKER}"
steps:
  - hear: prompt_end
    within: 40
  - dtmf: "0"
  - expect: answer_by_agent
    within: 60
  - expect: hangup
    within: 90
"""
LEAVES = f"""
from: "{LEAVER}"
steps:
  - hear: prompt_end
    within: 40
  - dtmf: "0"
  - pause: 9
  - dtmf: "1"
  - hear: prompt_end
    within: 30
  - dtmf: "1"
  - expect: hangup
    within: 40
"""
IS_CUT = f"""
from: "{CUT}"
answers:
  main_menu: {{dtmf: "3", after: 1.0}}
  repair_product: {{dtmf: "1", after: 1.0}}
  fault_code: {{dtmf: "1", after: 1.0}}
  fault_code_key_letter: {{dtmf: "2", after: 1.0}}
  fault_code_key_digits: {{dtmf: "28#", after: 1.0}}
  fault_code_confirm: {{dtmf: "1", after: 1.0}}
  default: {{hangup: true}}
"""
RINGS_AGAIN = f"""
from: "{CUT}"
answers:
  resume_draft: {{dtmf: "1", after: 1.0}}
  default: {{hangup: true}}
"""


async def until(agents: RobotAgents, extension: str, count: int, within_s: float = 90.0) -> None:
    """Wait until this telephone was rung so many times."""
    async with asyncio.timeout(within_s):
        while sum(talk.extension == extension for talk in agents.talks) < count:
            agents.rang.clear()
            await agents.rang.wait()


async def test_who_leaves_the_queue_by_key_1_is_called_back_when_the_agent_is_free(stack: Stack) -> None:
    extension = stack.agent["extension"]
    async with (
        AgentPage(stack.web, stack.agent["number"], stack.agent["password"], print) as page,
        Studio(stack.settings, stack.token, out=stack.layout.home / "robots", say=print) as studio,
    ):
        await page.ready()
        agents = studio.start_agents(TALK_S)
        talking = asyncio.create_task(studio.call(parse_scenario(TALKS), Path()))
        await until(agents, extension, 1)
        left = await studio.call(parse_scenario(LEAVES), Path())
        assert left.ok, left.why
        assert left.ended_by == "hotline"
        assert LEAVER not in {talk.extension for talk in agents.talks}  # nobody is free: nobody is called
        await talking
        await until(agents, LEAVER, 1)
        await until(agents, extension, 2)
        for talk in agents.talks:
            await asyncio.wait_for(talk.done.wait(), 90)
        await page.leave()
        called = await studio.hotline.settled(left.contact, 20)
    assert [talk.extension for talk in agents.talks] == [extension, LEAVER, extension]
    assert all(talk.answered_at for talk in agents.talks)
    assert called["outcome"] == "talked"


async def test_who_is_cut_and_rings_again_goes_on_with_the_same_ticket(stack: Stack) -> None:
    async with Studio(stack.settings, stack.token, out=stack.layout.home / "robots", say=print) as studio:
        first: CallReport = await studio.call(parse_scenario(IS_CUT), Path())
        (ticket,) = first.tickets
        assert ticket["outcome"] == "hung_up"
        second: CallReport = await studio.call(parse_scenario(RINGS_AGAIN), Path())
    (same,) = second.tickets
    assert same["no"] == ticket["no"]
    asked = [step.node for step in second.steps]
    assert "resume_draft" in asked
    assert "repair_product" not in asked
    code = next(slot for slot in same["slots"] if slot["slot"] == "fault_code")
    assert code["value"]["canonical"] == "F28"
