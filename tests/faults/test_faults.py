"""Faults of design 10 on real calls: any part dies or freezes in any phase, and the caller is looked after."""

import asyncio
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ops.robots.hearing import longest_silence
from ops.stack import probes
from tests.faults.books import Books, check_books, read_books
from tests.faults.call import Telephone
from tests.faults.conftest import RESULT
from tests.faults.rows import KILL, ROWS, STOP, Fault, Row, fault
from tests.faults.scenario import AT_QUESTION, PERSON, REPORT, RINGS, Course, Phase
from tests.faults.stack import FaultStack

MAX_SILENCE_MS = 3000
# One of each row, signals and phases mixed, for every run; all of them in a long one.
ALWAYS = {
    ("decoder", KILL, Phase.SPEAKING),
    ("speech", STOP, Phase.PROMPT),
    ("ivr", STOP, Phase.IDLE),
    ("crm", STOP, Phase.QUEUE),
    ("database", KILL, Phase.DESK),
    ("redis", KILL, Phase.TALKING),
    ("ami", STOP, Phase.TALKING),
    ("asterisk", KILL, Phase.RINGING),
    ("disk", KILL, Phase.QUEUE),
}
# What is there before the call has no phase: the whole report, the queue and the talk are what may go wrong.
_OF_BEFORE = (Phase.PROMPT, Phase.QUEUE, Phase.TALKING)
CASES = [
    pytest.param(row, number, phase, id=f"{row.name}-{number.name}-{phase}",
                 marks=[] if (row.name, number, phase) in ALWAYS else [pytest.mark.long])
    for row in ROWS.values() for number in row.signals for phase in (_OF_BEFORE if row.before else Phase)
]  # fmt: skip
# How the call ends in crm's books, by phase; a report that is not stopped ends as reported, else in the queue.
_ENDS: Mapping[Phase, str] = {Phase.RINGING: "talked", Phase.TALKING: "talked"}
# When Asterisk died: who had said something has hung up half-way, as ivr sees it.
_CUT_ENDS: Mapping[Phase, set[str]] = {
    Phase.DESK: {"missed", "cut"}, Phase.QUEUE: {"cut"}, Phase.RINGING: {"cut"}, Phase.TALKING: {"talked"},
}  # fmt: skip
pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]


