"""Faults of design 10 on real calls: any part dies or freezes in any phase, and the caller is looked after."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.robots.hearing import longest_silence
from ops.stack import probes
from tests.faults.call import Telephone
from tests.faults.conftest import RESULT
from tests.faults.scenario import FAULT_NODE, PERSON, REPORT, Course, Fault, Phase
from tests.faults.stack import ROWS, FaultStack

MAX_SILENCE_MS = 3000
GUARDED = ("decoder", "speech", "ivr", "crm")  # a frozen database is not ours to kill
SIGNALS = (signal.SIGKILL, signal.SIGSTOP)
# One of each row, signals and phases mixed, for every run; all of them in a long one.
ALWAYS = {
    ("decoder", signal.SIGKILL, Phase.SPEAKING),
    ("speech", signal.SIGSTOP, Phase.PROMPT),
    ("ivr", signal.SIGSTOP, Phase.PROMPT),
    ("crm", signal.SIGSTOP, Phase.QUEUE),
    ("database", signal.SIGKILL, Phase.DESK),
}
CASES = [
    pytest.param(row, number, phase, id=f"{row}-{number.name}-{phase}",
                 marks=[] if (row, number, phase) in ALWAYS else [pytest.mark.long])
    for row in ROWS for number in SIGNALS for phase in Phase
]  # fmt: skip
pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]


@pytest.mark.parametrize(("row", "number", "phase"), CASES)
async def test_the_caller_is_looked_after_and_nothing_is_lost(
    stack: FaultStack,
    row: str,
    number: signal.Signals,
    phase: Phase,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    await asyncio.to_thread(stack.await_whole)
    # frozen when it is to be asked, crm stays so for the whole call
    fault = Fault(stack, row, number, lasting=row == "crm" and phase is Phase.DESK)
    async with Telephone(stack, tmp_path) as phone:
        try:
            course = await play(phone, stack, fault, phase)
            wav = tmp_path / "call.wav"
            await asyncio.to_thread(course.caller.line.write_wav, wav)
            if row in GUARDED and not fault.lasting:
                assert await asyncio.to_thread(fault.replaced), "the frozen process was left as it is"
        finally:
            fault.heal()
        silence, at = longest_silence(wav)
        record_property(RESULT, f"{row:9}{number.name:8}{phase:9} {silence:5.0f} ms at {at / 1000:5.1f} s of the call")
        trace = [(node.name, node.listening, node.keys_only) for node in course.caller.seen]
        said = f"struck at {course.struck_at:.0f} ms; {trace}"
        await asyncio.to_thread(stack.await_whole)
        await asyncio.to_thread(stack.await_delivered, course.caller.contact)
        await check_data(phone, stack, course)
    check_course(course, said)
    assert silence <= MAX_SILENCE_MS, f"silence of {silence:.0f} ms at {at:.0f} ms; {said}"


async def play(phone: Telephone, stack: FaultStack, fault: Fault, phase: Phase) -> Course:
    """Make the call; for the Desk's phase Desk is held up while it is asked who calls."""
    answers = REPORT if fault.outlasts and phase is not Phase.QUEUE else PERSON
    holder = Fault(stack, fault.row if fault.outlasts else "crm", signal.SIGSTOP, lasting=True)
    if phase is Phase.DESK:
        await asyncio.to_thread(holder.strike)
    try:
        caller = await phone.ring()
        if phase is Phase.DESK:
            await in_dialogue(stack, caller.line.ended)
        course = Course(phone, caller, fault, phase, answers)
        running = asyncio.create_task(course.run())
        if phase is Phase.DESK and not fault.outlasts:
            await asyncio.wait_for(course.struck.wait(), 20)
            holder.heal()
        await running
    finally:
        holder.heal()
    return course


async def in_dialogue(stack: FaultStack, ended: asyncio.Event) -> None:
    """Wait until speech has the call: ivr asks Desk right after that."""
    while not ended.is_set():
        status = await asyncio.to_thread(probes.ask_speech, stack.layout, stack.settings)
        if (status.data or {}).get("dialogues"):
            return


def check_course(course: Course, said: str) -> None:
    """The call itself: the same question again, keys when there is no speech, the number whatever is away."""
    row, asked = course.fault.row, course.asked_again
    if course.phase in (Phase.PROMPT, Phase.SPEAKING) and row in ("decoder", "speech", "ivr"):
        if row == "ivr" and asked is None:
            assert course.in_queue, said
        else:
            assert asked is not None, said
            allowed = {FAULT_NODE} | ({"fault_code_confirm", "fault_code_spell"} if row == "decoder" else set())
            assert asked.name in allowed, said
        if row == "speech":
            assert asked is not None, said
            assert asked.keys_only, said
    if course.answers is REPORT:
        assert course.number_ms > 4000, f"the number was not spoken; {said}"
    else:
        assert course.in_queue, said


async def check_data(phone: Telephone, stack: FaultStack, course: Course) -> None:
    """What crm holds once all is back: one ticket with what was said, one outcome."""
    contact = course.caller.contact
    assert stack.fact_kinds(contact).count("contact_ended") == 1
    assert stack.fact_kinds(contact).count("contact_started") == 1
    assert stack.rejected() == []
    call = await phone.api.settled(contact, 10)
    assert call["outcome"] == ("reported" if course.answers is REPORT else "abandoned")
    tickets = await phone.api.tickets(contact)
    assert len(tickets) == 1
    slots = {slot["slot"]: slot for slot in tickets[0]["slots"] if slot["text"]}
    wanted = {"product", "fault_code"} | ({"address", "visit"} if course.answers is REPORT else set())
    assert wanted <= slots.keys(), sorted(slots)
    assert tickets[0]["kind"] == "repair"
