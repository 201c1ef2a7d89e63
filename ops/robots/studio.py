"""Brings robots together on a running stack: the carrier's AMI, the AudioSocket server, callers and agents."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from ivr.telephony.ami.client import AMIClient, AMISettings
from ops.denied import require_writable
from ops.robots.agent import RobotAgents
from ops.robots.caller import RobotCaller
from ops.robots.carrier import Carrier, PlacedCall
from ops.robots.hotline import HotlineAPI
from ops.robots.line import RobotServer
from ops.robots.report import CallReport
from ops.robots.scenario import Scenario, Voice
from ops.robots.voice import VOICE_FOLDER
from ops.settings import Settings

_CONNECT_S = 15.0
AGENT_VOICE = Voice(variant="f2", speed=165)
Say = Callable[[str], None]


class CarrierAway(Exception):
    """The carrier's Asterisk cannot be reached, or another robot run holds the robots' port."""


class Studio:
    """`async with Studio(...) as studio: report = await studio.call(scenario, folder)`.

    On entry it raises CarrierAway, and PermissionError when calls cannot be written to `out`.
    """

    def __init__(self, settings: Settings, api_token: str, *, out: Path, say: Say) -> None:
        self._settings, self._out, self._say = settings, out, say
        self._server = RobotServer(settings.robot_port)
        login = AMISettings("127.0.0.1", settings.carrier_ami_port, settings.ami_user, settings.ami_secret)
        self._connected = asyncio.Event()
        self.ami = AMIClient(login, on_connected=self._note_connected)
        self.carrier = Carrier(self.ami, settings.robot_port)
        self.hotline = HotlineAPI(
            f"http://127.0.0.1:{settings.web_port}",
            f"http://127.0.0.1:{settings.commands_port}",
            api_token,
            settings.internal_token,
        )
        self._stack = contextlib.AsyncExitStack()
        self._agents: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        for folder in (self._out, self._out / VOICE_FOLDER):
            await asyncio.to_thread(require_writable, folder)
        try:
            await self._stack.enter_async_context(self._server)
        except OSError as error:
            raise CarrierAway(f"port {self._settings.robot_port} is taken: is another robot call running?") from error
        await self._stack.enter_async_context(self.ami)
        self._stack.push_async_callback(self.hotline.close)
        try:
            await asyncio.wait_for(self._connected.wait(), _CONNECT_S)
        except TimeoutError:
            await self._stack.aclose()
            raise CarrierAway(f"no carrier on AMI port {self._settings.carrier_ami_port}") from None
        return self

    async def _note_connected(self) -> None:
        self._connected.set()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._agents is not None:
            self._agents.cancel()
            await asyncio.gather(self._agents, return_exceptions=True)
        await self._stack.aclose()

    def start_agents(self, talk_s: float = 4.0) -> RobotAgents:
        """Let robot agents answer every phone that rings at the carrier; once per studio."""
        agents = RobotAgents(
            self._server, self.carrier.press, out=self._out, voice=AGENT_VOICE, talk_s=talk_s, say=self._say
        )
        self._agents = asyncio.create_task(agents.run(self.ami.events()), name="robot agents")
        return agents

    async def answer(self, scenario: Scenario, within_s: float) -> CallReport:
        """Wait until the hotline rings the number `from` of a scenario, and be who answers; not beside robot agents."""
        caller = RobotCaller(self._server, self.carrier, self.hotline, folder=Path(), out=self._out, say=self._say)
        async with asyncio.timeout(within_s):
            async for event in self.ami.events():
                if (event.get("UserEvent"), event.get("Extension")) == ("RobotRing", scenario.from_):
                    break
        return await caller.answer(scenario, PlacedCall(UUID(event["Uuid"]), event["Channel"]))

    async def call(self, scenario: Scenario, folder: Path) -> CallReport:
        """Run one robot call; clips of the scenario lie in `folder`. Several may run at once."""
        caller = RobotCaller(self._server, self.carrier, self.hotline, folder=folder, out=self._out, say=self._say)
        return await caller.run(scenario)
