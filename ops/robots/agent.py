"""The robot agent: a registered phone at the carrier that answers, gives its sign, speaks and listens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from ops.robots.carrier import PlacedCall
from ops.robots.ear import marker
from ops.robots.line import Line, RobotServer
from ops.robots.scenario import Voice
from ops.robots.voice import VOICE_FOLDER, speak

GREETING = "您好，很高兴为您服务"
LONGEST_EXTENSION = 5  # digits of an agent's phone; what has more is a duty phone's whole number
_ACCEPT_S = 10.0
Say = Callable[[str], None]
Press = Callable[[PlacedCall, str], Awaitable[None]]


@dataclass
class AgentTalk:
    """One answered call of a robot agent: times are seconds since the epoch."""

    extension: str
    uuid: UUID
    rang_at: float
    channel: str = ""
    answered_at: float = 0.0
    line: Line | None = None
    wav: str = ""
    accepted: bool = False  # a duty phone: key 1 was pressed
    done: asyncio.Event = field(default_factory=asyncio.Event)


class RobotAgents:
    """Answers every ring of the carrier's phones (UserEvent RobotRing), greets, and talks for `talk_s` seconds.

    A duty phone presses 1 first, as the hotline asks of whoever answers it.
    """

    def __init__(self, server: RobotServer, press: Press, *, out: Path, voice: Voice, talk_s: float, say: Say) -> None:
        self._press = press
        self._server, self._out, self._voice, self._talk_s, self._say = server, out, voice, talk_s, say
        self.talks: list[AgentTalk] = []
        self.rang = asyncio.Event()

    async def run(self, events: AsyncIterator[Mapping[str, str]]) -> None:
        """Serve rings until cancelled."""
        greeting = marker() + await speak(GREETING, self._voice, self._out / VOICE_FOLDER)
        async with asyncio.TaskGroup() as group:
            async for event in events:
                if event.get("Event") == "UserEvent" and event.get("UserEvent") == "RobotRing":
                    talk = self._ringing(event)
                    if talk is not None:
                        group.create_task(self._talk(talk, greeting))

    def _ringing(self, event: Mapping[str, str]) -> AgentTalk | None:
        try:
            uuid = UUID(event.get("Uuid", ""))
        except ValueError:
            return None
        extension = event.get("Extension", "")
        channel = event.get("Channel", "")
        talk = AgentTalk(extension, uuid, asyncio.get_running_loop().time(), channel)
        self.talks.append(talk)
        self.rang.set()
        self._say(f"agent {extension}: ringing")
        return talk

    async def _talk(self, talk: AgentTalk, greeting: bytes) -> None:
        answered = self._server.expect(talk.uuid)
        try:
            line = await asyncio.wait_for(answered, 60)
        except TimeoutError:
            self._server.forget(talk.uuid)
            talk.done.set()
            return
        talk.line, talk.answered_at = line, line.started_at
        self._say(f"agent {talk.extension}: answered")
        if len(talk.extension) > LONGEST_EXTENSION and not await self._accept(talk, line):
            await self._over(talk, line)
            return
        await line.play(greeting)
        await line.wait_heard(lambda _ear: False, self._talk_s)
        await self._over(talk, line)

    async def _accept(self, talk: AgentTalk, line: Line) -> bool:
        """Take an emergency on a duty phone: key 1 says that a person is there; False when the call went on without."""
        if not await line.wait_heard(lambda ear: ear.in_prompt, _ACCEPT_S):
            return False
        await self._press(PlacedCall(talk.uuid, talk.channel), "1")
        talk.accepted = True
        return not line.ended.is_set()

    async def _over(self, talk: AgentTalk, line: Line) -> None:
        await line.hang_up()
        await asyncio.wait_for(line.ended.wait(), 5)
        wav = self._out / f"agent-{talk.uuid}.wav"
        await asyncio.to_thread(line.write_wav, wav)
        talk.wav = str(wav)
        talk.done.set()
