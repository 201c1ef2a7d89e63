"""Any interleaving of calls, agents' channels, memberships and sessions gives the same facts; each thing ends once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.contract.facts import AgentPhoneChanged, ContactEnded, Fact, QueueJoined, QueueLeft, TalkEnded
from ivr.telephony.calls import CallLedger, DialogueEnd, Noted
from ivr.telephony.events import (
    AgentCalled,
    AgentCompleted,
    AgentConnected,
    AgentRingCanceled,
    AgentRingNoAnswer,
    CallEnded,
    CallerAbandoned,
    CallerJoinedQueue,
    CallerLeftQueue,
    CallStarted,
    ChannelHungUp,
    HangupRequested,
    MemberStateChanged,
    TelephonyEvent,
)
from tests.unit.ivr.telephony.recordings_of_ami import NOW, ledger

Item = Callable[[CallLedger], list[Noted]]
AGENTS = ("8001", "8002")


def apply(event: TelephonyEvent) -> Item:
    return lambda book: book.apply(event)


@dataclass
class Script:
    """One call as streams: the caller's channel with its session, and one stream per agent's channel."""

    linkedid: str
    contact: str
    clock: datetime
    caller: list[Item] = field(default_factory=list)
    agents: list[list[Item]] = field(default_factory=list)

    def now(self, seconds: float = 1) -> datetime:
        self.clock += timedelta(seconds=seconds)
        return self.clock

    def event(self, event: TelephonyEvent) -> None:
        self.caller.append(apply(event))

    def ring(self, queue: str, agent: str) -> str:
        channel = f"{self.linkedid}-a{len(self.agents)}"
        self.event(AgentCalled(self.now(), self.linkedid, self.linkedid, queue, agent, channel))
        self.agents.append([apply(ChannelHungUp(self.clock, self.linkedid, channel, 16))])
        return channel


@st.composite
def scripts(draw: st.DrawFn, number: int) -> Script:
    """Draw one whole call."""
    script = Script(f"hotline-{number}", f"c{number}", NOW + timedelta(minutes=number))
    who = (script.linkedid, script.linkedid)
    ids = (script.contact, "138", "400", "ab")
    script.event(CallStarted(script.now(), *who, *ids))
    dialogue = draw(st.sampled_from([None, *DialogueEnd]))
    if dialogue is not None:
        began = script.clock
        script.caller.append(lambda book: book.contact_known(script.contact, *who, began))
    if dialogue is DialogueEnd.HANDED_OVER:
        script.caller.append(lambda book: book.dialogue_ended(script.contact, DialogueEnd.HANDED_OVER))
    talked = False
    for _ in range(draw(st.integers(0, 2)) if dialogue in (None, DialogueEnd.HANDED_OVER) else 0):
        talked = draw_visit(draw, script, draw(st.sampled_from(["repair", "emergency"])))
        if talked:
            break
    if not talked:
        script.event(HangupRequested(script.now(), *who))
    stage = draw(st.sampled_from(["ivr", "queue", "voicemail", "busy"]))
    script.event(CallEnded(script.now(0), *who, *ids, stage, "repair", draw(st.booleans()), 16))
    if talked and draw(st.booleans()):
        script.caller.append(script.caller.pop(-2))  # AgentComplete after the hang-up handler, as recorded
    script.event(ChannelHungUp(script.now(0), *who, 16))
    if dialogue not in (None, DialogueEnd.HANDED_OVER):
        script.caller.append(lambda book: book.dialogue_ended(script.contact, dialogue or DialogueEnd.MISSED))
    return script


def draw_visit(draw: st.DrawFn, script: Script, queue: str) -> bool:
    """Add one queue visit; True when it was talked."""
    who = (script.linkedid, script.linkedid)
    script.event(CallerJoinedQueue(script.now(), *who, queue, 1))
    for _ in range(draw(st.integers(0, 2))):
        agent = draw(st.sampled_from(AGENTS))
        channel = script.ring(queue, agent)
        if draw(st.booleans()):
            script.event(AgentRingNoAnswer(script.now(), *who, queue, agent, channel, 1000))
        script.event(AgentRingCanceled(script.now(0), *who, channel))
    if draw(st.booleans()):
        agent = draw(st.sampled_from(AGENTS))
        channel = script.ring(queue, agent)
        script.event(CallerLeftQueue(script.now(), *who, queue, 1))
        script.event(AgentConnected(script.now(0), *who, queue, agent, channel, 1))
        script.event(AgentCompleted(script.now(5), *who, queue, agent, channel, 1, 5, "agent"))
        return True
    if draw(st.booleans()):
        script.ring(queue, AGENTS[0])
    if draw(st.booleans()):
        script.event(HangupRequested(script.now(), *who))
    if draw(st.booleans()):  # else a key
        script.event(CallerAbandoned(script.now(), *who, queue, 1))
    script.event(CallerLeftQueue(script.now(0), *who, queue, 1))
    return False


def members() -> list[Item]:
    return [apply(MemberStateChanged(NOW, agent, "repair", True, False, "", 1)) for agent in AGENTS]


def play(items: list[Item], *, twice: bool = False) -> tuple[CallLedger, list[Noted]]:
    book = ledger()
    notes = [note for item in items for _ in range(2 if twice else 1) for note in item(book)]
    return book, notes


def as_set(notes: list[Noted]) -> Counter[tuple[str, datetime, str]]:
    return Counter((note.contact, note.at, repr(note.fact)) for note in notes if note.contact)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_interleaving_gives_the_same_facts_and_every_end_once(data: st.DataObject) -> None:
    calls = [data.draw(scripts(number)) for number in range(data.draw(st.integers(1, 3)))]
    streams = [members(), *(call.caller for call in calls), *(stream for call in calls for stream in call.agents)]
    _, expected = play([item for stream in streams for item in stream])
    left = [list(stream) for stream in streams]
    mixed: list[Item] = []
    while live := [stream for stream in left if stream]:
        mixed.append(live[data.draw(st.integers(0, len(live) - 1))].pop(0))
    book, notes = play(mixed)
    assert as_set(notes) == as_set(expected)
    assert as_set(play(mixed, twice=True)[1]) == as_set(expected)
    assert book.open_calls == 0
    later = NOW + timedelta(days=1)
    told = [note.fact for note in (*notes, *book.tick(later)) if isinstance(note.fact, AgentPhoneChanged)]
    assert {fact.agent: fact.state for fact in told} == dict.fromkeys(AGENTS, "ready")
    check_ends([note.fact for note in notes if note.contact], len(calls))


def check_ends(facts: list[Fact], calls: int) -> None:
    """Every contact one ContactEnded, every visit one end."""
    assert sum(isinstance(fact, ContactEnded) for fact in facts) == calls
    joined = Counter(fact.visit for fact in facts if isinstance(fact, QueueJoined))
    ends = Counter(fact.visit for fact in facts if isinstance(fact, QueueLeft | TalkEnded))
    assert joined == ends
    assert all(count == 1 for count in joined.values())


@given(st.data())
@settings(deadline=None)  # the machine may be busy
def test_after_each_contact_ended_nothing_more_comes(data: st.DataObject) -> None:
    script = data.draw(scripts(1))
    _, notes = play([*members(), *script.caller, *(item for stream in script.agents for item in stream)])
    facts = [note.fact for note in notes if note.contact]
    assert isinstance(facts[-1], ContactEnded)
    kinds = [fact.KIND for fact in facts]
    assert kinds.count("contact_started") <= 1
    assert "contact_started" not in kinds[1:]
