"""What the caller answers, in which phase the fault comes, and the course of such a call."""

import asyncio
import logging
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ops.stack import processes
from ops.stack.supervisor import wait_until
from tests.faults.call import Caller, Node, Telephone
from tests.faults.stack import FaultStack

log = logging.getLogger(__name__)

FROZEN_S = 15.0  # by then a stopped process must have been replaced
_QUEUE_S = 6.0  # in the queue with the fault before hanging up
FAULT_NODE = "fault_code"
SPOKEN = "E零一"

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
    """Where in the call the fault comes."""

    PROMPT = "prompt"
    SPEAKING = "speaking"
    DESK = "desk"
    QUEUE = "queue"


@dataclass
class Fault:
    """One row, one signal. lasting: the guard is stopped too, so a frozen process stays until `heal`."""

    stack: FaultStack
    row: str
    number: signal.Signals
    lasting: bool = False
    hit: list[int] = field(default_factory=list)

    @property
    def outlasts(self) -> bool:
        """Tell whether the whole report must be possible without it: no caller misses crm and database."""
        return self.row in ("crm", "database")

    def strike(self) -> None:
        """Send the signal to every process of the row."""
        self.hit = self.stack.guarded(self.row) if self.lasting else self.stack.pids(self.row)
        assert self.hit, f"{self.row} does not run"
        self.stack.signal(self.hit, self.number)

    def heal(self) -> None:
        """Let go on what is still stopped."""
        if self.number is signal.SIGSTOP:
            self.stack.signal(self.hit, signal.SIGCONT)

    def replaced(self) -> bool:
        """Wait until no process that was hit runs any more: died, or noticed as frozen and killed."""
        return wait_until(lambda: not any(processes.running(pid) for pid in self.hit), FROZEN_S)


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
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    _answered_at: float = 0.0

    async def run(self) -> None:
        """Go through the dialogue to its end, and through the queue when it ends there; then hang up."""
        if self.phase is Phase.DESK:
            await self.strike()
        while (node := await self.caller.next_node()) is not None and node.listening != "over":
            if not node.asks:
                continue
            if self.struck_at >= 0 and self.asked_again is None:
                self.asked_again = node
            if node.name == LAST:
                self._hear_number()
            await self._question(node)
        if self.answers is not REPORT:
            await self._queue()
        await self.caller.line.hang_up()
        await asyncio.wait_for(self.caller.line.ended.wait(), 5)

    def _note(self, text: str, *values: object) -> None:
        """Log with the call's own time, which is that of its recording; pytest shows it when the test fails."""
        log.warning(f"%s at %d ms: {text}", self.caller.contact, self.caller.line.now(), *values)  # noqa: G004 - ours

    async def strike(self) -> None:
        """The fault, now."""
        self.struck_at = self.caller.line.now()
        self._note("%s gets %s", self.fault.row, self.fault.number.name)
        await asyncio.to_thread(self.fault.strike)
        self.struck.set()

    async def _question(self, node: Node) -> None:
        here = node.name == FAULT_NODE and self.struck_at < 0
        asked_anew = self.fault.row in ("speech", "ivr")
        if here and self.phase is Phase.PROMPT:
            await self.caller.into_prompt(self.caller.line.now())
            await self.strike()
            if not asked_anew:
                await self.caller.give(SPOKEN if self.fault.row == "decoder" else self.answers[node.name])
        elif here and self.phase is Phase.SPEAKING:
            await self.caller.hears(self.caller.line.now())
            await self.caller.prompt_over()
            saying = await self.caller.start_saying(SPOKEN)
            await self.strike()
            await saying
        else:
            await self.caller.give(self.answers[node.name])
        self._answered_at = self.caller.line.now()
        self._note("answered %s", node)

    def _hear_number(self) -> None:
        """Add up what was said since the last answer: the number, twice, and what to do with it."""
        stretches = self.caller.line.ear.stretches
        self.number_ms = sum(last - first for first, last in stretches if first > self._answered_at)

    async def _queue(self) -> None:
        self._note("after %s to the queue", self.caller.seen[-1:])
        await self.phone.queued(self.caller)
        self.in_queue = True
        assert await self.caller.hears(self.caller.line.now()), "nothing to hear in the queue"
        if self.phase is Phase.QUEUE:
            await self.strike()
            await self.caller.line.wait_heard(lambda _ear: False, _QUEUE_S)
            assert not self.caller.line.ended.is_set(), "the caller lost the queue"
