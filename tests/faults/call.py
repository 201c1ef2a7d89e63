"""A caller who answers fast, by keys where keys will do, and who knows in which phase the call is."""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from ivr.telephony.ami.client import AMIClient, AMISettings
from ops.robots.agent import RobotAgents
from ops.robots.carrier import Carrier, PlacedCall
from ops.robots.hotline import HotlineAPI
from ops.robots.line import Line, RobotServer
from ops.robots.scenario import Voice
from ops.robots.studio import AGENT_VOICE
from ops.robots.voice import speak
from tests.faults.stack import KNOWN_CALLER, FaultStack

log = logging.getLogger(__name__)

HOTLINE = "4001726011"
VOICE = Voice(variant="f3")
POLL_S = 1.0
STEP_S = 40.0
_LONGEST_TALK_S = 120.0  # the caller hangs up
_OVER_MS = 1000.0
_PRESS_AFTER_S = 0.4  # of prompt: a caller who knows the menu


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the dialogue as ivr shows it. process: of the ivr that said so; versions count anew in each."""

    process: int
    version: int
    name: str
    listening: str
    keys_only: bool

    @property
    def asks(self) -> bool:
        """Tell whether an answer is waited for."""
        return self.listening in ("listen", "record")


@dataclass
class Caller:
    """One call. `seen` is every node that ivr showed, in order."""

    stack: FaultStack
    line: Line
    placed: PlacedCall
    carrier: Carrier
    contact: str
    http: httpx.AsyncClient
    voices: Path
    seen: list[Node] = field(default_factory=list)

    async def next_node(self, within_s: float = STEP_S) -> Node | None:
        """Return the next node that ivr shows, None when the call ended first; raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not self.line.ended.is_set():
                node = await self._look()
                if node is not None:
                    self.seen.append(node)
                    return node
        return None

    async def _look(self) -> Node | None:
        process = await asyncio.to_thread(self._ivr)
        last = self.seen[-1] if self.seen and self.seen[-1].process == process else None
        params = {"after": str(last.version if last else 0), "wait": str(POLL_S)}
        try:
            answer = await self.http.get(f"/live/{self.contact}", params=params)
        except httpx.HTTPError:
            await self.line.wait_heard(lambda _ear: False, 0.1)  # ivr is away
            return None
        if answer.status_code != 200 or await asyncio.to_thread(self._ivr) != process:
            return None
        raw = answer.json()
        return Node(process, raw["version"], raw["node"], raw["listening"], raw["keys_only"])

    def _ivr(self) -> int:
        return next(iter(self.stack.pids("ivr")), 0)

    # ---- ear and mouth ----

    async def hears(self, since: float, within_s: float = 12.0) -> bool:
        """Wait until sound came after `since` (ms); tells whether it did."""
        return await self.line.wait_heard(lambda ear: ear.last_voiced > since, within_s)

    async def into_prompt(self, since: float) -> None:
        """Wait until a prompt that sounds after `since` has been heard for a moment."""
        assert await self.hears(since), "no prompt came"
        begun = self.line.now()
        await self.line.wait_heard(lambda ear: ear.last_voiced >= begun + _PRESS_AFTER_S * 1000, _PRESS_AFTER_S + 2)

    async def prompt_over(self, within_s: float = 40.0) -> None:
        """Wait until nothing is being said to us; the pause between two sentences of a prompt is not its end."""
        await self.line.wait_heard(lambda ear: self.line.now() - ear.last_voiced > _OVER_MS, within_s)

    async def press(self, keys: str) -> None:
        """Press keys."""
        await self.carrier.press(self.placed, keys)

    async def say(self, text: str) -> None:
        """Say it; returns when all is said."""
        await self.line.play(await speak(text, VOICE, self.voices))

    async def start_saying(self, text: str) -> asyncio.Task[None]:
        """Begin to say it; returns in the middle of the first word."""
        pcm = await speak(text, VOICE, self.voices)
        self.line.first_said_ms = -1.0
        saying = asyncio.create_task(self.line.play(pcm))
        line = self.line
        await line.wait_heard(lambda _ear: 0 <= line.first_said_ms < line.now() - 300, 5)
        return saying

    async def give(self, answer: str) -> None:
        """Press an answer of keys in the middle of the prompt, or say one when the prompt is over."""
        asked = self.line.now()
        if all(key in "0123456789*#" for key in answer):
            await self.into_prompt(asked)
            await self.press(answer)
        else:
            await self.hears(asked)
            await self.prompt_over()
            await self.say(answer)


