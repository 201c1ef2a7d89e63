"""What the caller answers, in which phase the fault comes, and the course of such a call."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ops.robots.line import Line
from ops.robots.studio import AGENT_VOICE
from ops.robots.voice import speak
from tests.faults.call import Caller, Node, Telephone
from tests.faults.rows import FAULT_NODE, Fault

log = logging.getLogger(__name__)

_QUEUE_S = 6.0  # in the queue with the fault before hanging up
_THINKING_S = 0.5  # a caller who was silent when the fault came goes on being so
_PATIENCE_S = 3.0  # then a caller who is cut, as nobody told the carrier, hangs up
_RING_S = 30.0  # until an agent's phone rings, and until it is answered
SPOKEN = "E零一"
TALK = "师傅明天上午会给您打电话,请您留意接听"
REPLY = "好的谢谢"

# By keys: the known product, code E01, the address on file, as soon as possible, this number; then all is right.
# Who is not known says boiler and gives the address by voice.
REPORT: Mapping[str, str] = {
    "main_menu": "3",
    "repair_known_product": "1",
    "repair_product": "1",
    "fault_code": "1",
    "fault_code_spell": "1",
    "fault_code_key_letter": "1",
    "fault_code_key_digits": "01#",
    "fault_code_confirm": "1",
    "symptom": "1",
    "symptom_speech": "#",
    "address_on_file": "1",
    "address_full": "广东省佛山市顺德区容桂街道凤翔路十八号三栋二单元五零二室",
    "address_region": "1",
    "address_region_pick": "1",
    "address_road": "1",
    "address_room": "502#",
    "address_record": "容桂街道凤翔路十八号",
    "address_confirm": "1",
    "visit_day": "1",
    "contact_known": "1",
    "advice_offer": "2",
    "visit_part": "4",
    "purchase_date": "5",
    "invoice": "3",
    "vulnerable": "2",
    "summary_confirm": "1",
    "repair_after": "没有了",
}
# The same as far as the address, then a person.
PERSON = {name: "0" if name.startswith("address") else keys for name, keys in REPORT.items()}
LAST = "repair_after"  # the number has been said


class Phase(StrEnum):
    """Where in the call the fault comes. idle: the question has been asked and the caller says nothing yet."""

    PROMPT = "prompt"
    SPEAKING = "speaking"
    IDLE = "idle"
    DESK = "desk"
    QUEUE = "queue"
    RINGING = "ringing"
    TALKING = "talking"


# how long the agent's phone rings before it is answered, in s: in the queue's own phase nobody answers
RINGS: Mapping[Phase, str] = {Phase.QUEUE: "never", Phase.RINGING: "5", Phase.TALKING: "1"}
AT_QUESTION = (Phase.PROMPT, Phase.SPEAKING, Phase.IDLE)


@dataclass
class Course:
    """One call with its fault. asked_again is the first question after the fault, None when none came."""

    phone: Telephone
    caller: Caller
    fault: Fault
    phase: Phase
    answers: Mapping[str, str]
    asked_again: Node | None = None
    struck_at: float = -1.0  # ms of the call
    number_ms: float = 0.0  # how long the number and what follows it was spoken
    in_queue: bool = False
    talked: bool = False  # agent and caller heard each other after the fault
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    _answered_at: float = 0.0

    @property
    def cut(self) -> bool:
        """Tell whether the call is gone."""
        return self.fault.row.cut and self.struck.is_set()

    async def run(self) -> None:
        """Go through the dialogue to its end, and through the queue when it ends there; then hang up."""
        if self.phase is Phase.DESK:
            await self.strike()
        await self._dialogue()
        if self.answers is not REPORT and not self.cut:
            await self._queue()
        if self.cut:
            await self._pause(_PATIENCE_S)
        await self.caller.line.hang_up()
        await asyncio.wait_for(self.caller.line.ended.wait(), 5)

    async def strike(self) -> None:
        """The fault, now; one that was there before the call is not struck again."""
        if self.fault.row.before:
            return
        self.struck_at = self.caller.line.now()
        self._note("%s gets %s", self.fault.row.name, self.fault.number.name)
        await asyncio.to_thread(self.fault.strike)
        self.struck.set()

    def _note(self, text: str, *values: object) -> None:
        """Log with the call's own time, which is that of its recording; pytest shows it when the test fails."""
        log.warning("%s at %d ms: %s", self.caller.contact, self.caller.line.now(), text % values)

    async def _pause(self, seconds: float) -> None:
        await self.caller.line.wait_heard(lambda _ear: False, seconds)

    async def _while(self, condition: Callable[[], bool]) -> None:
        """Stay on the line until the condition, which waits by itself, has come."""
        waiting = asyncio.create_task(asyncio.to_thread(condition))
        while not waiting.done():
            await self._pause(0.2)
        assert await waiting, "not noticed in time"

    async def _dialogue(self) -> None:
        while not self.cut and (node := await self.caller.next_node()) is not None and node.listening != "over":
            if not node.asks:
                continue
            if self.struck_at >= 0 and self.asked_again is None:
                self.asked_again = node
            if node.name == LAST:
                self._hear_number()
            if node.name == FAULT_NODE and self.struck_at < 0 and self.phase in AT_QUESTION:
                await self._question(node)
            else:
                await self.caller.give(self.answers[node.name])
            self._answered_at = self.caller.line.now()
            self._note("answered %s", node)

    async def _question(self, node: Node) -> None:
        """Come to the phase at this question, strike, and answer unless the question is lost with what was struck."""
        caller, row = self.caller, self.fault.row
        if self.phase is Phase.PROMPT:
            await caller.into_prompt(caller.line.now())
        else:
            await caller.hears(caller.line.now())
            await caller.prompt_over()
        saying = await caller.start_saying(SPOKEN) if self.phase is Phase.SPEAKING else None
        await self.strike()
        if saying is not None:
            await saying
            return
        if row.name == "decoder":
            await self._give(SPOKEN)  # it takes no part in keys
        elif row.borne:
            await self._give(self.answers[node.name])

    async def _give(self, answer: str) -> None:
        """Answer as ever, or out of silence."""
        if self.phase is Phase.PROMPT:
            await self.caller.give(answer)
            return
        await self._pause(_THINKING_S)
        await (self.caller.say(answer) if answer == SPOKEN else self.caller.press(answer))

    def _hear_number(self) -> None:
        """Add up what was said since the last answer: the number, twice, and what to do with it."""
        stretches = self.caller.line.ear.stretches
        self.number_ms = sum(last - first for first, last in stretches if first > self._answered_at)

    async def _queue(self) -> None:
        self._note("after %s to the queue", self.caller.seen[-1:])
        await self.phone.queued(self.caller)
        self.in_queue = True
        if self.phase in (Phase.RINGING, Phase.TALKING):
            await self._agent()
            return
        assert await self.caller.hears(self.caller.line.now()), "nothing to hear in the queue"
        if self.phase is Phase.QUEUE:
            await self.strike()
            if not self.cut:
                await self._pause(_QUEUE_S)
                if self.fault.row.name == "ami":  # who hangs up before it is noticed may have any outcome
                    await self._while(self.fault.noticed)
                assert not self.caller.line.ended.is_set(), "the caller lost the queue"

    async def _agent(self) -> None:
        """Be rung through to the agent and talk, with the fault while it rings or in the talk."""
        agents, line = self.phone.agents, self.caller.line
        assert await line.wait_heard(lambda _ear: agents.rang.is_set(), _RING_S), "no phone rang"
        if self.phase is Phase.RINGING:
            await self.strike()
        if not self.cut:
            assert await line.wait_heard(lambda ear: ear.agent_greeted, _RING_S), "no agent answered"
        if self.phase is Phase.TALKING:
            await self.strike()
        if not self.cut:
            await self._talk(next(talk.line for talk in agents.talks if talk.line is not None))

    async def _talk(self, agent: Line) -> None:
        for _ in range(2):
            since = self.caller.line.now()
            await agent.play(await speak(TALK, AGENT_VOICE, self.caller.voices))
            assert await self.caller.hears(since, 1.0), "the caller did not hear the agent"
            assert await self._heard_by(agent), "the agent did not hear the caller"
        self.talked = True

    async def _heard_by(self, agent: Line) -> bool:
        begun = agent.now()
        await self.caller.say(REPLY)
        return await agent.wait_heard(lambda ear: ear.last_voiced > begun, 1.0)
