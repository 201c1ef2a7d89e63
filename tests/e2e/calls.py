"""Makes the real calls of tests/e2e/scenarios, a few at a time, with a real browser as the agent's page."""

import asyncio
import shutil
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ops.robots.agent import AgentTalk
from ops.robots.report import CallReport
from ops.robots.scenario import load_scenario
from ops.robots.studio import Studio
from ops.robots.voice import noise
from tests.e2e.console_page import ConsolePage, Ledger, chromium
from tests.e2e.stack import Stack

SCENARIOS = Path(__file__).parent / "scenarios"
AT_ONCE = 4
_AGENT_TALK_S = 5.0
_AGENT_RING_S = 4.0  # a person looks at the card before answering
_LONGEST_CALL_S = 240.0


@dataclass
class Made:
    """What the calls left: reports by scenario name, the agents' talks, the page's ledger per contact."""

    reports: dict[str, CallReport] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    talks: list[AgentTalk] = field(default_factory=list)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    page_errors: list[str] = field(default_factory=list)


async def make_calls(
    stack: Stack, names: Sequence[str], afterwards: Sequence[str] = (), nobody_there: Sequence[str] = ()
) -> Made:
    """Make every call named, then those `afterwards`, with agent 8001's page open and ready in Chromium.

    nobody_there: the last ones, made while the agent has paused.
    """
    made = Made()
    folder = stack.layout.home / "scenarios"
    shutil.copytree(SCENARIOS, folder)
    write_wav(folder / "burst.wav", noise(4.0))
    write_wav(folder / "noise.wav", noise(_LONGEST_CALL_S))
    out = stack.layout.home / "robots"
    gate = asyncio.Semaphore(AT_ONCE)
    async with (
        chromium() as browser,
        Studio(stack.settings, stack.token, out=out, say=print) as studio,
    ):
        agents = studio.start_agents(_AGENT_TALK_S)
        await studio.carrier.ring(stack.agent["extension"], _AGENT_RING_S)
        page = await ConsolePage.open(browser, stack.web)
        await page.login(stack.agent["number"], stack.agent["password"])
        await page.go_ready()
        watching = asyncio.create_task(_watch(page, made))

        async def one(name: str) -> None:
            async with gate:
                made.begun[name] = asyncio.get_running_loop().time()
                made.reports[name] = await studio.call(load_scenario(folder / f"{name}.yaml"), folder)
                made.ended[name] = asyncio.get_running_loop().time()

        for round_of in (names, afterwards, nobody_there):
            if round_of is nobody_there:
                await page.pause("用餐")
                await page.wait_for_state("paused")
            async with asyncio.TaskGroup() as group:
                for name in round_of:
                    group.create_task(one(name))
        for report in made.reports.values():
            if report.pops:
                made.ledgers[report.contact] = await page.ledger(report.contact)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        made.talks = agents.talks
        made.page_errors = page.errors
    return made


async def _watch(page: ConsolePage, made: Made) -> None:
    """Keep what the card said while it rang, as a person would have seen it."""
    while True:
        card = page.page.locator("[data-testid=card][data-state=ringing]")
        await card.first.wait_for(timeout=600_000)
        contact = await card.first.get_attribute("data-contact") or ""
        if contact not in made.cards:
            made.cards[contact] = await page.card_text(card.first)
        await page.page.wait_for_timeout(100)


def write_wav(path: Path, pcm: bytes) -> None:
    """Write 8 kHz s16 mono samples."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(pcm)
