"""ivr is away for a whole call: the message is there, and when ivr is back there is one call-back, however often."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from ivr.telephony.ami.client import AMIClient, AMISettings
from ops.robots.carrier import Carrier
from ops.robots.line import Line, RobotServer
from ops.robots.page import AgentPage
from ops.robots.scenario import Voice
from ops.robots.voice import speak
from ops.stack import probes, supervisor
from ops.stack.parts import IVR
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(500)]
CALLER = "13800138098"
MESSAGE = "我姓陈，热水器坏了，请给我回个电话"


def restart_ivr(stack: Stack) -> None:
    """Start ivr, again if it runs, and wait until it has compared with Asterisk and shipped what it knows."""
    supervisor.stop_part(stack.layout, IVR.name)
    supervisor.start_part(stack.layout, IVR.name)

    def settled() -> bool:
        status = probes.ask_ivr(stack.layout, stack.settings).data or {}
        mark = stack.layout.journal / "calls-found"
        size = (stack.layout.instance("pbx") / "log/queue_log").stat().st_size
        read = mark.read_text(encoding="ascii").split()[1] if mark.exists() else ""
        return status.get("ami_connected") is True and status.get("facts_waiting") == 0 and read == str(size)

    assert supervisor.wait_until(settled, 60), probes.ask_ivr(stack.layout, stack.settings)


async def leave_a_message(stack: Stack, folder: Path) -> None:
    """Ring, wait in the queue of the fallback, press 2, speak after the tone and hang up."""
    settings = stack.settings
    user, secret = settings.ami_user, settings.ami_secret
    ready = [asyncio.Event(), asyncio.Event()]
    ports = (settings.carrier_ami_port, settings.ami_port)
    robots, hotline = (
        AMIClient(AMISettings("127.0.0.1", port, user, secret), on_connected=noting(event))
        for port, event in zip(ports, ready, strict=True)
    )
    async with RobotServer(settings.robot_port) as server, robots, hotline:
        for event in ready:
            await asyncio.wait_for(event.wait(), 15)
        carrier = Carrier(robots, settings.robot_port)
        waiting: list[asyncio.Future[Line]] = []
        placed = await carrier.call("4001726011", CALLER, lambda uuid: waiting.append(server.expect(uuid)))
        line = await asyncio.wait_for(waiting[0], 20)
        await happens(hotline, lambda event: event.get("Event") == "QueueCallerJoin" and CALLER in event["CallerIDNum"])
        await carrier.press(placed, "2")
        pressed = line.now()
        assert await line.wait_heard(lambda ear: ear.last_voiced > pressed + 1000, 20)
        assert await line.wait_heard(lambda ear: line.now() - ear.last_voiced > 1000, 40)
        await line.play(await speak(MESSAGE, Voice(variant="m3"), folder))
        await line.hang_up()
        await happens(hotline, lambda event: event.get("UserEvent") == "HLEnded" and event["Caller"] == CALLER)


def noting(event: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def note() -> None:
        event.set()

    return note


async def happens(ami: AMIClient, awaited: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(90):
        async for event in ami.events():
            if awaited(event):
                return


async def test_a_message_of_a_whole_outage_becomes_one_call_back_with_its_audio(stack: Stack, tmp_path: Path) -> None:
    async with AgentPage(stack.web, stack.agent["number"], stack.agent["password"], print) as page:
        await page.leave()
    login = {"Authorization": f"Bearer {stack.token}"}
    await asyncio.to_thread(supervisor.stop_part, stack.layout, IVR.name)
    try:
        await leave_a_message(stack, tmp_path)
    finally:
        await asyncio.to_thread(restart_ivr, stack)
    with httpx.Client(base_url=f"{stack.web}/api/v1", headers=login, trust_env=False) as web:

        def asked(path: str) -> Any:
            return web.get(path).raise_for_status().json()

        def mine() -> list[dict[str, Any]]:
            found = asked("/callbacks?tab=voicemail&size=100")["items"]
            return [task for task in found if task["e164"] == f"+86{CALLER}"]

        (task,) = mine()
        assert task["note"] == "语音导航停着时打来的，留了言，请先听录音"
        path = f"/calls/{task['contact']}"
        assert (asked(path)["outcome"], asked(path)["did"]) == ("voicemail", "4001726011")
        assert supervisor.wait_until(lambda: asked(path)["recording"]["status"] == "ready", 30), asked(path)
        messages = {path.stem.replace("-", ""): path for path in stack.layout.voicemail.glob("*.wav")}
        message = messages[task["contact"]]  # other calls of the stack left some too
        assert message.stat().st_size > 16_000  # more than a second was said
        await asyncio.to_thread(restart_ivr, stack)
        (stack.layout.journal / "calls-found").unlink()  # and forgets how far it had read
        await asyncio.to_thread(restart_ivr, stack)
        assert mine() == [task]
        assert not [alarm for alarm in asked("/board")["alarms"] if alarm["key"].startswith(("voicemail", "fact:"))]