class Telephone:
    """Places calls on a running stack: `async with Telephone(stack, folder) as phone: caller = await phone.ring()`."""

    def __init__(self, stack: FaultStack, folder: Path) -> None:
        settings = stack.settings
        self._stack, self._folder = stack, folder
        self._server = RobotServer(settings.robot_port)
        self._ready = {name: asyncio.Event() for name in ("carrier", "pbx")}
        user, secret = settings.ami_user, settings.ami_secret
        carrier = AMISettings("127.0.0.1", settings.carrier_ami_port, user, secret)
        pbx = AMISettings("127.0.0.1", settings.ami_port, user, secret)
        self._ami = AMIClient(carrier, on_connected=self._connected("carrier"))
        self._pbx = AMIClient(pbx, on_connected=self._connected("pbx"))
        self._carrier = Carrier(self._ami, settings.robot_port)
        web, commands = (f"http://127.0.0.1:{port}" for port in (settings.web_port, settings.commands_port))
        self.api = HotlineAPI(web, commands, stack.token, settings.internal_token)
        self.agents = RobotAgents(
            self._server, self._carrier.press, out=folder, voice=AGENT_VOICE, talk_s=_LONGEST_TALK_S, say=log.warning
        )
        bearer = {"Authorization": f"Bearer {settings.internal_token}"}
        self._http = httpx.AsyncClient(base_url=commands, headers=bearer, timeout=POLL_S + 1.0, trust_env=False)
        self._exit = AsyncExitStack()

    def _connected(self, name: str) -> Any:
        async def note() -> None:
            self._ready[name].set()

        return note

    async def __aenter__(self) -> Self:
        for part in (self._server, self._ami, self._pbx, self._http):
            await self._exit.enter_async_context(part)
        self._exit.push_async_callback(self.api.close)
        async with asyncio.timeout(15):
            for ready in self._ready.values():
                await ready.wait()
        self._answering = asyncio.create_task(self.agents.run(self._ami.events()), name="agents")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answering.cancel()
        await asyncio.gather(self._answering, return_exceptions=True)
        await self._exit.aclose()

    async def let_agents_ring(self, seconds: str) -> None:
        """Let the agents' phones ring so long before they are answered, or "never"."""
        await self._ami.action("Setvar", {"Variable": "ROBOT_RING", "Value": seconds})

    async def ring(self) -> Caller:
        """Call the hotline; returns when it has answered and ivr knows the call."""
        before = await self.api.newest_contact(KNOWN_CALLER)
        waiting: list[asyncio.Future[Line]] = []
        placed = await self._carrier.call(HOTLINE, KNOWN_CALLER, lambda uuid: waiting.append(self._server.expect(uuid)))
        line = await asyncio.wait_for(waiting[0], 20)
        caller = Caller(self._stack, line, placed, self._carrier, "", self._http, self._folder / "voice")
        async with asyncio.timeout(30):
            while caller.contact in ("", before):
                await line.wait_heard(lambda _ear: False, 0.05)
                caller.contact = await self.api.newest_contact(KNOWN_CALLER)
        return caller

    async def queued(self, caller: Caller, within_s: float = 30.0) -> Mapping[str, str]:
        """Wait until the caller stands in a queue of Asterisk; returns its event."""
        deadline = time.monotonic() + within_s
        async with asyncio.timeout(within_s):
            async for event in self._pbx.events():
                if event.get("Event") == "QueueCallerJoin" and event.get("CallerIDNum", "").endswith(KNOWN_CALLER[1:]):
                    return dict(event)
        raise AssertionError(f"{caller.contact} did not come to a queue before {deadline}")