@pytest.mark.parametrize(("row", "number", "phase"), CASES)
async def test_the_caller_is_looked_after_and_nothing_is_lost(
    stack: FaultStack,
    row: Row,
    number: signal.Signals,
    phase: Phase,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    await asyncio.to_thread(stack.await_whole)
    await asyncio.to_thread(stack.let_minutes_pass)
    # frozen when it is to be asked, crm stays so for the whole call
    struck = fault(stack, row, number, lasting=row.name == "crm" and phase is Phase.DESK)
    async with Telephone(stack, tmp_path) as phone:
        try:
            course = await play(phone, stack, struck, phase)
            wav = tmp_path / "call.wav"
            await asyncio.to_thread(course.caller.line.write_wav, wav)
            assert await asyncio.to_thread(struck.noticed), "what was frozen was left as it is"
        finally:
            await asyncio.to_thread(struck.heal)
        silence, at = heard_silence(wav, course)
        case = f"{row.name:9}{number.name:8}{phase:9}"
        record_property(RESULT, f"{case} {silence:5.0f} ms at {at / 1000:5.1f} s of the call")
        await asyncio.to_thread(stack.await_whole)
        await asyncio.to_thread(stack.await_delivered, course.caller.contact)
        await check_data(phone, stack, course)
    trace = [(node.name, node.listening, node.keys_only) for node in course.caller.seen]
    said = f"struck at {course.struck_at:.0f} ms; {trace}"
    check_course(course, said)
    assert silence <= MAX_SILENCE_MS, f"silence of {silence:.0f} ms at {at:.0f} ms; {said}"


async def play(phone: Telephone, stack: FaultStack, struck: Fault, phase: Phase) -> Course:
    """Make the call; for the Desk's phase Desk is held up while it is asked who calls."""
    row = struck.row
    answers = REPORT if row.borne and phase not in RINGS else PERSON
    keeps_desk = row.name in ("crm", "database")
    holder = fault(stack, row if keeps_desk else ROWS["crm"], STOP, lasting=True)
    await phone.let_agents_ring(RINGS.get(phase, "never"))
    if row.before:
        await asyncio.to_thread(struck.strike)
    if phase is Phase.DESK:
        await asyncio.to_thread(holder.strike)
    try:
        caller = await phone.ring()
        if phase is Phase.DESK:
            await in_dialogue(stack, caller.line.ended)
        course = Course(phone, caller, struck, phase, answers)
        running = asyncio.create_task(course.run())
        if phase is Phase.DESK and not keeps_desk:
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


def heard_silence(wav: Path, course: Course) -> tuple[float, float]:
    """Return the longest silence of the call and when it began, in ms.

    A call that was cut counts until then. While the caller says nothing to a question it is the caller's own silence.
    """
    if course.fault.row.cut:
        return longest_silence(wav, to_ms=course.struck_at)
    if course.phase is Phase.IDLE:
        return max(longest_silence(wav, to_ms=course.struck_at), longest_silence(wav, course.struck_at))
    return longest_silence(wav)


def check_course(course: Course, said: str) -> None:
    """The call itself: the same question again, keys when there is no speech, the number whatever is away."""
    row, asked = course.fault.row, course.asked_again
    if row.cut:
        assert course.cut, said
        return
    if row.again and course.phase in AT_QUESTION:
        assert asked is not None, said
        assert asked.name in row.again, said
        assert asked.keys_only or not row.by_keys, said
    if course.answers is REPORT:
        assert course.number_ms > 4000, f"the number was not spoken; {said}"
    else:
        assert course.in_queue, said
    assert course.talked == (course.phase in (Phase.RINGING, Phase.TALKING)), said


async def check_data(phone: Telephone, stack: FaultStack, course: Course) -> None:
    """What is there once all is back: one outcome, one ticket with what was said, a call-back unless served."""
    row, contact = course.fault.row, course.caller.contact
    books = await asyncio.to_thread(read_books, stack, contact, records=not row.cut)
    check_books(stack, books)
    assert books.outcome in allowed_outcomes(course), books
    if row.name == "ivr" and course.phase not in AT_QUESTION:
        assert books.uncertain == 0, books  # found again in the queue or with the agent: one stay
    served = books.outcome in ("reported", "talked") and not row.cut
    assert bool(books.callback) != served, books
    if not row.cut:  # a file that Asterisk had open when it died may be there or not
        assert books.recorded == [row.name != "disk"], books
    if row.name == "disk":
        assert "recording" in await phone.api.alarms()
    await check_tickets(phone, course, books)


def allowed_outcomes(course: Course) -> set[str]:
    """Return what may have become of the call: what happened, and what cannot be known while AMI is away."""
    row, phase = course.fault.row, course.phase
    if row.cut:
        return _CUT_ENDS.get(phase, {"hung_up", "cut"})
    if row.name == "ami" and course.fault.number is STOP and phase in (Phase.QUEUE, Phase.RINGING):
        return {"uncertain"}
    return {"reported" if course.answers is REPORT else _ENDS.get(phase, "abandoned")}


async def check_tickets(phone: Telephone, course: Course, books: Books) -> None:
    """One ticket, neither lost nor doubled, with all that was said until the call ended."""
    if books.outcome in ("missed", "cut") and course.phase is Phase.DESK:
        assert books.tickets == [], books  # nothing had been said
        return
    tickets = await phone.api.tickets(course.caller.contact)
    assert len(tickets) == 1, books
    assert tickets[0]["kind"] == "repair"
    wanted = {"product"}
    if not (course.fault.row.cut and course.phase in AT_QUESTION):
        wanted.add("fault_code")
    if course.answers is REPORT:
        wanted |= {"address", "visit"}
    slots = {slot["slot"] for slot in tickets[0]["slots"] if slot["text"]}
    assert wanted <= slots, sorted(slots)
